"""Python names for the user's: letters, digits and underscores, none twice, none that Python or the kernels own."""

from __future__ import annotations

import builtins
import keyword
import unicodedata

from nndsl import kernels

MODULE = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *dir(kernels), "batch", "step", "seed", "rate",
                    "real", "whole", "total", "rows", "row", "at"})
"""What a name at the module's level must not be."""

KERNEL = MODULE - {"kernel", "entry", "rare", "max", "min", "sum", "abs", "pow", "round", "input", "filter", "map", "hash",
                   "id", "copy", "zero", "draw", "view", "real", "whole", "total", "rows", "row", "at", "vars", "dir", "type"}
"""What a parameter of a kernel must not be: a name that a kernel itself may use."""

ATTRIBUTE = frozenset(keyword.kwlist)
"""What the name of a place must not be."""

_SIGNS = {"∂": "d_", ".": "_", ":": "_", " ": "_", "°": "", "!": "_final", "'": "_", "/": "_", ",": "_", "·": "",
          "²": "2_", "³": "3_"}


def identifier(name: str) -> str:
    """A valid Python name that resembles `name`; ASCII, so that look-alike letters cannot hide."""
    text = "".join(_SIGNS.get(c, c) for c in name)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c if c.isascii() and (c.isalnum() or c == "_") else f"u{ord(c):x}" for c in text)
    return text if text and not text[0].isdigit() else f"n{text}"


class Names:
    """Hands out names, each once.

    Args:
        taken: names that are not to be handed out.
    """

    def __init__(self, taken: frozenset[str] = MODULE) -> None:
        self._taken = set(taken)

    def reserve(self, name: str) -> bool:
        """Keep `name`, a valid Python name, from being handed out; False if it was."""
        free = name not in self._taken
        self._taken.add(name)
        return free

    def new(self, name: str) -> str:
        """A name like `name` that was not handed out before."""
        wanted = identifier(name)
        found, count = wanted, 1
        while found in self._taken:
            count += 1
            found = f"{wanted}_{count}"
        self._taken.add(found)
        return found
