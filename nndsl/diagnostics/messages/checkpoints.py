"""07: checkpoints."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0701": Entry("checkpoint `{path}` is damaged and is left aside: {reason}", severity="warning"),
    "NN0702": Entry("there is no usable checkpoint in `{path}`"),
    "NN0703": Entry("no checkpoint can be written in `{path}`: {reason}",
                    "A checkpoint is written before the first step, so that a full or read-only disk is found at once."),
    "NN0704": Entry("checkpoint `{path}` belongs to another model: {difference}"),
    "NN0705": Entry("the model was changed after checkpoint `{path}`",
                    "A run goes on to the same bits only with the same model, data and training settings."),
    "NN0707": Entry("older checkpoints in `{path}` could not be removed: {reason}", severity="warning"),
    "NN0706": Entry("the checkpoint of step {step} could not be saved: {reason}; training goes on", severity="warning"),
}
