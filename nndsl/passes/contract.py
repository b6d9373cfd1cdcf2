"""Matrix products hidden in sums of products.

An equation `C[..] += sum of A[..] * B[..]` is a matrix product when its indices fall into those of A and C (rows), of B and C
(columns), and of A and B (the inner sum), and when the indices of each kind run through memory like the digits of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nndsl.ir.affine import Affine, Poly, extent, flat, number
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Apply, Read

_TYPICAL_BATCH = 32


@dataclass(frozen=True)
class Operand:
    """A matrix inside a tensor.

    Args:
        tensor: which.
        offset: where its first entry stands; the index of a scan around may stand in it.
        stride: entries from row to row as it lies in memory.
        transposed: whether memory holds its transpose.
    """

    tensor: str
    offset: Affine
    stride: Poly
    transposed: bool = False


@dataclass(frozen=True)
class Product:
    """`c = a @ b`, or `c += a @ b` where `equation.accumulate`.

    Args:
        equation: what it computes.
        rows, columns, inner: the extents.
        a, b, c: the matrices.
    """

    equation: Equation
    rows: Poly
    columns: Poly
    inner: Poly
    a: Operand
    b: Operand
    c: Operand


@dataclass(frozen=True)
class _Forms:
    """The flat positions of the factors and of the result, and the extents of the indices."""

    a: Affine
    b: Affine
    c: Affine
    extents: dict[str, Poly]


def product(equation: Equation, tensors: Mapping[str, Tensor]) -> Product | None:
    """The matrix product that `equation` is, or None."""
    match equation:
        case Equation(reduce="sum", guard=(), expr=Apply("mul", (Read(other=None) as a, Read(other=None) as b))):
            pass
        case _:
            return None
    places = [flat(tensors[x.tensor], x.index) for x in (a, b)] + [flat(tensors[equation.out], equation.index)]
    used = [tensors[x] for x in (a.tensor, b.tensor, equation.out)]
    if any(p.rest for p in places) or any(t.dtype == "int" or t.role in ("total", "result") for t in used):
        return None
    extents = {name: extent(e) for name, e in equation.ranges}
    left, right, out = (p.form for p in places)
    for x, y, first, second in ((left, right, a, b), (right, left, b, a)):
        found = _match(_Forms(x, y, out, extents), equation, first.tensor, second.tensor)
        if found:
            return found
    return None


def _match(forms: _Forms, equation: Equation, a: str, b: str) -> Product | None:
    rows: list[str] = []
    columns: list[str] = []
    inner: list[str] = []
    for name in forms.extents:
        where = (bool(forms.a.of(name)), bool(forms.b.of(name)), bool(forms.c.of(name)))
        kinds = {(True, False, True): rows, (False, True, True): columns, (True, True, False): inner}
        if where not in kinds:
            return None
        kinds[where].append(name)
    m, n, k = (_digits(group, x, y, forms.extents) for group, x, y in
               ((rows, forms.a, forms.c), (columns, forms.b, forms.c), (inner, forms.a, forms.b)))
    if m is None or n is None or k is None:
        return None
    if not rows and not columns:
        return None  # a single entry: a loop does
    return _oriented(forms, equation, a, b, m, n, k)


@dataclass(frozen=True)
class _Run:
    """Indices that count as one: how far, and the step of its fastest one in either place. Of no index: one entry."""

    size: Poly
    first: Poly
    second: Poly


def _digits(names: list[str], x: Affine, y: Affine, extents: dict[str, Poly]) -> _Run | None:
    """The run that `names` form in both places, or None if they do not nest in both."""
    if not names:
        return _Run(number(1), Poly(), Poly())
    order = sorted(names, key=lambda n: (x.of(n).at(_TYPICAL_BATCH), y.of(n).at(_TYPICAL_BATCH)))
    size = number(1)
    for name in order:
        if x.of(name) != x.of(order[0]) * size or y.of(name) != y.of(order[0]) * size:
            return None
        size = size * extents[name]
    return _Run(size, x.of(order[0]), y.of(order[0]))


def _oriented(forms: _Forms, equation: Equation, a: str, b: str, m: _Run, n: _Run, k: _Run) -> Product | None:
    """The product, if each matrix has neighbours along one of its axes and the result along its rows."""
    one = number(1)
    if n.second not in (one, Poly()) or m.second and not _at_least(m.second, n.size):
        return None
    left = _layout(m.first, k.first, m.size, k.size)
    right = _layout(k.second, n.first, k.size, n.size)
    if left is None or right is None:
        return None
    at = [Affine({n: c for n, c in form.coefficients.items() if n not in forms.extents}, form.constant)
          for form in (forms.a, forms.b, forms.c)]
    return Product(equation, m.size, n.size, k.size, Operand(a, at[0], *left), Operand(b, at[1], *right),
                   Operand(equation.out, at[2], m.second or n.size))


def _layout(slow: Poly, fast: Poly, slow_size: Poly, fast_size: Poly) -> tuple[Poly, bool] | None:
    """The row stride of a matrix and whether it lies transposed, from the steps along its two axes (zero: a single entry)."""
    one = number(1)
    if fast in (one, Poly()) and (not slow or _at_least(slow, fast_size)):
        return slow or fast_size, False
    if slow in (one, Poly()) and (not fast or _at_least(fast, slow_size)):
        return fast or slow_size, True
    return None


def _at_least(a: Poly, b: Poly) -> bool:
    return all(a.at(batch) >= b.at(batch) for batch in (1, _TYPICAL_BATCH, 4096))
