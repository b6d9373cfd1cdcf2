"""Lines of text with their parts marked for the eye."""

from __future__ import annotations

import re
from collections.abc import Collection

from nndsl.inspect.page.escaping import escaped

PARTS = re.compile(r"""(?P<comment>\#.*)|(?P<text>"[^"]*")|(?P<gradient>∂L/∂[\w.]+|δ[\w.²³∂/]+)
    |(?P<path>(?<![\w.])(?:[^\W\d]\w*\.)+(?=[^\W\d]))
    |(?P<word>(?<![\w.])[a-z]+(?!\w))
    |(?P<number>(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?)""", re.VERBOSE)
"""What is coloured; of words only those of the language."""
PYTHON = frozenset("def return for in range if elif else from import reversed and or not".split())
NN = frozenset("model layer activation function loss optimizer metric metrics schedule regularizer initializer input output "
               "param state penalty train data let repeat if else and or not where import require sum mean max".split())
PATH = re.compile(r"(?:\w+\.)+(?=\w)")
"""Before the last dot of a name stands the path of its layer."""
LONG = 16
"""A path of so many letters is left to the title above, where it is that of the layer told of."""


def coloured(text: str, words: Collection[str] = (), *, own: str = "") -> str:
    """A line as HTML.

    Args:
        text: the line.
        words: those of its language, which are marked.
        own: the path of the layer under whose title the line stands.
    """
    found, at = [], 0
    for part in PARTS.finditer(text):
        if part.lastgroup == "word" and part[0] not in words:
            continue
        found += [escaped(text[at : part.start()]), _marked(part, own)]
        at = part.end()
    return "".join([*found, escaped(text[at:])])


def _marked(part: re.Match[str], own: str) -> str:
    if part.lastgroup == "path":
        return _path(part[0], own)
    inside = PATH.sub(lambda path: _path(path[0], own), part[0]) if part.lastgroup == "gradient" else escaped(part[0])
    return f'<i class="{part.lastgroup}">{inside}</i>'


def _path(path: str, own: str) -> str:
    """The path of a name, what the title says already apart."""
    if len(own) < LONG or not path.startswith(own + "."):
        return f'<i class="path">{escaped(path)}</i>'
    rest = path[len(own) + 1 :]
    return f'<i class="own">{escaped(own)}.</i>' + (f'<i class="path">{escaped(rest)}</i>' if rest else "")
