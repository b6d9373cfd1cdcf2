"""Sums of products over windows, batches of matrices, and their gradients: what is more than one matrix product.

Each access is reduced to its flat affine form; then an index is what its places say: one of A and C runs over rows, one of
B and C over columns, one of A and B over the inner sum, one of all three over turns, products done one after the other. An
index whose steps would meet an entry of C twice within a product, as the gradients of windows do, makes turns as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nndsl.ir.affine import Affine, Poly, extent, flat, number
from nndsl.ir.affine import product as size_of
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Apply, Read
from nndsl.passes.contract import Product, product

TYPICAL_BATCH = 32
LANES, ROWS = 16, 8
"""The tile of a typical processor: what is generated is the same on every one."""
PACKED_FOR, DEEP = 48, 4096
"""With so many rows a turn, and an inner sum that is not so long, it costs little to copy B for each turn."""


@dataclass(frozen=True)
class Dimension:
    """Indices that run as one.

    Args:
        names: of the indices, slowest first.
        size: how many entries.
        a, b, c: the steps from one to the next in the two factors and the result.
    """

    names: tuple[str, ...]
    size: Poly
    a: Poly
    b: Poly
    c: Poly

    @property
    def steps(self) -> tuple[Poly, Poly, Poly]:
        """In A, B and C."""
        return self.a, self.b, self.c


Dimensions = tuple[Dimension, ...]


@dataclass(frozen=True)
class Start:
    """Where the first entry stands.

    Args:
        tensor: in which tensor.
        offset: at which entry; the index of a scan around may stand in it.
    """

    tensor: str
    offset: Affine


@dataclass(frozen=True)
class Contraction:
    """`c[turn, row, column] = sum over inner of a[turn, row, inner] b[turn, inner, column]`, or `+=`.

    Args:
        equation: what it computes.
        a, b, c: the factors and the result. In c, columns are neighbours.
        turns, rows, inner: slowest first; at least one inner.
        columns: one dimension.
    """

    equation: Equation
    a: Start
    b: Start
    c: Start
    turns: Dimensions
    rows: Dimensions
    columns: Dimension
    inner: Dimensions

    @property
    def cost(self) -> int:
        """About how many cycles it takes."""
        rows, inner, turns = (_size(x).at(TYPICAL_BATCH) for x in (self.rows, self.inner, self.turns))
        vectors, tiles = -(-self.columns.size.at(TYPICAL_BATCH) // LANES), -(-rows // ROWS)
        packing = inner * (2 if self.columns.b == number(1) else 8)
        far = turns > 1 and any(d.size.constant is None for d in self.rows)  # each turn goes through the whole batch
        return turns * vectors * (tiles * (inner * ROWS // 2 + (132 if far else 32)) + packing)


def whole(equation: Equation, tensors: Mapping[str, Tensor]) -> Product | Contraction | None:
    """What an equation is that a kernel does by itself, or None if it needs loops of its own."""
    return product(equation, tensors) or contraction(equation, tensors)


def contraction(equation: Equation, tensors: Mapping[str, Tensor]) -> Contraction | None:
    """The fastest way to do an equation as products of matrices, or None if it is no such thing or loops do as well."""
    best = min(ways(equation, tensors), key=lambda way: way.cost, default=None)
    return best if best and best.cost < _cost_of_loops(equation, best) else None


def ways(equation: Equation, tensors: Mapping[str, Tensor]) -> Iterator[Contraction]:
    """Every way to do an equation as products of matrices."""
    match equation:
        case Equation(reduce="sum", guard=(), expr=Apply("mul", (Read(other=None) as a, Read(other=None) as b))):
            pass
        case _:
            return
    used = [tensors[x] for x in (a.tensor, b.tensor, equation.out)]
    places = [flat(tensors[x.tensor], x.index) for x in (a, b)] + [flat(used[2], equation.index)]
    if any(p.rest for p in places) or any(t.dtype == "int" or t.role in ("total", "result") for t in used):
        return
    left, right, out = (p.form for p in places)
    yield from _ways(equation, a.tensor, b.tensor, (left, right, out))
    yield from _ways(equation, b.tensor, a.tensor, (right, left, out))


def _cost_of_loops(equation: Equation, way: Contraction) -> int:
    """About how many cycles plain loops take, in vectors over the columns if B lies for it."""
    points = size_of(tuple(e for _, e in equation.ranges)).at(TYPICAL_BATCH)
    columns = way.columns.size.at(TYPICAL_BATCH)
    if way.columns.b != number(1):
        return 2 * points
    return points // columns * (2 + 2 * -(-columns // LANES))


def _ways(equation: Equation, a: str, b: str, forms: tuple[Affine, Affine, Affine]) -> Iterator[Contraction]:
    """Every way with A's other indices as rows and B's as columns."""
    kinds: dict[tuple[bool, bool, bool], list[Dimension]] = {
        (True, True, True): [], (True, False, True): [], (False, True, True): [], (True, True, False): []}
    for name, reach in equation.ranges:
        if reach == 1:
            continue
        steps = tuple(form.of(name) for form in forms)
        where = (bool(steps[0]), bool(steps[1]), bool(steps[2]))
        if where not in kinds:
            return
        kinds[where].append(Dimension((name,), extent(reach), *steps))
    turns, rows, columns, inner = kinds.values()
    if not inner:
        return
    first, second, result = (Start(t, _apart_from(f, equation)) for t, f in zip((a, b, equation.out), forms, strict=True))
    for run, others in _column_runs(columns):
        found = _arranged([*turns, *others], rows, run, _size(tuple(inner)).at(TYPICAL_BATCH) < DEEP)
        if found is None or (len(found[1]) < len(rows) or others) and not _allowed(equation, turns, rows, columns):
            continue
        yield Contraction(equation, first, second, result, _merged(found[0]), _merged(found[1]), run,
                          _merged(_slowest_first(inner)))


def _apart_from(form: Affine, equation: Equation) -> Affine:
    """The part of a position that is the same at all points of an equation."""
    names = {name for name, _ in equation.ranges}
    return Affine({name: c for name, c in form.coefficients.items() if name not in names}, form.constant)


def _allowed(equation: Equation, *kinds: list[Dimension]) -> bool:
    """Whether turns may go on where other turns have been: the equation adds up, or no entry of C is met twice."""
    return equation.accumulate or _apart([d for kind in kinds for d in kind])


def _column_runs(columns: list[Dimension]) -> Iterator[tuple[Dimension, list[Dimension]]]:
    """Columns that are neighbours in C and evenly apart in B: one index, and then as many as go on where it ends."""
    run = next((d for d in columns if d.c == number(1)), None)
    others = [d for d in columns if d is not run]
    while run is not None:
        yield run, others
        wider = next((d for d in others if d.c == run.c * run.size and d.b == run.b * run.size), None)
        others = [d for d in others if d is not wider]
        run = wider and Dimension((*wider.names, *run.names), run.size * wider.size, run.a, run.b, run.c)


def _arranged(turns: list[Dimension], rows: list[Dimension], run: Dimension,
              shallow: bool) -> tuple[list[Dimension], list[Dimension]] | None:
    """Turns and rows so that no product meets an entry of C twice; None if that leaves no rows."""
    rows = _slowest_first(rows, by=2)
    kept: list[Dimension] = []
    for row in reversed(rows):
        if _apart([run, *kept, row]):
            kept.insert(0, row)
    moved = [row for row in rows if row not in kept]
    if shallow and len(kept) > 1 and not moved and _size(tuple(kept[1:])).at(TYPICAL_BATCH) >= PACKED_FOR:
        return [kept[0], *turns], kept[1:]
    return ([*turns, *moved], kept) if kept else None


def _apart(dimensions: list[Dimension]) -> bool:
    """Whether each place among dimensions has an entry of C of its own: a step is longer than all shorter ones reach."""
    for batch in (1, TYPICAL_BATCH, 4096):
        reach = 0
        for step, size in sorted((abs(d.c.at(batch)), d.size.at(batch)) for d in dimensions):
            if step <= reach and size > 1:
                return False
            reach += step * (size - 1)
    return True


def _slowest_first(dimensions: list[Dimension], by: int = 0) -> list[Dimension]:
    return sorted(dimensions, key=lambda d: -abs(d.steps[by].at(TYPICAL_BATCH)))


def _merged(dimensions: list[Dimension]) -> Dimensions:
    """Neighbours that run on from the end of one to the start of the next, everywhere, as one."""
    found: list[Dimension] = []
    for d in dimensions:
        if found and all(slow == fast * d.size for slow, fast in zip(found[-1].steps, d.steps, strict=True)):
            d = Dimension((*found[-1].names, *d.names), found.pop().size * d.size, *d.steps)
        found.append(d)
    return tuple(found)


def _size(dimensions: Dimensions) -> Poly:
    size = number(1)
    for d in dimensions:
        size = size * d.size
    return size
