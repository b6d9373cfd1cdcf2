"""03, from 30 on: what is only found when a model is built with its settings."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0330": Entry("{message}"),
    "NN0331": Entry("a list of {expected} is asked for, not of {found}"),
    "NN0332": Entry("{count} copies: there must be at least 1 and at most {most}"),
    "NN0333": Entry("`{name}` takes {taken} but gets {given}"),
    "NN0334": Entry("an instance is called by a string that is a name"),
    "NN0335": Entry("the input `{name}` is missing"),
    "NN0336": Entry("nothing says what `{name}` is at first"),
    "NN0337": Entry("there is no target `{name}`"),
    "NN0338": Entry("the model has the outputs {names}: say which is meant"),
    "NN0339": Entry("class weights need one target whose classes are numbered from 0"),
    "NN0340": Entry("{file} has no model"),
}
