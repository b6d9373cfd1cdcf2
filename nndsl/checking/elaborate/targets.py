"""Targets: what outputs are compared with. Their shapes follow from how the loss and the metrics use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nndsl.checking.checked import Port
from nndsl.checking.elaborate.builder import Builder
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.values import Array
from nndsl.checking.words import did_you_mean
from nndsl.diagnostics import Span
from nndsl.ir.equation import Tensor, target_name
from nndsl.ir.expression import BATCH


@dataclass(eq=False)
class Targets:
    """The targets of a model.

    Args:
        outputs: the shape of each output, by name.
        ports: the targets met so far, by the name of their output.
        arrays: the shape per sample of the array that a target is, where there is one already.
    """

    outputs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    ports: dict[str, Port] = field(default_factory=dict)
    arrays: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def named(self, name: str, frame: Frame, span: Span) -> Array:
        """`target.box`: shaped as its output unless a loss said otherwise."""
        if name not in self.ports:
            if name not in self.outputs:
                raise mistake("NN0337", span, name=name, helps=did_you_mean(name, self.outputs, "there are"))
            self.ports[name] = Port(name, self.outputs[name])
        return self.tensor(name, frame.builder)

    def settle(self, name: str, shape: tuple[int, ...], dtype: Literal["real", "int"]) -> None:
        """Say what a target looks like, if nothing has yet."""
        self.ports.setdefault(name, Port(name, shape, dtype))

    def tensor(self, name: str, builder: Builder) -> Array:
        """The tensor of a target."""
        made = self.ports[name]
        tensor = target_name(name)
        if tensor not in builder.tensors:
            builder.declare(Tensor(tensor, (BATCH, *made.shape), made.dtype, "target"))
        return builder.whole(tensor, made.shape, True)
