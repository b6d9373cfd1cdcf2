"""The classes of a classification's samples: to share them out evenly, and to weigh them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nndsl.diagnostics import NNError, Source, problem
from nndsl.runtime.contract import Array, Arrays
from nndsl.runtime.data.binding import Bound, did_you_mean
from nndsl.runtime.data.places import setting_span, word_span
from nndsl.runtime.data.preparation import PortRecipe, Preparation
from nndsl.runtime.data.step import missing
from nndsl.runtime.data.table import Table
from nndsl.settings import DataSettings


def stratum(table: Table, bounds: Sequence[Bound], settings: DataSettings, text: Source | None) -> Array | None:
    """The class of each sample, numbered from 0, where the split is to be stratified; else None."""
    if not settings.split.stratify:
        return None
    targets = [b for b in bounds if b.role == "target"]
    reason = "" if len(targets) == 1 else f"there are {len(targets)} targets"
    if not reason:
        raw = table.matrix([c.name for c in targets[0].columns])
        name = targets[0].columns[0].name
        if raw.dtype != object and (raw != np.floor(raw))[~missing(raw.astype(float))].any():
            reason = f"`{name}` is not always a whole number"
        else:
            values, classes, counts = np.unique(_keys(raw), axis=0, return_inverse=True, return_counts=True)
            if counts.min() > 1:
                return np.asarray(classes.reshape(-1), np.int64)
            alone = ", ".join(str(v) for v in values[np.argmin(counts)].tolist())
            reason = f"only one sample has `{name}` {alone}"
    raise NNError(problem("NN0517", word_span(text, settings.source.place, "stratify"), reason=reason))


def _keys(raw: Array) -> Array:
    """Text as NumPy can sort it: fixed width, a gap as no letters."""
    return np.where(missing(raw), "", raw).astype(str) if raw.dtype == object else raw


def class_weights(weights: Mapping[str, float], preparation: Preparation, arrays: Arrays,
                  text: Source | None = None) -> Array:
    """The weight of each sample by its class; classes that are not named weigh 1.

    Args:
        weights: by class, as the user writes it: a number, or a word that `encode` numbered.
        preparation: what was learnt of the data.
        arrays: the training part.
        text: the model file, to point at.

    Raises:
        NNError: a class that is named is not among those of the target, or that has none.
    """
    try:
        return _class_weights(weights, preparation, arrays)
    except _Unweighable as error:
        place = setting_span(text, "class_weight")
        raise NNError(problem("NN0521", place, reason=error.reason, helps=error.helps)) from None


@dataclass(eq=False)
class _Unweighable(Exception):
    """Why class weights cannot be applied, and what may help."""

    reason: str
    helps: tuple[str, ...] = ()


def _class_weights(weights: Mapping[str, float], preparation: Preparation, arrays: Arrays) -> Array:
    """As `class_weights`; raises `_Unweighable`."""
    targets = [r for r in preparation.recipes if r.role == "target"]
    if len(targets) != 1:
        raise _Unweighable(f"there are {len(targets)} targets")
    numbers = _class_numbers(targets[0], arrays[targets[0].key])
    names = _class_names(targets[0], int(numbers.max()) + 1)
    factors = np.ones(len(names))
    for key, weight in weights.items():
        if _plain(key) not in names:
            raise _Unweighable(f"there is no class `{key}`", did_you_mean(key, names))
        factors[names.index(_plain(key))] = weight
    chosen: Array = factors[numbers]
    return chosen


def _class_numbers(recipe: PortRecipe, target: Array) -> Array:
    flat = target.reshape(len(target), -1)
    if flat.shape[1] > 1:
        if recipe.port.dtype == "int":
            raise _Unweighable(f"`{recipe.port.name}` has a class for each of several positions")
        return np.asarray(np.argmax(flat, axis=1))
    if (flat < 0).any() or (flat != np.floor(flat)).any():
        raise _Unweighable(f"`{recipe.port.name}` does not name classes")
    return flat[:, 0].astype(np.int64)


def _class_names(recipe: PortRecipe, count: int) -> list[str]:
    encoded = [step for piece in recipe.pieces for step in piece.steps if step.kind in ("one_hot", "ordinal")]
    if len(encoded) == 1 and len(encoded[0].values) == 1:
        return [_plain(value) for value in encoded[0].values[0]]
    return [str(k) for k in range(max(count, recipe.port.limit or 0))]


def _plain(value: object) -> str:
    """A class as text, whole numbers without a point."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except ValueError:
        return str(value)
    return str(int(number)) if number == int(number) else str(number)
