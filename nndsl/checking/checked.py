"""A model after checking: every name resolved, every size known, settings and `if`s decided, pipelines unrolled.

What is left is equations whose formulas may still hold reductions, softmax and derivatives; `lower` flattens them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nndsl.ir.equation import Program
from nndsl.settings import DataSettings, TrainSettings


@dataclass(frozen=True)
class Port:
    """Something that goes in or comes out.

    Args:
        name: the user's.
        shape: per sample.
        dtype: `real` or `int`.
        limit: for an int, one more than the largest value allowed; None if anything goes.
        default: for an input that may be left out, its value everywhere; None if it must be given.
    """

    name: str
    shape: tuple[int, ...]
    dtype: Literal["real", "int"] = "real"
    limit: int | None = None
    default: float | None = None


@dataclass(frozen=True)
class Variable:
    """Something kept from step to step.

    Args:
        name: its path, as `dense_1.kernel`; an optimizer's is the weight's path, a colon and its own (`dense_1.kernel:m`).
        shape: its extents; () for a number.
        kind: `parameter`, `state` (a model's) or `optimizer`.
        trainable: whether the optimizer changes it.
        place: `file:line` of its declaration.
    """

    name: str
    shape: tuple[int, ...]
    kind: Literal["parameter", "state", "optimizer"] = "parameter"
    trainable: bool = True
    place: str = ""


@dataclass(frozen=True)
class Metric:
    """A figure of an epoch.

    Args:
        name: how it is reported, as `accuracy`; with several outputs `kind_accuracy`.
        result: the tensor of role `result` that `finish` computes.
    """

    name: str
    result: str


@dataclass(frozen=True)
class Instance:
    """A layer applied once or several times, for `inspect`: one row of the layer table.

    Args:
        name: its path, as `dense_1`.
        definition: the name of its definition.
        inputs, outputs: shapes per sample.
        parameters: paths of its own.
        place: `file:line` of its first application.
    """

    name: str
    definition: str
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    parameters: tuple[str, ...]
    place: str


@dataclass(frozen=True)
class Checked:
    """A checked model, its loss, metrics and optimizer.

    The programs share their inputs, targets, `weight` (the sample weights, one a sample, role target), parameters and
    states by name; temporaries belong to each program.

    Args:
        name: the model's.
        inputs, targets, outputs: its ports. An output's tensor is named in `output_tensors`, in the same order.
        variables: parameters in Keras's order, then states, then the optimizer's.
        instances: the layers.
        metrics: in the order listed.
        objective: the scalar tensor that `learn` and `assess` compute: mean loss plus penalties; "" without a loss or penalty.
        forward: inference; inputs to outputs.
        assess: inference, the objective, and the metrics' totals accumulated.
        learn: training mode; outputs, objective, metrics' totals, next states. The backward pass is appended by derivation.
        update: from the gradients (`adjoint_name(parameter)`, role gradient) to new parameters and optimizer states.
        finish: from totals to metric results.
        initial: first values of parameters, states and optimizer states.
        final: where the optimizer says `final`, the weights to evaluate with (tensors `parameter` + "!"); else no steps.
        data, train: the settings; None without the block.
    """

    name: str
    inputs: tuple[Port, ...]
    targets: tuple[Port, ...]
    outputs: tuple[Port, ...]
    output_tensors: tuple[str, ...]
    variables: tuple[Variable, ...]
    instances: tuple[Instance, ...]
    metrics: tuple[Metric, ...]
    objective: str
    forward: Program
    assess: Program
    learn: Program
    update: Program
    finish: Program
    initial: Program
    final: Program
    data: DataSettings | None
    train: TrainSettings | None
