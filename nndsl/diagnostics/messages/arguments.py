"""03: arguments and settings."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0301": Entry("`{name}` has no setting `{setting}`"),
    "NN0302": Entry("`{name}` takes {most}, but gets {given}"),
    "NN0303": Entry("`{name}` needs {missing}"),
    "NN0304": Entry("`{setting}` of `{name}` is given twice"),
    "NN0305": Entry("{found} stands where {expected} is expected"),
    "NN0306": Entry("settings given by position come before those given by name"),
}
