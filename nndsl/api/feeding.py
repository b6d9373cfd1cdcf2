"""From what a user hands over, arrays or mappings of them, to what a network is fed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nndsl.diagnostics import NNError, Report, nearest, problem
from nndsl.ir.equation import SAMPLE_WEIGHT, target_name
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork
from nndsl.signature import Port


def fed(network: CompiledNetwork, x: Any, y: Any = None, sample_weight: Any = None, *,
        targets: bool = True) -> dict[str, Array]:
    """The arrays a network is fed with.

    Args:
        network: which asks for them.
        x: the inputs: an array where there is one, else a mapping from input to array; the first axis is the samples.
        y: the targets, in the same way.
        sample_weight: one number a sample.
        targets: whether targets are wanted.

    Raises:
        NNError: for a name that is not there, one that is missing, a shape that does not fit, or samples that do not match.
    """
    report = Report()
    found = _named(network.inputs, x, "input", report)
    if targets:
        found.update({target_name(n): a for n, a in _named(network.targets, y, "target", report).items()})
    if sample_weight is not None:
        found[SAMPLE_WEIGHT] = np.asarray(sample_weight)
    report.stop_if_failed()
    _same_samples(found)
    return found


def _named(ports: tuple[Port, ...], given: Any, role: str, report: Report) -> dict[str, Array]:
    known = {p.name: p for p in ports}
    if not isinstance(given, Mapping):
        wanted = [p for p in ports if p.default is None] or list(ports[:1])
        if given is None:
            given = {}
        elif len(wanted) == 1:
            given = {wanted[0].name: given}
        else:
            wanted_names = f"a mapping with {_list(known)}"
            report.add(problem("NN0528", None, kind=f"the {role}s", expected=wanted_names, found="one array"))
            return {}
    for name in given:
        if name not in known:
            near = nearest(str(name), known)
            helps = (f"did you mean `{near}`?",) if near else (f"it has {_list(known) or 'none'}",)
            report.add(problem("NN0526", None, role=role, name=name, helps=helps))
    for port in ports:
        if port.name not in given and port.default is None:
            report.add(problem("NN0507", None, role=role, port=port.name))
    return {n: _fitted(known[n], np.asarray(a), role, report) for n, a in given.items() if n in known}


def _fitted(port: Port, array: Array, role: str, report: Report) -> Array:
    """The array in the shape of its port: a last axis of one that is lacking, or in excess, does not matter."""
    shape = array.shape[1:]
    loose = [tuple(s) for s in (port.shape, (*port.shape, 1), port.shape[:-1] if port.shape[-1:] == (1,) else port.shape)]
    if array.ndim == 0 or shape not in loose:
        report.add(problem("NN0508", None, role=role, port=port.name, expected=_shape(port.shape), found=_shape(shape)))
        return array
    array = array.reshape(len(array), *port.shape)
    if port.dtype == "int":
        _whole(port, array, role, report)
    return array


def _whole(port: Port, array: Array, role: str, report: Report) -> None:
    broken = array != np.floor(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
    if port.limit is not None:
        broken = broken | (array < 0) | (array >= port.limit)
    if broken.any():
        at = tuple(int(i) for i in np.argwhere(broken)[0])
        values = {"role": role, "port": port.name, "column": port.name, "value": array[at], "where": f"sample {at[0]}"}
        if port.limit is None:
            report.add(problem("NN0512", None, **values))
        else:
            report.add(problem("NN0513", None, largest=port.limit - 1, **values))


def _same_samples(arrays: Mapping[str, Array]) -> None:
    lengths = [(n, len(a)) for n, a in arrays.items() if a.ndim]
    for name, length in lengths[1:]:
        if length != lengths[0][1]:
            raise NNError(problem("NN0523", None, one=lengths[0][0], first=lengths[0][1], other=name, second=length))
    if not lengths or not lengths[0][1]:
        raise NNError(problem("NN0515", None, title="the batch"))


def _shape(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)
