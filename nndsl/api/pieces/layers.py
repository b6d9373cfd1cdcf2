"""Layers by themselves: forward, backward, weights, states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np

from nndsl.api.pieces.compiled import Chosen, network
from nndsl.checking import pieces
from nndsl.checking.pieces import input_ports
from nndsl.ir.equation import adjoint_name
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork
from nndsl.signature import Port


class Layer:
    """A layer with its settings; `build` gives it weights.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision

    def build(self, *shapes: Sequence[int], seed: int = 0) -> BuiltLayer:
        """The layer on inputs of these shapes per sample, its weights drawn.

        Args:
            shapes: one an input.
            seed: of the first values, and of random draws.

        Raises:
            NNError: for settings or shapes that do not fit.
        """
        plain = [tuple(int(n) for n in np.atleast_1d(np.asarray(s, int))) for s in shapes]
        return BuiltLayer(self, plain, seed)


class BuiltLayer:
    """A layer with weights.

    Args:
        layer: the definition and its settings.
        shapes: of its inputs, per sample.
        seed: of first values and draws.
    """

    def __init__(self, layer: Layer, shapes: Sequence[tuple[int, ...]], seed: int) -> None:
        self._layer, self._shapes, self._seed = layer, list(shapes), seed
        first = self._compiled((), True)
        first.initialize(seed)
        self._values = {self._short(first, v.name): first.arrays[v.name].copy() for v in first.variables}
        self._states = {self._short(first, v.name) for v in first.variables if v.kind == "state"}
        self._gradients: dict[str, Array] = {}
        self._last: _Call | None = None

    @property
    def weights(self) -> MutableMapping[str, Array]:
        """Parameters and states by name, in Keras's order; assigning copies."""
        return _Values(self._values, list(self._values))

    @property
    def state(self) -> MutableMapping[str, Array]:
        """The states by name."""
        return _Values(self._values, [n for n in self._values if n in self._states])

    @property
    def gradients(self) -> Mapping[str, Array]:
        """Of the last `backward`, by parameter."""
        return dict(self._gradients)

    def forward(self, *inputs: Any, training: bool = False, **named: Any) -> Any:
        """The output: an array, or a tuple of several.

        Args:
            inputs: one array an input, samples first.
            training: whether to draw, take statistics of the batch and set states.
            named: optional inputs, as `mask`.
        """
        before = {n: self._values[n].copy() for n in self._states}
        self._last = _Call(self._ports(named), self._arrays(inputs, named), training, before)
        found = self._run(self._last, None)
        if training:
            self._values.update({n: found.arrays[self._long(found, n)].copy() for n in self._states})
        section = "learn" if training else "forward"
        outputs = [found.tensor(section, t, self._last.batch).copy() for t in found.artifact.output_tensors]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def backward(self, *upstream: Any) -> Any:
        """The gradient of `sum(upstream * output)` with respect to the inputs of the last `forward`; weights' in `gradients`.

        Args:
            upstream: one array an output.

        Returns:
            An array, or a tuple where there are several inputs; None for an input of whole numbers.
        """
        if self._last is None:
            raise ValueError("call forward() first")
        found = self._run(self._last, upstream)
        self._gradients = {n: found.gradients[self._long(found, n)].copy() for n in self._values
                           if self._long(found, n) in found.gradients}
        gradients = [found.tensor("learn", adjoint_name(p.name), self._last.batch).copy() if p.dtype == "real" else None
                     for p in self._last.ports[: len(self._shapes)]]
        return gradients[0] if len(gradients) == 1 else tuple(gradients)

    def _run(self, call: _Call, upstream: Sequence[Any] | None) -> CompiledNetwork:
        found = self._compiled(call.ports[len(self._shapes) :], call.training)
        found.seed = self._seed
        for name, value in {**self._values, **call.states}.items():
            found.arrays[self._long(found, name)][...] = value
        given = dict(call.arrays)
        section = "learn" if call.training or upstream is not None else "forward"
        for number, tensor in enumerate(found.artifact.output_tensors if section == "learn" else ()):
            shape = (call.batch, *found.outputs[number].shape)
            seed = np.zeros(()) if upstream is None else np.asarray(upstream[number])
            given[adjoint_name(tensor)] = np.broadcast_to(seed, shape)
        found.run(section, call.batch, given)
        return found

    def _compiled(self, optional: Sequence[Port], training: bool) -> CompiledNetwork:
        ports = (*input_ports(self._layer.chosen.piece, self._shapes), *optional)
        return network(self._layer.chosen, ports, self._layer.precision, lambda p: pieces.layer(p, ports), training=training)

    def _ports(self, named: Mapping[str, Any]) -> tuple[Port, ...]:
        optional = tuple(Port(name, np.shape(value)[1:]) for name, value in named.items())
        return (*input_ports(self._layer.chosen.piece, self._shapes), *optional)

    def _arrays(self, inputs: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Array]:
        ports = input_ports(self._layer.chosen.piece, self._shapes)
        if len(inputs) != len(ports):
            raise ValueError(f"the layer was built on {len(ports)} inputs, not {len(inputs)}")
        arrays = {p.name: np.asarray(a) for p, a in zip(ports, inputs, strict=True)}
        for port in ports:
            if arrays[port.name].shape[1:] != port.shape:
                raise ValueError(f"the layer was built on {list(port.shape)}, not {list(arrays[port.name].shape[1:])}")
        return {**arrays, **{n: np.asarray(a) for n, a in named.items()}}

    @staticmethod
    def _short(found: CompiledNetwork, name: str) -> str:
        return name.removeprefix(_outermost(found) + ".")

    @staticmethod
    def _long(found: CompiledNetwork, name: str) -> str:
        return f"{_outermost(found)}.{name}"


def _outermost(found: CompiledNetwork) -> str:
    """The name of the layer itself; those that it is made of have a dot in theirs."""
    return next(instance.name for instance in found.artifact.instances if "." not in instance.name)


class _Call:
    """A forward pass that may be gone back through."""

    def __init__(self, ports: tuple[Port, ...], arrays: dict[str, Array], training: bool, states: dict[str, Array]) -> None:
        self.ports, self.arrays, self.training, self.states = ports, arrays, training, states
        self.batch = len(next(iter(arrays.values())))


class _Values(MutableMapping[str, Array]):
    """Some of a layer's values, assignable in place."""

    def __init__(self, values: dict[str, Array], names: list[str]) -> None:
        self._values, self._names = values, names

    def __getitem__(self, name: str) -> Array:
        if name not in self._names:
            raise KeyError(f"there is no {name!r}; there are {self._names}")
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        array = np.asarray(value)
        if array.size != self[name].size:
            raise ValueError(f"{name} has the shape {self[name].shape}, not {array.shape}")
        self[name][...] = array.reshape(self[name].shape)

    def __delitem__(self, name: str) -> None:
        raise TypeError("a layer's values cannot be taken away")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
