"""A model after checking: every name resolved, every size known, settings and `if`s decided, pipelines unrolled.

What is left is equations whose formulas may still hold reductions, softmax and derivatives; `lower` flattens them.
"""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.ir.equation import Program
from nndsl.settings import DataSettings, TrainSettings
from nndsl.signature import Instance, Metric, Port, Variable

__all__ = ["Checked", "Instance", "Metric", "Port", "Variable"]


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
