"""A compiled model as it is kept on disk: everything a run needs besides the generated module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nndsl.settings import DataSettings, TrainSettings
from nndsl.signature import Instance, Metric, Port, Variable

FORMAT = 1


@dataclass(frozen=True)
class Placed:
    """A tensor that has a place in an arena.

    Args:
        name: the tensor's.
        at: what the generated rows call it.
        shape: its extents, `batch` for the number of samples.
        arena: real, whole or total.
        first, last: the tasks between which its memory is its own; 0 and 0 for what stays for good.
    """

    name: str
    at: str
    shape: tuple[int | str, ...]
    arena: Literal["real", "whole", "total"]
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class PartPlan:
    """The tensors that live only within one part of the module.

    Args:
        name: the part's.
        sections: the names of its programs.
        temporaries: what it computes with.
    """

    name: str
    sections: tuple[str, ...]
    temporaries: tuple[Placed, ...]


@dataclass(frozen=True)
class Written:
    """A stretch of the model file where a hyperparameter's value stands: characters `start` up to `end`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Artifact:
    """A compiled model.

    Args:
        format: FORMAT.
        name: the model's.
        precision: of parameters and arithmetic.
        module: the SHA-256 of the generated module's text.
        inputs, targets, outputs: its ports; `output_tensors` names the tensors that hold the outputs.
        variables: parameters in Keras's order, states, the optimizer's.
        instances: the layers.
        metrics: in the order listed.
        objective: the tensor of the loss, "" if there is none.
        kept: tensors that stay for good, in the order in which they lie in memory.
        parts: the module's parts.
        final: whether the optimizer gives weights of its own for evaluation.
        data, train: the file's settings.
        hyperparameters: where the file's top-level `let`s have their values.
        imports: paths of the files that it imports, relative to it.
    """

    format: int
    name: str
    precision: Literal["float32", "float64"]
    module: str
    inputs: tuple[Port, ...]
    targets: tuple[Port, ...]
    outputs: tuple[Port, ...]
    output_tensors: tuple[str, ...]
    variables: tuple[Variable, ...]
    instances: tuple[Instance, ...]
    metrics: tuple[Metric, ...]
    objective: str
    kept: tuple[Placed, ...]
    parts: tuple[PartPlan, ...]
    final: bool
    data: DataSettings | None
    train: TrainSettings | None
    hyperparameters: tuple[Written, ...] = ()
    imports: tuple[str, ...] = ()
