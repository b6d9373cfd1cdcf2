"""07: checkpoints."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0701": Entry("checkpoint `{path}` is damaged and is left aside: {reason}",
                    "Every file of a checkpoint is compared with the hash its manifest keeps. The one before is taken instead.",
                    severity="warning"),
    "NN0702": Entry("there is no usable checkpoint in `{path}`", "There is none, or all are damaged, as was told of each."),
    "NN0703": Entry("no checkpoint can be written in `{path}`: {reason}",
                    "A checkpoint is written before the first step, so that a full or read-only disk is found at once."),
    "NN0704": Entry("checkpoint `{path}` belongs to another model: {difference}",
                    "Weights are put back only where every name, shape and type agrees."),
    "NN0705": Entry("the model was changed after checkpoint `{path}`",
                    "A run goes on to the same bits only with the same model, data and training settings."),
    "NN0706": Entry("the checkpoint of step {step} could not be saved: {reason}; training goes on",
                    "The ones before are still there; the next is tried in its time.", severity="warning"),
    "NN0707": Entry("older checkpoints in `{path}` could not be removed: {reason}",
                    "They take space and do no harm.", severity="warning"),
}
