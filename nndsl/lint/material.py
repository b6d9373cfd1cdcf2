"""What advice is drawn from: a model's equations, its backward pass, its first values, and data where there are any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.checking.checked import Checked, Port
from nndsl.checking.lower import lower
from nndsl.compiler import ALL, through
from nndsl.derive import derive, differentiate
from nndsl.diagnostics import Source
from nndsl.ir.equation import SAMPLE_WEIGHT, Equation, Program, target_name
from nndsl.ir.replay import Replay
from nndsl.passes.constants import constants
from nndsl.passes.simplify import simplify
from nndsl.passes.stabilise import stabilise

Array = NDArray[Any]
PLAIN = (constants, simplify, stabilise)
"""The passes that change formulas and leave the equations, so that they stay those of the file."""
SAMPLES = 8


@dataclass(frozen=True)
class Material:
    """A model under advice.

    Args:
        source: the file.
        checked: the model.
        data: arrays of the training part, by tensor; None where there are none.
    """

    source: Source
    checked: Checked
    data: Mapping[str, Array] | None = None

    @cached_property
    def equations(self) -> Checked:
        """Flat, as the file says them."""
        return lower(self.checked)

    @cached_property
    def forward(self) -> Checked:
        """With the safe forms that are computed in place of the file's."""
        return differentiate(through(self.equations, PLAIN), ALL.after)

    @cached_property
    def model(self) -> Checked:
        """With the gradients."""
        return derive(self.forward)

    @cached_property
    def first(self) -> Mapping[str, Array]:
        """The first values of parameters and states, as a run draws them."""
        seed = self.checked.train.seed if self.checked.train else 0
        memory = Replay(self.model.initial, {}, batch=1, step=0, seed=seed, rate=1.0, dtype=np.float64).memory
        return {v.name: memory[v.name] for v in self.checked.variables if v.name in memory}

    def arrays(self, seed: int, samples: int = SAMPLES) -> dict[str, Array]:
        """The first samples; without data inputs of mean 0 and variance 1, targets from 0 to 1; and first values."""
        random = np.random.default_rng(seed)
        ports = [(p.name, p) for p in self.checked.inputs] + [(target_name(p.name), p) for p in self.checked.targets]
        fed = {name: self._some(name, port, random, samples) for name, port in ports}
        return {**fed, **self.first, SAMPLE_WEIGHT: np.ones(samples)}

    def _some(self, name: str, port: Port, random: np.random.Generator, samples: int) -> Array:
        shape = (samples, *port.shape)
        if self.data is not None and name in self.data:
            return np.resize(np.asarray(self.data[name]), shape)
        if port.dtype == "int":
            return random.integers(0, port.limit or 2, shape)
        return random.normal(size=shape) if name == port.name else np.round(random.uniform(0, 1, shape), 1)

    def run(self, program: Program, arrays: Mapping[str, Array], seed: int = 1, samples: int = SAMPLES) -> Mapping[str, Array]:
        """Every tensor after a program ran once."""
        return self.replay(program, arrays, seed, samples).memory

    def replay(self, program: Program, arrays: Mapping[str, Array], seed: int = 1, samples: int = SAMPLES) -> Replay:
        """A program after it ran once."""
        given = {name: array for name, array in arrays.items() if name in program.tensors}
        return Replay(program, given, batch=samples, step=1, seed=seed, rate=1.0, dtype=np.float64)

    def scaled(self, scale: float) -> dict[str, Array]:
        """As `arrays`, with inputs so many times as large; with data, those samples that have the least and largest numbers."""
        arrays = self.arrays(seed=2)
        if self.data is not None:
            rows = self._extremes()
            return arrays | {name: np.asarray(array)[rows] for name, array in self.data.items()}
        sizes = {p.name: scale for p in self.checked.inputs if p.dtype == "real"}
        sizes |= {target_name(p.name): min(scale, 1.0) for p in self.checked.targets if p.dtype == "real"}
        return arrays | {name: size * arrays[name] for name, size in sizes.items()}

    def _extremes(self) -> Array:
        """Samples of the data with the least, the largest, and the smallest number of any port; of further ones the first."""
        assert self.data is not None
        found: dict[int, None] = {}
        for array in self.data.values():
            for values in (array, -array, np.abs(array)):
                found[int(np.argmin(values.reshape(len(values), -1).min(axis=1)))] = None
        count = len(next(iter(self.data.values())))
        return np.resize(list(dict.fromkeys([*found, *range(min(SAMPLES, count))]))[:SAMPLES], SAMPLES)

    def place(self, parameter: str) -> str:
        """The line of the user's file that makes the layer whose parameter this is; else that of its declaration."""
        owners = [i.place for i in self.checked.instances if parameter in i.parameters]
        return owners[0] if owners else next((v.place for v in self.checked.variables if v.name == parameter), "")

    def users_place(self, equation: Equation) -> str:
        """The line of the user's file that an equation comes from: its own, that of its layer, or that of the loss."""
        if equation.origin.place.rpartition(":")[0] == self.source.name:
            return equation.origin.place
        names = sorted((i for i in self.checked.instances), key=lambda i: -len(i.name))
        owner = next((i.place for i in names if equation.out == i.name or equation.out.startswith(i.name + ".")), None)
        return owner or next((e.origin.place for e in self.equations.learn.equations() if e.out == self.checked.objective), "")
