"""A loop nest as a Python function over flat arrays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product

from nndsl.emit.access import Parameters, sliced
from nndsl.emit.body import Body
from nndsl.emit.kernel import Kernel, Share
from nndsl.emit.names import identifier
from nndsl.emit.scope import Scope, unstopped, uses
from nndsl.emit.vectors import along_memory
from nndsl.ir.affine import Poly, extent
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Expr, Index, Ranges, Read, indices, walk
from nndsl.passes.nest import Block, Leaf, Loop, Nest
from nndsl.passes.outermost import outermost

START = {"sum": "0", "prod": "1", "max": "-inf", "argmax": "-inf", "min": "inf", "argmin": "inf"}
UPDATE = {"sum": "{0} += {1}", "prod": "{0} *= {1}", "max": "{0} = maximum({0}, {1})", "min": "{0} = minimum({0}, {1})"}
IN_VECTORS = {"sum": "{0} = plus({0}, {1})", "max": "{0} = larger({0}, {1})", "min": "{0} = smaller({0}, {1})"}
WORSE = {"max": "<", "min": ">"}
BETTER = {"max": ">", "argmax": ">", "min": "<", "argmin": "<"}


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
    writer.block(nest.body, Scope())
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


class _Kernel(Body):
    """Writes one kernel, loop by loop."""

    def __init__(self, given: Parameters, literal: str) -> None:
        super().__init__(given, literal)
        self.indices: dict[str, None] = {}
        self.extents: list[str] = []

    # ------------------------------------------------------------------------------------------ blocks

    def block(self, body: Iterable[Block], scope: Scope) -> None:
        """Loops and equations in order."""
        body = tuple(body)
        scope = replace(scope, uses=Counter(x for b in body if isinstance(b, Leaf) and not b.inner for x in uses(b.equation)))
        for part in body:
            if isinstance(part, Loop):
                self._loop(part, scope)
            elif part.clear:
                self.line(scope, f"{self.entry(part.equation.out, part.equation.index, scope)} = {self.literal}(0)")
            elif part.inner:
                self._reduction(part, scope)
            else:
                self._plain(unstopped(part.equation), scope)

    def _loop(self, loop: Loop, scope: Scope) -> None:
        leaves = _equations(loop.body)
        written = {x for e in leaves for x in (e.out, e.winner)}
        self._hoist(leaves, written, scope)
        inside = self._open(loop.index, loop.extent, scope, written)
        self.block(loop.body, inside)
        scope.forget(written)

    def _open(self, index: str, reach: Poly, scope: Scope, written: set[str]) -> Scope:
        name = scope.indices.get(index) or self._index(index, scope)
        size = self.given.loop(index, reach, name)
        if scope.depth == len(self.extents) + 1:  # the first loops inside each other: what they count are the points
            self.extents.append(size)
        self.line(scope, f"for {name} in range({size}):")
        return scope.deeper({index: name}, written)

    def _index(self, index: str, scope: Scope) -> str:
        """A name for a loop's index; loops one after the other may share it."""
        around = set(scope.indices.values())
        wanted = identifier(index.split("°")[0] or "i")
        found = wanted if wanted in self.indices and wanted not in around else self.given.names.new(wanted)
        self.indices[found] = None
        return found

    def _hoist(self, leaves: list[Equation], written: set[str], scope: Scope) -> None:
        """Load before a loop what does not change inside it."""
        for equation in leaves:
            for node in walk(unstopped(equation).expr):
                if isinstance(node, Read) and node.tensor not in written and node.other is None and node not in scope.known \
                        and all(isinstance(i, Index) and i.name in scope.indices or not _names(i) for i in node.index):
                    self.keep(node, scope)

    # ------------------------------------------------------------------------------------------ equations

    def _plain(self, equation: Equation, scope: Scope) -> None:
        around = scope
        if equation.guard:
            self.line(scope, f"if {self.guard(equation, scope)}:")
            scope = replace(scope.deeper(), uses=Counter(uses(equation)))
        value = self._value(equation.expr, equation, scope)
        self._store(equation, value, scope)
        if scope is not around:
            around.forget({equation.out})

    def _value(self, expr: Expr, equation: Equation, scope: Scope) -> str:
        self.prepare(expr, scope, equation.ranges)
        writer = self.writer(scope, equation.ranges)
        return writer.integer(expr) if self.given.tensors[equation.out].dtype == "int" else writer.real(expr)

    def _store(self, equation: Equation, value: str, scope: Scope) -> None:
        entry = Read(equation.out, equation.index)
        place = self.entry(equation.out, equation.index, scope)
        again = scope.uses[entry] > 0
        if equation.accumulate and (again or entry in scope.known):
            value = f"{scope.known.get(entry, place)} + {value}"
        if again:
            name = self.variable()
            self.line(scope, f"{name} = {value}")
            value = name
        sign = "+=" if equation.accumulate and not again and entry not in scope.known else "="
        self.line(scope, f"{place} {sign} {value}")
        scope.forget({equation.out})
        if again:
            scope.known[entry] = value

    def _reduction(self, leaf: Leaf, scope: Scope) -> None:
        """A reduction in a register, and where asked for the position of the entry that won."""
        scope.forget({leaf.equation.out, leaf.equation.winner})
        equation, scope = self._entered(unstopped(leaf.equation), leaf.inner, scope)
        total, place = self.variable(), ""
        self.line(scope, f"{total} = {self.literal}({START[equation.reduce]})")
        if equation.winner or equation.reduce in ("argmax", "argmin"):
            place = self.variable()
        vectors = not leaf.unrolled and along_memory(equation, self.given.tensors)
        if vectors and (not place or isinstance(equation.expr, Read)):
            self._in_vectors(leaf, equation, total, place, scope)
        else:
            self._one_by_one(leaf, equation, total, place, scope)
        self._finish(equation, total, place, scope)

    def _opened(self, leaf: Leaf, equation: Equation, scope: Scope) -> tuple[Scope, str]:
        """The inside of a reduction's loops, and the value at a point there."""
        inside = scope
        for name, reach in leaf.inner:
            inside = self._open(name, extent(reach), inside, {equation.out})
        inside = replace(inside, uses=Counter(uses(equation)))
        if equation.guard:
            self.line(inside, f"if {self.guard(equation, inside)}:")
            inside = inside.deeper()
        self.prepare(equation.expr, inside, equation.ranges)
        return inside, self.writer(inside, equation.ranges).real(equation.expr)

    def _in_vectors(self, leaf: Leaf, equation: Equation, total: str, place: str, scope: Scope) -> None:
        """A reduction along memory, and in a second loop the first entry that is as good as the best."""
        kind = equation.reduce.removeprefix("arg")
        inside, value = self._opened(leaf, equation, scope)
        self.line(inside, IN_VECTORS[kind].format(total, value))
        if place:
            (name, reach), = leaf.inner
            size = self.given.loop(name, extent(reach), inside.indices[name])
            self.line(scope, f"{place} = {size}")
            inside, value = self._opened(leaf, equation, scope)
            found = f"where({value} {WORSE[kind]} {total}, {size}, {inside.indices[name]})"
            self.line(inside, f"{place} = minimum({place}, {found})")

    def _one_by_one(self, leaf: Leaf, equation: Equation, total: str, place: str, scope: Scope) -> None:
        if place:
            self.line(scope, f"{place} = 0")
        if leaf.unrolled:
            self._points(leaf, equation, total, place, scope)
            return
        inside, value = self._opened(leaf, equation, scope)
        if not place:
            self.line(inside, UPDATE[equation.reduce].format(total, value))
            return
        name = self.variable()
        self.line(inside, f"{name} = {value}")
        self.line(inside, f"if {name} {BETTER[equation.reduce]} {total}:")
        self.line(inside.deeper(), f"{total} = {name}")
        self.line(inside.deeper(), f"{place} = {self.position(leaf.inner, inside)}")

    def _entered(self, equation: Equation, inner: Ranges, scope: Scope) -> tuple[Equation, Scope]:
        """An equation inside the part of its guard that the same holds for all that it reduces over, and the rest of it."""
        names = {name for name, _ in inner}
        here = tuple(limit for limit in equation.guard if not names & set(indices(limit[0])))
        if not here:
            return equation, scope
        self.line(scope, f"if {self.inside(list(here), scope)}:")
        left = tuple(limit for limit in equation.guard if limit not in here)
        return replace(equation, guard=left), scope.deeper()

    def _points(self, leaf: Leaf, equation: Equation, total: str, place: str, scope: Scope) -> None:
        """A short reduction written out point by point, without a branch."""
        names = [name for name, _ in leaf.inner]
        for at, point in enumerate(product(*(range(int(reach)) for _, reach in leaf.inner))):
            here = {name: str(value) for name, value in zip(names, point, strict=True)}
            inside = replace(scope, indices={**scope.indices, **here}, known=dict(scope.known), uses=Counter(uses(equation)))
            self.prepare(equation.expr, inside, equation.ranges)
            value = self.writer(inside, equation.ranges).real(equation.expr)
            if not place:
                self.line(scope, UPDATE[equation.reduce].format(total, value))
                continue
            name = self.variable()
            self.line(scope, f"{name} = {value}")
            better = f"{name} {BETTER[equation.reduce]} {total}"
            self.line(scope, f"{place} = where({better}, {at}, {place})")
            self.line(scope, f"{total} = where({better}, {name}, {total})")

    def _finish(self, equation: Equation, total: str, place: str, scope: Scope) -> None:
        if equation.reduce in ("argmax", "argmin"):
            whole = self.given.tensors[equation.out].dtype == "int"
            total = place if whole else f"{self.literal}({place})"
        sign = "+=" if equation.accumulate else "="
        self.line(scope, f"{self.entry(equation.out, equation.index, scope)} {sign} {total}")
        if equation.winner:
            self.line(scope, f"{self.entry(equation.winner, equation.index, scope)} = {place}")
        scope.forget({equation.out})
        if sign == "=" and self.given.tensors[equation.out].dtype == "real":
            scope.known[Read(equation.out, equation.index)] = total


def _equations(body: Iterable[Block]) -> list[Equation]:
    return [e for b in body for e in (_equations(b.body) if isinstance(b, Loop) else [b.equation])]


def _names(expr: Expr) -> bool:
    return any(isinstance(x, (Index, Read)) for x in walk(expr))


