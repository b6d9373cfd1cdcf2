"""What a model wants of data, and how mistakes about it are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nndsl.diagnostics import Diagnostic, Source, problem
from nndsl.runtime.data.binding import PAST, Bound
from nndsl.runtime.data.places import port_label, word_span
from nndsl.settings import DataSource, Transform
from nndsl.signature import Port


@dataclass(frozen=True)
class Wanted:
    """What a model wants of data.

    Args:
        inputs, targets: its ports.
        precision: `float32` or `float64`.
        folder: that of the model file.
        allowed: further folders that may be read.
        text: the model file, to point at.
        class_weight: weights of classes, in training.
    """

    inputs: tuple[Port, ...]
    targets: tuple[Port, ...]
    precision: str = "float32"
    folder: Path = Path(".")
    allowed: tuple[Path, ...] = ()
    text: Source | None = None
    class_weight: Mapping[str, float] = field(default_factory=dict)

    def unfit(self, transform: Transform, column: str, reason: str) -> Diagnostic:
        """That a transform does not go with a column."""
        return problem("NN0520", word_span(self.text, transform.place, transform.method), column=column,
                       done=PAST.get(transform.kind, "changed"), method=transform.method, reason=reason)

    def mismatch(self, bound: Bound, found: tuple[int, ...], source: DataSource) -> Diagnostic:
        """That data have another shape than their port."""
        place, word = (bound.place, bound.port.name) if bound.place else (source.place, source.kind)
        expected, given = shape_text(bound.port.shape), shape_text(found)
        return problem("NN0508", word_span(self.text, place, word), f"gives {given}",
                       also=port_label(self.text, bound.role, bound.port.name, f"wants {expected}"),
                       role=bound.role, port=bound.port.name, expected=expected, found=given)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as messages show it."""
    return "[" + ", ".join(map(str, shape)) + "]" if shape else "a single number"
