"""09: what this version does not compile yet."""

from nndsl.diagnostics.entry import Entry

ROWS: dict[str, Entry] = {}
