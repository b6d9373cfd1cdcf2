"""A compiled model with its memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from nndsl.artifact import Artifact, Placed
from nndsl.runtime.arena import TOTALS_AHEAD, Layout, kept_layout, part_layout, size
from nndsl.runtime.contract import Array, Arrays
from nndsl.runtime.sharing import Rows
from nndsl.runtime.team import members, tables, together
from nndsl.signature import Port, Variable

SAMPLE_WEIGHT = "sample weight"
CHUNK = 256
"""Samples that go through at a time where nothing depends on it."""


class CompiledNetwork:
    """A compiled model with its memory; the one implementation of `runtime.contract.Network`.

    Args:
        artifact: what was compiled.
        module: the generated module, imported.

    Attributes:
        threads: how many may share a step's work; None for as many as there are cores. The results are the same bits.
    """

    def __init__(self, artifact: Artifact, module: ModuleType) -> None:
        self.artifact = artifact
        self.step = 0
        self.seed = 0
        self.rate = 1.0
        self.threads: int | None = None
        self._module = module
        self._real = np.dtype(artifact.precision)
        self._kept = kept_layout(artifact)
        self._parts = {s: part for part in artifact.parts for s in part.sections}
        self._temporaries = {part.name: {t.name: t for t in part.temporaries} for part in artifact.parts}
        self._layouts: dict[tuple[str, int], Layout] = {}
        self._tables: dict[tuple[str, int, int], Rows] = {}
        self._steps: dict[tuple[int, int, int | None], tuple[Layout, list[Rows], int]] = {}
        self._members: dict[int, int] = {}
        self._arenas: dict[str, Array] = {}
        self._grow(self._kept)

    # ------------------------------------------------------------------------------------------ what it is

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What goes in."""
        return self.artifact.inputs

    @property
    def targets(self) -> tuple[Port, ...]:
        """What the outputs are compared with."""
        return self.artifact.targets

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What comes out."""
        return self.artifact.outputs

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The figures of an epoch beside the loss."""
        return tuple(m.name for m in self.artifact.metrics)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Parameters, states and the optimizer's states."""
        return self.artifact.variables

    @property
    def arrays(self) -> Mapping[str, Array]:
        """Variable name to a live view, shaped as the variable. Views are replaced when a larger batch asks for more memory."""
        return {v.name: self._views[v.name] for v in self.artifact.variables}

    @property
    def kept(self) -> Mapping[str, Array]:
        """Live views of all that stays from step to step: variables, gradients, totals and results."""
        return self._views

    @property
    def gradients(self) -> Mapping[str, Array]:
        """Parameter name to a live view of its gradient."""
        return {n[1:]: view for n, view in self._views.items() if n.startswith("∂")}

    @property
    def running(self) -> Mapping[str, Array]:
        """Live views, in float64, of what is summed up since `reset_totals`."""
        return {"totals": self._arenas["total"][: self._kept.sizes["total"]]}

    # ------------------------------------------------------------------------------------------ what it does

    def initialize(self, seed: int, values: Mapping[str, Array] | None = None) -> None:
        """Draw first values; `step` is 0 afterwards.

        Args:
            seed: of all draws.
            values: parameters that get these values instead; the optimizer's states start from them.
        """
        self.seed, self.step, self.rate = seed, 0, 1.0
        self.reset_totals()
        self.run("initial", 1)
        for name, value in (values or {}).items():
            self._views[name][...] = value
        self.run("begin", 1)

    def train(self, arrays: Arrays, order: npt.NDArray[np.int64], start: int, stop: int, batch: int) -> int:
        """Update on the samples `order[start:stop]`, `batch` at a time; how many were done before a loss was not finite."""
        layout, whole, split = self._training_rows(batch, batch)
        self._grow(layout)
        _, short, short_split = self._training_rows((stop - start) % batch or batch, batch)
        data = self._given("learn", arrays, _samples(arrays))
        places = np.array([self._offset(layout, self.artifact.objective), *(self._offset(layout, n) for n in data)], np.int64)

        def work(meeting: Array, thread: int) -> tuple[int, int]:
            found: tuple[int, int] = self._module.train(
                self._arenas["real"], self._arenas["whole"], self._arenas["total"], whole[thread], short[thread], split,
                short_split, places, order, start, stop, batch, self.step, self.seed, self.rate, meeting, thread, len(whole),
                *data.values())
            return found

        done, self.step = together(len(whole), work)
        return int(done) - start

    def totals(self) -> dict[str, float]:
        """Mean `loss` and metrics since `reset_totals`."""
        loss, count = self._arenas["total"][:TOTALS_AHEAD]
        found = {"loss": float(loss / count) if count else float("nan")} if self.artifact.objective else {}
        if self.artifact.metrics:
            self.run("finish", 1)
        for metric in self.artifact.metrics:
            value = self._views[metric.result]
            found[metric.name] = float(value) if value.ndim == 0 else value.copy()  # type: ignore[assignment]
        return found

    def reset_totals(self) -> None:
        """Begin an epoch's totals anew."""
        self._arenas["total"][: self._kept.sizes["total"]] = 0

    def assess(self, arrays: Arrays, batch: int | None = None) -> dict[str, float]:
        """`loss` and metrics in inference mode; the totals of a training epoch under way stay as they are."""
        before = self.running["totals"].copy()
        self.reset_totals()
        with self.evaluation_weights():
            for layout, count in self._chunks("assess", arrays, batch or CHUNK):
                if self.artifact.objective:
                    self._arenas["total"][0] += float(self._entry(layout, self.artifact.objective)) * count
                    self._arenas["total"][1] += count
        found = self.totals()
        self._arenas["total"][: len(before)] = before
        return found

    def predict(self, arrays: Arrays) -> dict[str, Array]:
        """Output name to its values, the samples first."""
        samples = _samples(arrays)
        found = {p.name: np.empty((samples, *p.shape), self._real) for p in self.outputs}
        done = 0
        with self.evaluation_weights():
            for layout, count in self._chunks("forward", arrays, CHUNK):
                for port, tensor in zip(self.outputs, self.artifact.output_tensors, strict=True):
                    found[port.name][done : done + count] = self._block(layout, tensor, (count, *port.shape))
                done += count
        return found

    def gradient(self, arrays: Arrays) -> float:
        """The loss of one batch, in training mode; its gradients stand in `gradients`. Totals go on, states are updated."""
        layout, _ = next(self._chunks("learn", arrays, _samples(arrays)))
        return float(self._entry(layout, self.artifact.objective))

    def batch(self, arrays: Arrays, rows: npt.NDArray[np.int64]) -> dict[str, Array]:
        """What training is given for the samples `rows`, by tensor, each of its tensor's shape."""
        shapes = {name: port.shape for name, port in self._fed("learn")}
        given = self._given("learn", arrays, _samples(arrays))
        return {name: array[rows].reshape(len(rows), *shapes[name]) for name, array in given.items()}

    def update(self) -> None:
        """Change the parameters by the gradients at hand."""
        self.run("update", 1)
        self.step += 1

    def tensor(self, section: str, name: str, batch: int) -> Array:
        """A live view of any tensor of a section, after it ran with `batch` samples; for looking inside."""
        placed = self._temporaries[self._parts[section].name][name]
        shape = tuple(batch if e == "batch" else int(e) for e in placed.shape)
        start = self._rows(section, batch)[0].offsets[placed.at]
        return self._arenas[placed.arena][start : start + size(placed, batch)].reshape(shape)

    # ------------------------------------------------------------------------------------------ rows and memory

    def run(self, section: str, batch: int, arrays: Mapping[str, Array] | None = None) -> Layout:
        """Do one section's operations on at most one batch of data.

        Args:
            section: a program of the model, as `forward`; one that has nothing to do is passed over.
            batch: how many samples.
            arrays: tensors that are given, by name; those that the section does not read are passed over.
        """
        if section not in self._parts:
            return self._kept
        part = self._parts[section]
        layout, rows = self._rows(section, batch)
        self._grow(layout)
        for name, array in (arrays or {}).items():
            placed = self._temporaries[part.name].get(name)
            if placed is not None:
                start = layout.offsets[placed.at]
                self._arenas[placed.arena][start : start + array.size] = np.reshape(array, -1)
        getattr(self._module, part.name)(self._arenas["real"], self._arenas["whole"], self._arenas["total"], rows, batch,
                                         self.step, self.seed, self.rate)
        return layout

    def _rows(self, section: str, batch: int, capacity: int | None = None) -> tuple[Layout, Rows]:
        """The layout of a section for a capacity, by default the batch, and its rows for a batch in that layout."""
        capacity = batch if capacity is None else capacity
        part = self._parts[section]
        if (part.name, capacity) not in self._layouts:
            self._layouts[part.name, capacity] = part_layout(self._kept, part, capacity)
        layout = self._layouts[part.name, capacity]
        key = (section, batch, capacity)
        if key not in self._tables:
            self._tables[key] = _table(getattr(self._module, f"{section}_rows")(SimpleNamespace(**layout.offsets), batch))
        return layout, self._tables[key]

    def _training_rows(self, batch: int, capacity: int) -> tuple[Layout, list[Rows], int]:
        """The rows of a whole step, for each thread, and how many of them come before the update."""
        key = (batch, capacity, self.threads)
        if key not in self._steps:
            layout, learn = self._rows("learn", batch, capacity)
            rows = _stack(learn, self._rows("update", batch, capacity)[1])
            if capacity not in self._members:  # the last batch, which is smaller, is done by as many
                self._members[capacity] = members(self.threads, rows, self._module)
            self._steps[key] = layout, *tables(rows, len(learn), self._members[capacity], self._module)
        return self._steps[key]

    def _grow(self, layout: Layout) -> None:
        """Make the arenas as long as `layout` asks; what is kept is carried over."""
        dtypes = {"real": self._real, "whole": np.dtype(np.int64), "total": np.dtype(np.float64)}
        if all(len(self._arenas.get(name, ())) >= length + 1 for name, length in layout.sizes.items()):
            return
        for name, length in layout.sizes.items():
            new = _aligned(max(length + 1, len(self._arenas.get(name, ()))), dtypes[name])
            if name in self._arenas:
                kept = self._kept.sizes[name]
                new[:kept] = self._arenas[name][:kept]
            self._arenas[name] = new
        self._views = {t.name: self._view(t) for t in self.artifact.kept}

    def _view(self, tensor: Placed) -> Array:
        start = self._kept.offsets[tensor.at]
        return self._arenas[tensor.arena][start : start + size(tensor, 1)].reshape([int(e) for e in tensor.shape])

    def _offset(self, layout: Layout, tensor: str) -> int:
        placed = self._temporaries[self._parts["learn"].name].get(tensor)
        return layout.offsets[placed.at] if placed else 0

    def _block(self, layout: Layout, tensor: str, shape: Sequence[int]) -> Array:
        placed = self._temporaries[self._parts["forward"].name][tensor]
        start = layout.offsets[placed.at]
        return self._arenas[placed.arena][start : start + int(np.prod(shape))].reshape(shape)

    def _entry(self, layout: Layout, tensor: str) -> Any:
        at = next(t.at for p in self.artifact.parts for t in p.temporaries if t.name == tensor and t.at in layout.offsets)
        return self._arenas["real"][layout.offsets[at]]

    # ------------------------------------------------------------------------------------------ data

    def _fed(self, section: str) -> list[tuple[str, Port]]:
        """The tensors that a section is given, with their ports."""
        inputs = [(p.name, p) for p in self.inputs]
        targets = [(f"target.{p.name}", p) for p in self.targets]
        weight = [(SAMPLE_WEIGHT, Port(SAMPLE_WEIGHT, (), default=1.0))] if self.artifact.objective else []
        return inputs if section == "forward" else inputs + targets + weight

    def _given(self, section: str, arrays: Arrays, samples: int) -> dict[str, Array]:
        """What a section is given, two-dimensional and of the right type; defaults where something is left out."""
        found = {}
        for name, port in self._fed(section):
            dtype = np.dtype(np.int64) if port.dtype == "int" else self._real
            if name in arrays:
                array = np.asarray(arrays[name])
            else:
                assert port.default is not None, f"no array for {name}"
                array = np.full((samples, *port.shape), port.default)
            found[name] = np.ascontiguousarray(array, dtype).reshape(samples, -1)
        return found

    def _chunks(self, section: str, arrays: Arrays, batch: int) -> Iterator[tuple[Layout, int]]:
        """Run a section over all samples, `batch` at a time; after each its layout and how many samples it held."""
        samples = _samples(arrays)
        data = self._given(section, arrays, samples)
        for start in range(0, samples, batch):
            piece = {name: array[start : start + batch] for name, array in data.items()}
            count = min(batch, samples - start)
            yield self.run(section, count, piece), count

    @contextmanager
    def evaluation_weights(self) -> Iterator[None]:
        """Where the optimizer says so, evaluate with weights of its own."""
        if not self.artifact.final:
            yield
            return
        self.run("final", 1)
        names = [n for n in self._views if n + "!" in self._views]
        before = {n: self._views[n].copy() for n in names}
        for name in names:
            self._views[name][...] = self._views[name + "!"]
        try:
            yield
        finally:
            for name, value in before.items():
                self._views[name][...] = value


def _samples(arrays: Arrays) -> int:
    return len(next(iter(arrays.values())))


def _table(rows: Sequence[Sequence[int]]) -> Rows:
    width = max((len(row) for row in rows), default=1)
    table = np.zeros((len(rows), width), np.int64)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table


def _stack(first: Rows, second: Rows) -> Rows:
    width = max(first.shape[1], second.shape[1])
    return np.vstack([np.pad(t, ((0, 0), (0, width - t.shape[1]))) for t in (first, second)])


def _aligned(length: int, dtype: np.dtype[Any]) -> Array:
    """Zeros that begin at a cache line."""
    raw = np.zeros(length * dtype.itemsize + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + length * dtype.itemsize].view(dtype)
