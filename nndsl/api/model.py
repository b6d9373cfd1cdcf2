"""Models in Python: load, look, train, predict, save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nndsl import cache
from nndsl.api.feeding import fed
from nndsl.artifact import Artifact
from nndsl.build import build
from nndsl.diagnostics import NNError, Source, nearest, problem
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork

Precision = Literal["float32", "float64"]


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
        network: compiled.
        source: the text it came from.
        settings: hyperparameters that were given.
    """

    def __init__(self, network: CompiledNetwork, source: Source, settings: Mapping[str, str]) -> None:
        self.network = network
        self.source = source
        self.settings = dict(settings)
        self.weights = Weights(network)

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
        kept = {v.name: self.network.arrays[v.name].copy() for v in self.network.variables if v.kind == "state"}
        running = self.network.running["totals"].copy()
        loss = self.network.gradient(fed(self.network, x, y, sample_weight))
        for name, value in kept.items():
            self.network.arrays[name][...] = value
        self.network.running["totals"][...] = running
        return loss, {name: view.copy() for name, view in self.network.gradients.items()}

    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None) -> float:
        """One update; the loss of this batch before it, penalties included."""
        running = self.network.running["totals"].copy()
        loss = self.network.gradient(fed(self.network, x, y, sample_weight))
        self.network.update()
        self.network.running["totals"][...] = running
        return loss

    def evaluate(self, x: Any, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """The loss and the metrics in inference mode."""
        return self.network.assess(fed(self.network, x, y, sample_weight))


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
    from nndsl.syntax import read_source  # Lark is loaded only when a file has to be parsed

    return _model(read_source(path), precision, settings or {})


def _model(source: Source, precision: Precision | None, settings: Mapping[str, Any]) -> Model:
    if precision not in (None, "float32", "float64"):
        raise ValueError(f"precision is 'float32' or 'float64', not {precision!r}")
    given = {k: _literal(v) for k, v in settings.items()}
    artifact = build(source, given, precision)
    network = CompiledNetwork(artifact, cache.load_module(artifact))
    network.initialize(artifact.train.seed if artifact.train else 0)
    return Model(network, source, given)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)


def restore(path: str | Path) -> Model:
    """The model that `Model.save`, or a run, left in a folder."""
    raise NNError(problem("NN0501", None, path=path))
