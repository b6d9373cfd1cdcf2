"""04: the `data` and `train` blocks."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0401": Entry("`{block}` has no setting `{name}`"),
    "NN0402": Entry("`{setting}` is {expected}, not `{found}`"),
    "NN0403": Entry("`{name}` is given twice"),
    "NN0404": Entry("`{name}` needs {expected}"),
    "NN0405": Entry("`{name}` takes {expected} and no more"),
    "NN0406": Entry("`{setting}` has no option `{name}`"),
    "NN0407": Entry("`{name}` of `{setting}` is given twice"),
    "NN0408": Entry("the parts of the split add up to {total}"),
    "NN0409": Entry("there is no source `{name}`"),
    "NN0410": Entry("the data block names no source"),
    "NN0411": Entry("the model has no {role} `{name}`"),
    "NN0412": Entry("the {role} `{name}` is bound twice"),
    "NN0413": Entry("`{setting}` has no method `{name}`"),
    "NN0414": Entry("the run has no figure `{name}`"),
    "NN0415": Entry("`{name}` needs a validation part"),
    "NN0416": Entry("the model has several outputs, {outputs}"),
    "NN0417": Entry("the train block names no optimizer"),
    "NN0418": Entry("two metrics are called `{name}`"),
    "NN0419": Entry("a `{word}` block without a model does nothing"),
    "NN0420": Entry("the split leaves nothing to train on"),
    "NN0421": Entry("settings are given by name here"),
}
