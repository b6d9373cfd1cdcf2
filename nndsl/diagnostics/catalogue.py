"""Every diagnostic nndsl can give: code, message, what it means, a wrong and a right example.

The hundreds say where a mistake is found: 00 text and syntax, 01 names and kinds, 02 shapes and indices, 03 arguments
and settings, 04 the data and train blocks, 05 the data itself, 06 running, 07 checkpoints, 08 advice, 09 what this version
does not compile yet.
"""

from __future__ import annotations

from nndsl.diagnostics.entry import Entry
from nndsl.diagnostics.messages import advice, arguments, blocks, building, checkpoints, data, names, running, shapes, syntax

__all__ = ["CATALOGUE", "Entry"]

CATALOGUE: dict[str, Entry] = {
    **syntax.ROWS,
    **names.ROWS,
    **arguments.ROWS,
    **shapes.ROWS,
    **building.ROWS,
    **blocks.ROWS,
    **data.ROWS,
    **running.ROWS,
    **checkpoints.ROWS,
    **advice.ROWS,
}
