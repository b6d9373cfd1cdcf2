"""What is stored already is read, not computed again: between equations, and between the forward and the backward pass.

So a bias gradient sums the gradient just stored, sigmoid's slope is p (1 - p), and that of selu comes from its value. A
formula is taken for another's value only if it is the same one over the same axes, or one of the table in saved.py. What is
only copied is read where it was copied from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nndsl.ir.affine import index_and_rest
from nndsl.ir.equation import Equation, Program, Scan, Step
from nndsl.ir.expression import Apply, Draw, Expr, Extent, Index, Number, Read, children, indices, rebuild, substitute, walk
from nndsl.ir.verifier import never_meet
from nndsl.passes.saved import in_terms_of
from nndsl.passes.simplify import simplified

CHEAP = ("add", "sub", "mul", "neg", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "where", "min", "max")
"""One of these alone is no dearer than reading its result."""


def share(program: Program) -> Program:
    """The program with formulas replaced by entries that hold their values."""
    places = _Places(program)
    known = _Known(program, places)
    steps: list[Step] = []
    number = 0
    for step in program.steps:
        body = []
        for equation in step.body if isinstance(step, Scan) else (step,):
            new = known.shared(equation, number)
            known.learn(equation, new, number)
            body.append(new)
            number += 1
        steps.append(replace(step, body=tuple(body)) if isinstance(step, Scan) else body[0])
    return replace(program, steps=tuple(steps))


class _Places:
    """Where each equation stands, and who writes what where."""

    def __init__(self, program: Program) -> None:
        self.scans: list[Scan | None] = []
        self.writers: dict[str, list[int]] = defaultdict(list)
        self.settled: set[str] = set()  # written once and never added to
        for step in program.steps:
            for equation in step.body if isinstance(step, Scan) else (step,):
                for name in {equation.out, equation.winner}:
                    self.writers[name].append(len(self.scans))
                    if not equation.accumulate and program.tensors.get(name) and program.tensors[name].role == "temporary":
                        self.settled.add(name)
                self.scans.append(step if isinstance(step, Scan) else None)
        self.settled -= {name for name, writers in self.writers.items() if len(writers) > 1}
        self.equations = list(program.equations())

    def alone(self, equation: Equation) -> bool:
        """Whether what an equation writes nothing else writes."""
        number = next(n for n in self.writers[equation.out] if self.equations[n] is equation)
        ranges = self.ranges(equation, number)
        others = [(self.equations[n], self.ranges(self.equations[n], n)) for n in self.writers[equation.out] if n != number]
        return all(any(never_meet(a, ranges, b, theirs) for a, b in zip(equation.index, other.index, strict=True))
                   for other, theirs in others)

    def ranges(self, equation: Equation, number: int) -> dict[str, Extent]:
        """How far each index of an equation runs, that of its scan included."""
        scan = self.scans[number]
        return dict(equation.ranges) | ({scan.index: scan.extent} if scan else {})

    def unchanged(self, tensor: str, first: int, last: int, index: tuple[Expr, ...] = ()) -> bool:
        """Whether what equation `first` read or wrote of a tensor is still there before equation `last`.

        Args:
            tensor: its name.
            first, last: the equations' numbers.
            index: which entry; without, any.
        """
        if tensor in self.settled:
            return True
        together = self.scans[first] is self.scans[last]  # then nothing but the equations between them is run between them
        start, end = (first, last - 1) if together else (self._end(first, -1), self._end(last, 1, last - 1))
        writers = (writer for writer in self.writers[tensor] if start <= writer <= end and writer != first)
        return all(self._done(writer, first, index) for writer in writers)

    def _done(self, writer: int, first: int, index: tuple[Expr, ...]) -> bool:
        """Whether a writer in the scan of equation `first` has written the entry before it, and never comes back to it."""
        scan = self.scans[first]
        if scan is None or scan is not self.scans[writer] or writer > first or self.equations[writer].winner:
            return False
        return any(a == b and set(indices(a)) == {scan.index}
                   for a, b in zip(index, self.equations[writer].index, strict=False))

    def _end(self, number: int, way: int, otherwise: int | None = None) -> int:
        """The end of the scan that an equation stands in, if it stands in one."""
        scan = self.scans[number]
        if scan is None:
            return number if otherwise is None else otherwise
        while 0 <= number + way < len(self.scans) and self.scans[number + way] is scan:
            number += way
        return number


@dataclass(frozen=True)
class _Value:
    """A formula whose value can be had otherwise.

    Args:
        formula, value: over the same indices.
        ranges: how far those run.
        number: the equation after which that holds.
    """

    formula: Expr
    value: Expr
    ranges: dict[str, Extent]
    number: int


class _Known:
    def __init__(self, program: Program, places: _Places) -> None:
        self.program, self.places = program, places
        self.values: dict[Expr, list[_Value]] = defaultdict(list)
        self.copies: dict[str, tuple[Equation, int]] = {}

    def learn(self, written: Equation, shared: Equation, number: int) -> None:
        """Take note of what an equation stores."""
        ranges = self.places.ranges(written, number)
        if not self._stores(written, ranges):
            return
        whole = dict(zip(written.index, self.program.tensors[written.out].shape, strict=True))
        if is_copy(shared.expr) and self.places.scans[number] is None and whole == {Index(n): e for n, e in ranges.items()}:
            self.copies[written.out] = (shared, number)
        entry = Read(written.out, written.index)
        pairs = [(formula, entry) for formula in dict.fromkeys((written.expr, shared.expr)) if worthwhile(formula)]
        for formula, value in [*pairs, *in_terms_of(entry, written.expr)]:
            self.values[_skeleton(formula)].append(_Value(formula, value, ranges, number))

    def _stores(self, equation: Equation, ranges: dict[str, Extent]) -> bool:
        """Whether an equation writes the value of its formula, at entries that nothing else writes."""
        names = [name for index in equation.index if (name := index_of(index)) is not None]
        whole = len(names) == len(equation.index) and sorted(names) == sorted(ranges)
        return (whole and self.program.tensors[equation.out].role == "temporary" and self.places.alone(equation)
                and not (equation.reduce or equation.guard)
                and not any(isinstance(node, Draw) or (isinstance(node, Read) and node.tensor == equation.out)
                            for node in walk(equation.expr)))

    def shared(self, equation: Equation, number: int) -> Equation:
        """An equation that reads what it can."""
        if self.program.tensors[equation.out].role in ("total", "result"):
            return equation  # these are computed in 64 bits, and what is stored has fewer
        ranges = self.places.ranges(equation, number)
        product = _sums_products(equation)

        def change(node: Expr) -> Expr | None:
            if isinstance(node, Read):
                return node if product and self._spread(node) else self._original(node, number)
            return next(self._instead(node, ranges, number), None) if isinstance(node, Apply) else None

        new = rebuild(equation.expr, change)
        return equation if new == equation.expr else replace(equation, expr=simplified(new))

    def _spread(self, entry: Read) -> bool:
        """Whether an entry is one of many copies of the same."""
        copy, _ = self.copies.get(entry.tensor, (None, 0))
        return copy is not None and len(indices(copy.expr)) < len(copy.ranges)

    def _original(self, entry: Read, number: int) -> Expr:
        """What a copy was copied from, or the entry itself."""
        copy, written = self.copies.get(entry.tensor, (None, 0))
        if copy is None or entry.other is not None or self.places.scans[number] is not None:
            return entry
        if isinstance(copy.expr, Number):
            return copy.expr
        assert isinstance(copy.expr, Read)
        if not self.places.unchanged(copy.expr.tensor, written, number):
            return entry
        names = [index.name for index in copy.index if isinstance(index, Index)]
        found = substitute(copy.expr, dict(zip(names, entry.index, strict=True)))
        assert isinstance(found, Read)
        return replace(found, stop=found.stop or entry.stop)

    def _instead(self, formula: Expr, ranges: dict[str, Extent], number: int) -> Iterator[Expr]:
        for value in self.values.get(_skeleton(formula), ()):
            new = _renaming(value.formula, formula, {})
            if new is not None and self._holds(value, new, ranges, number):
                yield substitute(value.value, {old: Index(name) for old, name in new.items()})

    def _holds(self, value: _Value, new: dict[str, str], ranges: dict[str, Extent], number: int) -> bool:
        """Whether a value is over the same axes, and nothing it depends on has changed since."""
        scan = self.places.scans[number]
        together = scan is not None and scan is self.places.scans[value.number]
        read = {node for formula in (value.formula, value.value) for node in walk(formula) if isinstance(node, Read)}
        return (new.keys() == value.ranges.keys()
                and all(ranges[name] == value.ranges[old] for old, name in new.items())
                and (not together or scan is None or new[scan.index] == scan.index)
                and all(self.places.unchanged(entry.tensor, value.number, number, entry.index) for entry in read))


def index_of(formula: Expr) -> str | None:
    """The index that a position is, or lies a fixed number of places from."""
    found = index_and_rest(formula)
    return found[0] if found else None


def worthwhile(expr: Expr) -> bool:
    """Whether computing a formula costs more than reading its value."""
    operations = [node.operation for node in walk(expr) if isinstance(node, Apply)]
    return len(operations) > 1 or any(operation not in CHEAP for operation in operations)


def _sums_products(equation: Equation) -> bool:
    """Whether an equation sums products of entries: as matrix products they need all copies of an entry."""
    match equation:
        case Equation(reduce="sum", expr=Apply("mul", (Read(), Read()))):
            return True
        case _:
            return False


def is_copy(expr: Expr) -> bool:
    """Whether a formula is a number or an entry at plain indices (a gather is worth its copy: what follows reads in order)."""
    if not isinstance(expr, Read):
        return isinstance(expr, Number)
    return expr.other is None and all(isinstance(i, (Index, Number)) for i in expr.index)


def _skeleton(expr: Expr) -> Expr:
    """A formula with all indices called the same."""
    return rebuild(expr, lambda node: Index("") if isinstance(node, Index) else None)


def _renaming(one: Expr, two: Expr, new: dict[str, str]) -> dict[str, str] | None:
    """How the indices of `one` are called in `two`, two formulas of the same skeleton; None if that is ambiguous."""
    if isinstance(one, Index) and isinstance(two, Index):
        return {**new, one.name: two.name} if new.get(one.name, two.name) == two.name else None
    for a, b in zip(children(one), children(two), strict=True):
        found = _renaming(a, b, new)
        if found is None:
            return None
        new = found
    return new
