"""A piece compiled for the shapes at hand, through the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from nndsl import cache
from nndsl.checking.pieces import Built, Piece
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork

if TYPE_CHECKING:
    from nndsl.checking.pieces import Setting

Precision = Literal["float32", "float64"]


@dataclass(frozen=True)
class Chosen:
    """A piece and where it is looked up.

    Args:
        piece: name and settings.
        built: the networks it was compiled to, by shapes; shared by everything that uses this object.
    """

    piece: Piece
    built: dict[Hashable, CompiledNetwork]


def piece(kind: str, name: str, settings: Sequence[Any], named: Mapping[str, Any], source: str | None) -> Chosen:
    """A definition of the library with settings, which may be pieces themselves."""
    plain = {key: _setting(value) for key, value in named.items()}
    return Chosen(Piece(kind, name, tuple(_setting(s) for s in settings), plain, str(source) if source else ""), {})


def _setting(value: Any) -> Setting:
    """A setting as the checker takes it: pieces unwrapped, NumPy's numbers as Python's."""
    inner = getattr(value, "chosen", None)
    if isinstance(inner, Chosen):
        return inner.piece
    if isinstance(value, (np.generic, np.ndarray)):
        return cast("Setting", value.tolist())
    if isinstance(value, (list, tuple)):
        return [_setting(v) for v in value]
    return cast("Setting", value)


def network(chosen: Chosen, shapes: Hashable, precision: str, make: Callable[[Piece], Built], *,
            training: bool = True) -> CompiledNetwork:
    """The piece compiled for shapes.

    Args:
        chosen: the piece.
        shapes: whatever `make` depends on besides the piece.
        precision: float32 or float64.
        make: builds it.
        training: whether gradients are those of training mode, or of inference.

    Raises:
        NNError: for an unknown name or setting, or shapes that do not fit.
    """
    if precision not in ("float32", "float64"):
        raise ValueError(f"precision is 'float32' or 'float64', not {precision!r}")
    at = (shapes, precision, training)
    if at not in chosen.built:
        key = cache.key("piece", chosen.piece, *at)
        artifact = cache.stored(key)
        if artifact is None or not cache.module_path(artifact).exists():
            # SymPy is loaded only where something has to be compiled
            from nndsl.compiler import compile_piece

            stages = compile_piece(make(chosen.piece), cast(Precision, precision), training=training)
            artifact = stages.artifact
            cache.store(key, artifact, stages.code, _files(chosen.piece))
        chosen.built[at] = CompiledNetwork(artifact, cache.load_module(artifact))
    return chosen.built[at]


def _files(piece: Piece) -> dict[str, str]:
    inner = [v for v in (*piece.positional, *piece.named.values()) if isinstance(v, Piece)]
    paths = {piece.source, *(p for v in inner for p in _files(v))} - {""}
    return {p: hashlib.sha256(Path(p).read_bytes()).hexdigest() for p in sorted(paths)}


def real(value: Any, precision: str) -> Array:
    """An array, or anything that can be one, in a precision."""
    return np.ascontiguousarray(value, np.dtype(precision))
