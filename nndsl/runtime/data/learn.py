"""How `impute`, `encode` and `scale` learn from the training part: the same numbers as scikit-learn's transformers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nndsl.runtime.contract import Array
from nndsl.runtime.data.step import Blocks, Step, Unfit, missing
from nndsl.settings import Transform, Value


def learn(transform: Transform, blocks: Blocks) -> Step:
    """What a setting becomes once it has seen the training part; raises `Unfit`, or `Spoiled` for a gap left by no `impute`."""
    return dict(METHODS)[transform.kind, transform.method](transform, blocks)


def known_methods(kind: str) -> tuple[str, ...]:
    """What `scale`, `impute` or `encode` may be followed by."""
    return tuple(method for (known, method), _ in METHODS if known == kind)


def _whole(blocks: Blocks) -> Array:
    return np.concatenate(list(blocks()))


def _numbers(blocks: Blocks) -> Array:
    whole = _whole(blocks)
    if whole.dtype == object:
        raise Unfit("it holds text")
    if missing(whole).all(axis=0).any():
        raise Unfit("the training part has no value at all")
    return whole


def _mean(_: Transform, blocks: Blocks) -> Step:
    return Step("fill", (tuple(np.nanmean(_numbers(blocks), axis=0).tolist()),))


def _median(_: Transform, blocks: Blocks) -> Step:
    return Step("fill", (tuple(np.nanmedian(_numbers(blocks), axis=0).tolist()),))


def _most_frequent(_: Transform, blocks: Blocks) -> Step:
    whole = _whole(blocks)
    gaps = missing(whole)
    if gaps.all(axis=0).any():
        raise Unfit("the training part has no value at all")
    best: list[Value] = []
    for column, gone in zip(whole.T, gaps.T, strict=True):
        values, counts = np.unique(column[~gone], return_counts=True)
        best.append(_plain(values[np.argmax(counts)]))  # of equally frequent ones the smallest
    return Step("fill", (tuple(best),))


def _constant(transform: Transform, blocks: Blocks) -> Step:
    whole = next(iter(blocks()))
    value = transform.argument
    if value is None:
        raise Unfit("it wants the value in brackets, as in `constant(0)`")
    if isinstance(value, str) != (whole.dtype == object):
        raise Unfit("the column holds text" if whole.dtype == object else "the column holds numbers")
    return Step("fill", ((value,) * whole.shape[1],))


def _categories(blocks: Blocks) -> tuple[tuple[Value, ...], ...]:
    whole = _whole(blocks)
    gaps = missing(whole)
    return tuple(tuple(_plain(v) for v in np.unique(column[~gone])) for column, gone in zip(whole.T, gaps.T, strict=True))


def _one_hot(_: Transform, blocks: Blocks) -> Step:
    return Step("one_hot", _categories(blocks))


def _ordinal(_: Transform, blocks: Blocks) -> Step:
    return Step("ordinal", _categories(blocks))


def _standard(_: Transform, blocks: Blocks) -> Step:
    """Mean 0 and deviation 1; a column that never changes only loses its mean."""
    count = sum(len(b) for b in blocks())
    mean = sum(b.sum(axis=0, dtype=np.float64) for b in blocks()) / count
    variance = sum(np.square(b - mean).sum(axis=0) for b in blocks()) / count
    # Rounding leaves a constant column a tiny variance; the bound is that of scikit-learn's StandardScaler.
    tiny = np.finfo(np.float64).eps
    constant = variance <= count * tiny * variance + (count * mean * tiny) ** 2
    return Step("affine", (tuple(mean.tolist()), tuple(np.where(constant, 1.0, np.sqrt(variance)).tolist())))


def _minmax(_: Transform, blocks: Blocks) -> Step:
    """From 0 to 1; a column that never changes becomes 0."""
    low = np.min([b.min(axis=0) for b in blocks()], axis=0).astype(np.float64)
    high = np.max([b.max(axis=0) for b in blocks()], axis=0).astype(np.float64)
    return Step("affine", (tuple(low.tolist()), tuple(np.where(high == low, 1.0, high - low).tolist())))


def _divide(transform: Transform, blocks: Blocks) -> Step:
    width = next(iter(blocks())).shape[1]
    value = transform.argument
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value) or value == 0:
        raise Unfit("it wants a number other than 0 in brackets, as in `divide(255)`")
    return Step("affine", ((0.0,) * width, (float(value),) * width))


def _plain(value: object) -> Value:
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


METHODS: tuple[tuple[tuple[str, str], Callable[[Transform, Blocks], Step]], ...] = (
    (("impute", "median"), _median),
    (("impute", "mean"), _mean),
    (("impute", "most_frequent"), _most_frequent),
    (("impute", "constant"), _constant),
    (("encode", "one_hot"), _one_hot),
    (("encode", "ordinal"), _ordinal),
    (("scale", "standard"), _standard),
    (("scale", "minmax"), _minmax),
    (("scale", "divide"), _divide),
)
