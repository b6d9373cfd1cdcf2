"""What goes into a model and what comes out, as far as its text tells."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.checking.names import flattened, output_name
from nndsl.syntax.tree import Input, Model, Output


@dataclass(frozen=True)
class Ports:
    """The names of a model's ports.

    Args:
        inputs, outputs: in the order of the text; an output without a name is left out.
        several: whether more than one output is given at once.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    several: bool


def ports(model: Model) -> Ports:
    """The ports of a model."""
    statements = list(flattened(model.body))
    inputs = [s.declaration.name for s, _ in statements if isinstance(s, Input)]
    outputs = [(s, path) for s, path in statements if isinstance(s, Output)]
    names = [name for s, _ in outputs if (name := output_name(s))]
    together = [(a, b) for k, (_, a) in enumerate(outputs) for _, b in outputs[k + 1 :] if not _exclude(a, b)]
    return Ports(tuple(inputs), tuple(dict.fromkeys(names)), bool(together))


def _exclude(first: tuple[tuple[int, int], ...], second: tuple[tuple[int, int], ...]) -> bool:
    """Whether two statements stand in branches of one `if` of which only one is taken."""
    differing = next(((a, b) for a, b in zip(first, second, strict=False) if a != b), None)
    return differing is not None and differing[0][0] == differing[1][0]
