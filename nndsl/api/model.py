"""Models in Python: load, look, train, predict, save."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nndsl.api.experiment import Experiment, describe, must_have_objective, prepare, reopen
from nndsl.api.feeding import fed
from nndsl.artifact import Artifact
from nndsl.build import Precision
from nndsl.checking.hyperparameters import written
from nndsl.diagnostics import Source, nearest
from nndsl.runtime.contract import Array
from nndsl.runtime.data.load import Dataset
from nndsl.runtime.events import Listener
from nndsl.runtime.folder import RunFolder
from nndsl.runtime.network import CompiledNetwork
from nndsl.runtime.snapshot import take_snapshot
from nndsl.runtime.trainer import fit
from nndsl.syntax import read_source


class Weights(MutableMapping[str, Array]):
    """A model's parameters and states by name, in Keras's order; assigning copies into the model.

    Args:
        network: whose they are.
    """

    def __init__(self, network: CompiledNetwork) -> None:
        self._network = network
        self._names = [v.name for v in network.variables if v.kind != "optimizer"]

    def __getitem__(self, name: str) -> Array:
        self._known(name)
        return self._network.arrays[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._known(name)
        view = self._network.arrays[name]
        array = np.asarray(value)
        if array.size != view.size:
            raise ValueError(f"{name} has the shape {view.shape}, not {array.shape}")
        view[...] = array.reshape(view.shape)

    def __delitem__(self, name: str) -> None:
        raise TypeError("a model's weights cannot be taken away")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _known(self, name: str) -> None:
        if name not in self._names:
            near = nearest(name, self._names)
            raise KeyError(f"the model has no weight {name!r}" + (f"; did you mean {near!r}?" if near else ""))


class Model:
    """A model with its memory.

    Args:
        experiment: compiled, with first values.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.network = experiment.network
        self.weights = Weights(experiment.network)

    @property
    def artifact(self) -> Artifact:
        """What was compiled."""
        return self.network.artifact

    @property
    def name(self) -> str:
        """The model's name in its file."""
        return self.artifact.name

    @property
    def input_shapes(self) -> dict[str, tuple[int, ...]]:
        """Input name to its shape per sample."""
        return {p.name: p.shape for p in self.network.inputs}

    @property
    def output_shapes(self) -> dict[str, tuple[int, ...]]:
        """Output name to its shape per sample."""
        return {p.name: p.shape for p in self.network.outputs}

    def predict(self, x: Any) -> Any:
        """The outputs in inference mode: an array where the model has one output, else a mapping from output to array.

        Args:
            x: the inputs, samples first: an array, or a mapping from input to array.
        """
        found = self.network.predict(fed(self.network, x, targets=False))
        return next(iter(found.values())) if len(found) == 1 else found

    def loss_and_gradients(self, x: Any, y: Any = None, sample_weight: Any = None) -> tuple[float, dict[str, Array]]:
        """The loss of a batch in training mode, penalties included, and its gradient with respect to every parameter.

        Nothing is changed: neither parameters nor states.
        """
        must_have_objective(self.network)
        kept = {v.name: self.network.arrays[v.name].copy() for v in self.network.variables if v.kind == "state"}
        running = self.network.running["totals"].copy()
        loss = self.network.gradient(fed(self.network, x, y, sample_weight))
        for name, value in kept.items():
            self.network.arrays[name][...] = value
        self.network.running["totals"][...] = running
        return loss, {name: view.copy() for name, view in self.network.gradients.items()}

    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None) -> float:
        """One update; the loss of this batch before it, penalties included."""
        must_have_objective(self.network)
        running = self.network.running["totals"].copy()
        loss = self.network.gradient(fed(self.network, x, y, sample_weight))
        self.network.update()
        self.network.running["totals"][...] = running
        return loss

    def evaluate(self, x: Any = None, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """The loss and the metrics in inference mode; without arrays, of the file's own test part."""
        if x is None and y is None:
            dataset = self.experiment.dataset()
            return self.network.assess(dataset.test or dataset.train)
        return self.network.assess(fed(self.network, x, y, sample_weight))

    def fit(self, x: Any = None, y: Any = None, *, sample_weight: Any = None, validation: Any = None,
            epochs: int | None = None, batch: int | None = None, listeners: Sequence[Listener] = ()) -> dict[str, list[float]]:
        """Train, from the weights at hand.

        Args:
            x, y, sample_weight: arrays to train on, or mappings of them; without, the file's own data.
            validation: a pair of inputs and targets, or a triple with sample weights.
            epochs, batch: in place of the file's.
            listeners: told of every event of the run.

        Returns:
            Each figure, epoch by epoch: `loss`, the metrics, and the same with `val_` before.

        Raises:
            NNError: for data that do not fit, or a loss that is not finite.
            ValueError: `epochs` or `batch` is no whole number of at least 1.
        """
        must_have_objective(self.network)
        settings = self.experiment.train
        settings = replace(settings, epochs=settings.epochs if epochs is None else _whole("epochs", epochs),
                           batch=settings.batch if batch is None else _whole("batch", batch))
        dataset = self.experiment.dataset() if x is None and y is None else Dataset(fed(self.network, x, y, sample_weight))
        if validation is not None:
            dataset = replace(dataset, validation=fed(self.network, *validation))
        result = fit(self.network, dataset, settings, listeners, text=self.experiment.source,
                     explain=self.experiment.explain)
        figures = [dict(e.figures) for e in result.history]
        return {name: [f[name] for f in figures] for name in (figures[0] if figures else ())}

    def save(self, path: str | Path) -> None:
        """Write the model, its weights and the optimizer's states to a folder that `nndsl.restore` reads."""
        folder = RunFolder(Path(path))
        describe(folder, self.experiment, None, {"seed": self.network.seed})
        store = folder.store()
        store.open()
        store.save([take_snapshot(self.network, 0, 0, None)])


def loads(text: str, *, name: str = "<text>", precision: Precision | None = None,
          settings: Mapping[str, Any] | None = None) -> Model:
    """The model that a text describes, with first values drawn from the file's seed.

    Args:
        text: in the language.
        name: what messages call it.
        precision: float32 or float64; None for what the text says.
        settings: hyperparameters by name, in place of the text's.

    Raises:
        NNError: with every mistake.
    """
    return _model(Source(name, text), precision, settings or {})


def load(path: str | Path, *, precision: Precision | None = None, settings: Mapping[str, Any] | None = None) -> Model:
    """The model that a file describes; otherwise as `loads`."""
    return _model(read_source(path), precision, settings or {})


def restore(path: str | Path) -> Model:
    """The model that `Model.save`, or a run, left in a folder; damaged checkpoints are passed over with a warning."""
    return Model(reopen(Path(path), lambda d: warnings.warn(d.message, stacklevel=3))[0])


def _whole(name: str, value: Any) -> int:
    number = int(value)
    if number < 1 or number != value:
        raise ValueError(f"{name} is a whole number of at least 1, not {value!r}")
    return number


def _model(source: Source, precision: Precision | None, settings: Mapping[str, Any]) -> Model:
    if precision not in (None, "float32", "float64"):
        raise ValueError(f"precision is 'float32' or 'float64', not {precision!r}")
    return Model(prepare(source, {k: written(v) for k, v in settings.items()}, precision))
