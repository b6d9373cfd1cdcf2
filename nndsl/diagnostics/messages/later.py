"""09: what this version does not compile yet."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {
    "NN0901": Entry("an index that leaves its axis is not compiled yet"),
    "NN0902": Entry("recurrence is not compiled yet: `{name}` refers to its own entries"),
    "NN0903": Entry("derivatives in formulas, `d(u, x)`, are not compiled yet"),
    "NN0904": Entry("`{name}` is not compiled yet"),
}
