"""A loop nest as a Python function over flat arrays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from itertools import product as every

from nndsl.emit.access import Parameters, View, sliced
from nndsl.emit.formulas import Writer
from nndsl.emit.names import identifier
from nndsl.ir.affine import Poly, extent, number, product
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import (
    Apply,
    Draw,
    Expr,
    Extent,
    Index,
    Number,
    Ranges,
    Read,
    Scalar,
    children,
    indices,
    rebuild,
    substitute,
    walk,
)
from nndsl.ir.kinds import kind
from nndsl.ir.operations import OPERATIONS
from nndsl.passes.nest import Block, Leaf, Loop, Nest
from nndsl.passes.outermost import outermost
from nndsl.passes.rows import along_memory

START = {"sum": "0", "prod": "1", "max": "-inf", "argmax": "-inf", "min": "inf", "argmin": "inf"}
UPDATE = {"sum": "{0} += {1}", "prod": "{0} *= {1}", "max": "{0} = maximum({0}, {1})", "min": "{0} = minimum({0}, {1})"}
BETTER = {"max": ">", "argmax": ">", "min": "<", "argmin": "<"}


@dataclass(frozen=True)
class Share:
    """How the turns of a kernel's outermost loop are shared between threads.

    Args:
        extent: the parameter that says how many there are.
        extents: the parameters whose product is the number of points.
        steps: for each view that moves along, the parameters whose product is how far it goes in a turn.
    """

    extent: str
    extents: tuple[str, ...]
    steps: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Kernel:
    """A jitted function and what one call of it is given.

    Args:
        lines: the body.
        views, numbers, scalars: its parameters, in this order.
        names: every name in the body that depends on the user's, in order of appearance.
        share: how its work may be shared between threads, if it may.
    """

    lines: tuple[str, ...]
    views: tuple[View, ...]
    numbers: tuple[tuple[str, Poly | Index], ...]
    scalars: tuple[str, ...]
    names: tuple[str, ...]
    share: Share | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters."""
        return (*(v.name for v in self.views), *(n for n, _ in self.numbers), *self.scalars)


def write_nest(nest: Nest, tensors: Mapping[str, Tensor], literal: str) -> Kernel:
    """The kernel for a loop nest.

    Args:
        nest: its loops.
        tensors: by name.
        literal: how numbers are written, `f4` or `f8`.
    """
    written = frozenset(n for e in nest.equations() for n in (e.out, e.winner))
    apart = frozenset(name for name in written if sliced(name, nest.equations()))
    outer = outermost(nest)
    writer = _Kernel(Parameters(tensors, written, apart, outer.index if outer else ""), literal)
    writer.block(nest.body, _Scope())
    given = writer.given
    names = tuple(dict.fromkeys((*(v.name for v in given.views.values()), *given.numbers, *writer.indices)))
    return Kernel(tuple(writer.lines), tuple(given.views.values()), tuple(given.numbers.items()), tuple(given.scalars), names,
                  _share(writer) if outer else None)


def _share(writer: _Kernel) -> Share | None:
    """How a kernel's work may be shared: not where the extent of its outermost loop is a stride as well."""
    extent = writer.extents[0]
    used = sum(len(re.findall(rf"\b{extent}\b", line)) for line in writer.lines)
    steps = writer.given.steps
    if used != 1 or any(len(found) != 1 or found == {"-1"} for found in steps.values()):
        return None
    moving = ((view, found) for view, (found,) in steps.items() if found)
    return Share(extent, tuple(writer.extents),
                 tuple((view, () if found == "1" else tuple(found.split(" * "))) for view, found in moving))


@dataclass(frozen=True)
class _Scope:
    """What is known at a point of the kernel.

    Args:
        depth: how many loops and conditions stand around.
        indices: what the loops' indices are called.
        known: the variable that holds a formula's value.
        uses: how often a formula occurs from here to the end of the straight line.
    """

    depth: int = 1
    indices: Mapping[str, str] = field(default_factory=dict)
    known: dict[Expr, str] = field(default_factory=dict)
    uses: Counter[Expr] = field(default_factory=Counter)

    def forget(self, tensors: set[str]) -> None:
        """Forget what reads a tensor that was written."""
        for expr in [e for e in self.known if _reads_any(e, tensors)]:
            del self.known[expr]

    def deeper(self, indices: Mapping[str, str] | None = None, without: set[str] | None = None) -> _Scope:
        """Inside a loop or condition; forgets what reads a tensor of `without`."""
        known = {e: v for e, v in self.known.items() if not _reads_any(e, without or set())}
        return _Scope(self.depth + 1, {**self.indices, **(indices or {})}, known, self.uses)


class _Kernel:
    """Writes one kernel, line by line."""

    def __init__(self, given: Parameters, literal: str) -> None:
        self.given = given
        self.literal = literal
        self.lines: list[str] = []
        self.indices: dict[str, None] = {}
        self.extents: list[str] = []
        self._variables = 0

    # ------------------------------------------------------------------------------------------ blocks

    def block(self, body: Iterable[Block], scope: _Scope) -> None:
        """Loops and equations in order."""
        body = tuple(body)
        scope = replace(scope, uses=Counter(x for b in body if isinstance(b, Leaf) and not b.inner for x in _uses(b.equation)))
        for part in body:
            if isinstance(part, Loop):
                self._loop(part, scope)
            elif part.clear:
                self._line(scope, f"{self._entry(part.equation.out, part.equation.index, scope)} = {self.literal}(0)")
            elif part.inner:
                self._reduction(part, scope)
            else:
                self._plain(_unstopped(part.equation), scope)

    def _loop(self, loop: Loop, scope: _Scope) -> None:
        leaves = _equations(loop.body)
        written = {x for e in leaves for x in (e.out, e.winner)}
        self._hoist(leaves, written, scope)
        inside = self._open(loop.index, loop.extent, scope, written)
        self.block(loop.body, inside)
        scope.forget(written)

    def _open(self, index: str, reach: Poly, scope: _Scope, written: set[str]) -> _Scope:
        name = scope.indices.get(index) or self._index(index, scope)
        size = self.given.loop(index, reach, name)
        if scope.depth == len(self.extents) + 1:  # the first loops inside each other: what they count are the points
            self.extents.append(size)
        self._line(scope, f"for {name} in range({size}):")
        return scope.deeper({index: name}, written)

    def _index(self, index: str, scope: _Scope) -> str:
        """A name for a loop's index; loops one after the other may share it."""
        around = set(scope.indices.values())
        wanted = identifier(index.split("°")[0] or "i")
        found = wanted if wanted in self.indices and wanted not in around else self.given.names.new(wanted)
        self.indices[found] = None
        return found

    def _hoist(self, leaves: list[Equation], written: set[str], scope: _Scope) -> None:
        """Load before a loop what does not change inside it."""
        for equation in leaves:
            for node in walk(_unstopped(equation).expr):
                if isinstance(node, Read) and node.tensor not in written and node.other is None and node not in scope.known \
                        and all(isinstance(i, Index) and i.name in scope.indices or not _names(i) for i in node.index):
                    self._keep(node, scope)

    # ------------------------------------------------------------------------------------------ equations

    def _plain(self, equation: Equation, scope: _Scope) -> None:
        around = scope
        if equation.guard:
            self._line(scope, f"if {self._guard(equation, scope)}:")
            scope = replace(scope.deeper(), uses=Counter(_uses(equation)))
        value = self._value(equation.expr, equation, scope)
        self._store(equation, value, scope)
        if scope is not around:
            around.forget({equation.out})

    def _value(self, expr: Expr, equation: Equation, scope: _Scope) -> str:
        self._prepare(expr, scope, equation.ranges)
        writer = self._writer(scope, equation.ranges)
        return writer.integer(expr) if self.given.tensors[equation.out].dtype == "int" else writer.real(expr)

    def _store(self, equation: Equation, value: str, scope: _Scope) -> None:
        entry = Read(equation.out, equation.index)
        place = self._entry(equation.out, equation.index, scope)
        again = scope.uses[entry] > 0
        if equation.accumulate and (again or entry in scope.known):
            value = f"{scope.known.get(entry, place)} + {value}"
        if again:
            name = self._variable()
            self._line(scope, f"{name} = {value}")
            value = name
        sign = "+=" if equation.accumulate and not again and entry not in scope.known else "="
        self._line(scope, f"{place} {sign} {value}")
        scope.forget({equation.out})
        if again:
            scope.known[entry] = value

    def _reduction(self, leaf: Leaf, scope: _Scope) -> None:
        """A reduction in a register, and where asked for the position of the entry that won."""
        scope.forget({leaf.equation.out, leaf.equation.winner})
        equation, scope = self._entered(_unstopped(leaf.equation), leaf.inner, scope)
        along = along_memory(equation, self.given.tensors)
        if along is not None and isinstance(equation.expr, Read) and len(leaf.inner) == 1:
            self._stretch(equation, equation.expr, leaf.inner[0], scope)
            return
        total, place = self._variable(), ""
        self._line(scope, f"{total} = {self.literal}({START[equation.reduce]})")
        if equation.winner or equation.reduce in ("argmax", "argmin"):
            place = self._variable()
            self._line(scope, f"{place} = 0")
        if leaf.unrolled:
            self._points(leaf, equation, total, place, scope)
            self._finish(equation, total, place, scope)
            return
        inside = scope
        for name, reach in leaf.inner:
            inside = self._open(name, extent(reach), inside, {equation.out})
        inside = replace(inside, uses=Counter(_uses(equation)))
        if equation.guard:
            self._line(inside, f"if {self._guard(equation, inside)}:")
            inside = inside.deeper()
        self._prepare(equation.expr, inside, equation.ranges)
        value = self._writer(inside, equation.ranges).real(equation.expr)
        self._accumulate(equation.reduce, total, place, value, leaf.inner, inside)
        self._finish(equation, total, place, scope)

    def _entered(self, equation: Equation, inner: Ranges, scope: _Scope) -> tuple[Equation, _Scope]:
        """An equation inside the part of its guard that the same holds for all that it reduces over, and the rest of it."""
        names = {name for name, _ in inner}
        here = tuple(limit for limit in equation.guard if not names & set(indices(limit[0])))
        if not here:
            return equation, scope
        self._line(scope, f"if {self._inside(list(here), scope)}:")
        left = tuple(limit for limit in equation.guard if limit not in here)
        return replace(equation, guard=left), scope.deeper()

    def _points(self, leaf: Leaf, equation: Equation, total: str, place: str, scope: _Scope) -> None:
        """A short reduction written out point by point, without a branch."""
        names = [name for name, _ in leaf.inner]
        for at, point in enumerate(every(*(range(int(reach)) for _, reach in leaf.inner))):
            here = {name: str(value) for name, value in zip(names, point, strict=True)}
            inside = replace(scope, indices={**scope.indices, **here}, known=dict(scope.known), uses=Counter(_uses(equation)))
            self._prepare(equation.expr, inside, equation.ranges)
            value = self._writer(inside, equation.ranges).real(equation.expr)
            if not place:
                self._line(scope, UPDATE[equation.reduce].format(total, value))
                continue
            name = self._variable()
            self._line(scope, f"{name} = {value}")
            better = f"{name} {BETTER[equation.reduce]} {total}"
            self._line(scope, f"{place} = where({better}, {at}, {place})")
            self._line(scope, f"{total} = where({better}, {name}, {total})")

    def _stretch(self, equation: Equation, read: Read, inner: tuple[str, Extent], scope: _Scope) -> None:
        """A reduction of neighbours in memory, in vectors."""
        name, reach = inner
        size = self.given.loop(name, extent(reach), identifier(name.split("°")[0] or "i"))
        first = tuple(substitute(i, {name: Number(0)}) for i in read.index)
        view, position = self._at(read.tensor, first, scope)
        total = self._variable()
        self._line(scope, f"{total} = {equation.reduce}_of({view}, {position}, {size})")
        self._finish(equation, total, "", scope)

    def _accumulate(self, reduce: str, total: str, place: str, value: str, inner: Ranges, scope: _Scope) -> None:
        if not place:
            self._line(scope, UPDATE[reduce].format(total, value))
            return
        name = self._variable()
        self._line(scope, f"{name} = {value}")
        self._line(scope, f"if {name} {BETTER[reduce]} {total}:")
        self._line(scope.deeper(), f"{total} = {name}")
        self._line(scope.deeper(), f"{place} = {self._position(inner, scope)}")

    def _finish(self, equation: Equation, total: str, place: str, scope: _Scope) -> None:
        if equation.reduce in ("argmax", "argmin"):
            whole = self.given.tensors[equation.out].dtype == "int"
            total = place if whole else f"{self.literal}({place})"
        sign = "+=" if equation.accumulate else "="
        self._line(scope, f"{self._entry(equation.out, equation.index, scope)} {sign} {total}")
        if equation.winner:
            self._line(scope, f"{self._entry(equation.winner, equation.index, scope)} = {place}")
        scope.forget({equation.out})
        if sign == "=" and self.given.tensors[equation.out].dtype == "real":
            scope.known[Read(equation.out, equation.index)] = total

    # ------------------------------------------------------------------------------------------ formulas

    def _prepare(self, expr: Expr, scope: _Scope, ranges: Ranges) -> None:
        """Give a variable to each entry and each call that is used again, innermost first, and to guarded entries."""
        if expr in scope.known:
            return
        for child in children(expr):
            self._prepare(child, scope, ranges)
        if isinstance(expr, Read) and (expr.other is not None or scope.uses[expr] > 1):
            self._keep(expr, scope, ranges)
        elif isinstance(expr, Apply) and scope.uses[expr] > 1 and _is_call(expr) and kind(expr, self.given.tensors) == "real":
            self._keep(expr, scope, ranges)

    def _keep(self, expr: Expr, scope: _Scope, ranges: Ranges = ()) -> None:
        writer = self._writer(scope, ranges)
        whole = kind(expr, self.given.tensors) == "int"
        text = writer.integer(expr) if whole else writer.real(expr)
        scope.known[expr] = self._variable()
        self._line(scope, f"{scope.known[expr]} = {text}")

    def _writer(self, scope: _Scope, ranges: Ranges = ()) -> Writer:
        return Writer(self.given.tensors, self.literal, lambda e: self._leaf(e, scope, ranges), scope.known)

    def _leaf(self, expr: Expr, scope: _Scope, ranges: Ranges) -> str:
        """The text of a read, an index, a run-time number or a draw."""
        match expr:
            case Index(name):
                return scope.indices.get(name) or self.given.running(name)
            case Scalar(name):
                text = self.given.scalar(name)
                return text if kind(expr, self.given.tensors) == "int" else f"{self.literal}({text})"
            case Draw(draw, stream):
                key = [self.given.scalar("seed"), self.given.scalar("step"), self.given.number("stream", number(stream))]
                return f"{self.literal}(draw_{draw}({', '.join(key)}, {self._position(ranges, scope)}))"
            case Read(tensor, index, None):
                return self._entry(tensor, index, scope)
            case Read(tensor, index, other):
                assert other is not None
                limits = zip(index, self.given.tensors[tensor].shape, strict=True)
                inside = self._inside([(i, e) for i, e in limits if not self._stays(i, e, scope)], scope)
                entry, writer = self._entry(tensor, index, scope), self._writer(scope, ranges)
                whole = kind(expr, self.given.tensors) == "int"
                instead = writer.integer(other) if whole else writer.real(other)
                if not whole and self.given.tensors[tensor].dtype == "int":
                    entry = f"{self.literal}({entry})"
                return f"{entry} if {inside} else {instead}" if inside else entry
            case _:
                raise AssertionError(expr)

    def _stays(self, index: Expr, reach: Extent, scope: _Scope) -> bool:
        """Whether an index is a loop's own, over the whole axis."""
        return isinstance(index, Index) and self.given.spans(index.name, reach)

    def _guard(self, equation: Equation, scope: _Scope) -> str:
        return self._inside(list(equation.guard), scope) or "True"

    def _inside(self, limits: list[tuple[Expr, Extent]], scope: _Scope) -> str:
        writer = self._writer(scope)
        texts = []
        for index, reach in limits:
            size = self.given.scalar("batch") if reach == "batch" else str(reach)
            texts.append(f"0 <= {writer.integer(index)} < {size}")
        return " and ".join(texts)

    def _entry(self, tensor: str, index: tuple[Expr, ...], scope: _Scope) -> str:
        view, position = self._at(tensor, index, scope)
        return f"{view}[{position}]"

    def _at(self, tensor: str, index: tuple[Expr, ...], scope: _Scope) -> tuple[str, str]:
        """The view and the position in it of an entry."""
        place = self.given.place(tensor, index, scope.indices)
        writer = self._writer(scope)
        rest = [writer.factor(e) + (f" * {stride}" if stride else "") for stride, e in place.rest]
        return place.view, " + ".join((*place.terms, *rest)) or "0"

    def _position(self, ranges: Ranges, scope: _Scope) -> str:
        """The row-major position among `ranges`."""
        text = "0"
        for at, (name, _) in enumerate(ranges):
            behind = product([e for _, e in ranges[at + 1 :]])
            step = scope.indices[name] + ("" if behind == Poly((1,)) else f" * {self.given.stride(behind)}")
            text = step if text == "0" else f"{text} + {step}"
        return text

    # ------------------------------------------------------------------------------------------ lines

    def _line(self, scope: _Scope, text: str) -> None:
        self.lines.append("    " * scope.depth + text)

    def _variable(self) -> str:
        found = next(name for k in count(self._variables) if self.given.names.reserve(name := f"v{k}"))
        self._variables = int(found[1:]) + 1
        return found


def _equations(body: Iterable[Block]) -> list[Equation]:
    return [e for b in body for e in (_equations(b.body) if isinstance(b, Loop) else [b.equation])]


def _is_call(expr: Apply) -> bool:
    return not OPERATIONS[expr.operation].infix


def _uses(equation: Equation) -> list[Expr]:
    """Every entry and operation an equation's formulas hold, as often as it occurs."""
    plain = _unstopped(equation)
    return [x for e in (plain.expr, *plain.index) for x in walk(e) if isinstance(x, (Read, Apply))]


def _unstopped(equation: Equation) -> Equation:
    """The equation with the marks for differentiation taken off, so that equal entries are seen to be equal."""
    def bare(node: Expr) -> Expr | None:
        return rebuild(replace(node, stop=False), bare) if isinstance(node, Read) and node.stop else None

    return replace(equation, expr=rebuild(equation.expr, bare))


def _names(expr: Expr) -> bool:
    return any(isinstance(x, (Index, Read)) for x in walk(expr))


def _reads_any(expr: Expr, tensors: set[str]) -> bool:
    return any(isinstance(x, Read) and x.tensor in tensors for x in walk(expr))
