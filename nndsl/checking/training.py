"""What of the `train` block stays formulas: the loss, the metrics and the optimizer."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.syntax.tree import Expression


@dataclass(frozen=True)
class TrainFormula:
    """A loss or a metric.

    Args:
        name: how it is reported: as it was written, `accuracy`; where a model has several outputs after the output it reads,
            `kind_accuracy`.
        expression: `mse`, `huber(delta = 2)`, or a formula over outputs, inputs and `target.name`s.
        applied: whether it is such a formula; else it gives settings only and is meant for the one output and its target.
    """

    name: str
    expression: Expression
    applied: bool


@dataclass(frozen=True)
class TrainFormulas:
    """The formulas of a `train` block.

    Args:
        loss: None where penalties are the objective.
        metrics: in the order listed, each with a name of its own.
        optimizer: a name or a call; None without a `train` block.
    """

    loss: TrainFormula | None = None
    metrics: tuple[TrainFormula, ...] = ()
    optimizer: Expression | None = None
