"""How far the indices of a formula run: found from where each stands alone on an axis, before the formula is elaborated."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.axes import positions
from nndsl.checking.elaborate.evaluate import ABOVE, evaluate_alone, look_up, size
from nndsl.checking.elaborate.frame import Deferred, Frame
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.symbols import Alike, Analysis, Standing, Symbol, solve
from nndsl.checking.elaborate.values import Array, Listing, Outputs, Value
from nndsl.checking.primitives import NUMBERS
from nndsl.checking.walking import CHILDREN, head, is_reduction, mentions, open_indices, walk
from nndsl.diagnostics import Label, Span
from nndsl.ir.expression import BATCH, Extent
from nndsl.syntax.tree import Axis, Call, Comparison, Dots, Expression, Group, Indexed, Name, Pipe


def analyse(node: Expression, frame: Frame, left: tuple[Axis, ...] | None,
            extents: tuple[Extent, ...] | None = None, said: Mapping[str, Extent] | None = None, own: str = "") -> Analysis:
    """Find how far each index of a formula runs.

    Args:
        node: the formula.
        frame: where it stands.
        left: what the left side's brackets name; None without brackets.
        extents: the shape of the left side, where it is known beforehand: that of a weight to be filled.
        said: how far indices of the left side run, where other formulas tell.
        own: the name on the left side, which the formula may refer to.

    Raises:
        Mistake: an index runs to two different extents, or nothing says how far.
    """
    finder = _Finder(frame, own, left or ())
    env = finder.left(left, extents) if left is not None else finder.analysis.left
    for name, extent in (said or {}).items():
        finder.analysis.left[name].extent = finder.analysis.left[name].extent or extent
    finder.walk(node, env)
    unnamed = [name for name in finder.analysis.open if name != "..."]
    if left is not None and unnamed:
        raise mistake("NN0212", finder.analysis.left[unnamed[0]].span, name=unnamed[0])
    solve(finder.analysis, finder.standing, finder.alike, frame.builder.indices, finder.cut)
    return finder.analysis


def extents_of(value: Value) -> tuple[Extent, ...] | None:
    """The shape of what an index bracket may follow, or None."""
    if isinstance(value, Outputs):
        return extents_of(value.first)
    if isinstance(value, Array):
        return value.shape
    if isinstance(value, Listing):
        inner = extents_of(value.items[0]) if value.items else ()
        return None if inner is None else (len(value.items), *inner)
    if isinstance(value, tuple):
        return (len(value), *(extents_of(value[0]) or ())) if value else (0,)
    return () if isinstance(value, (bool, int, float)) else None


Env = Mapping[str, Symbol]


class _Finder:
    """Walks over a formula and notes where indices stand alone."""

    def __init__(self, frame: Frame, own: str, left: tuple[Axis, ...]) -> None:
        self.frame, self.own, self.own_axes = frame, own, left
        self.analysis = Analysis()
        self.standing: list[Standing] = []
        self.alike: list[Alike] = []
        self.dots_span: Span | None = None
        self.dots_bound = False
        self.dots_open = False
        self.cut = False

    # ---------------------------------------------------------------------------------------------- introducing

    def left(self, axes: tuple[Axis, ...], extents: tuple[Extent, ...] | None) -> dict[str, Symbol]:
        """The symbols that a left side names."""
        for axis in axes:
            self.introduce(axis, self.analysis.left, {})
        if extents is not None:
            self.axes(axes, extents, self.analysis.left)
        return self.analysis.left

    def introduce(self, axis: Axis, into: dict[str, Symbol], env: Env) -> None:
        """Note the symbols of one axis of a left side or a reduction."""
        node = axis.value
        if isinstance(node, Group):
            parts = tuple(self.part(item, into, env) for item in node.items if not isinstance(item, Dots))
            self.analysis.groups[id(node)] = parts
        elif isinstance(node, Name) and node.name != BATCH:
            symbol = self.new(node, into, env)
            if symbol is not None and axis.extent is not None:
                symbol.extent, symbol.said, symbol.where = size(axis.extent, self.frame.place()), True, axis.extent.span
            if axis.place is not None and symbol is not None:
                self.analysis.places[node.name] = axis.place

    def part(self, item: Expression, into: dict[str, Symbol], env: Env) -> Symbol:
        """One part of a group on a left side."""
        node = item.operands[0] if isinstance(item, Comparison) else item
        if not isinstance(node, Name):
            raise mistake("NN0211", item.span)
        symbol = self.new(node, into, env)
        if symbol is None:
            raise mistake("NN0213", node.span, name=node.name)
        if isinstance(item, Comparison):
            limit = item.operands[1]
            symbol.extent, symbol.said, symbol.where = size(limit, self.frame.place()), True, limit.span
        return symbol

    def new(self, node: Name, into: dict[str, Symbol], env: Env) -> Symbol | None:
        """A new symbol; None where the name means a value that is known when built, as in the shape `p[1]`."""
        if node.name in env or node.name in into or self.known(node.name):
            raise mistake("NN0213", node.span, name=node.name)
        into[node.name] = Symbol(node.name, node.span)
        return into[node.name]

    def known(self, name: str) -> bool:
        """Whether a name means a value, so that it cannot be an index."""
        frame = self.frame
        return frame.knows(name) or name in NUMBERS or name in frame.scope.lets

    # -------------------------------------------------------------------------------------------------- walking

    def walk(self, node: Expression, env: Env) -> None:
        """Note where the indices of an expression stand."""
        if isinstance(node, Indexed):
            self.indexed(node, env)
        elif isinstance(node, Call):
            self.call(node, env)
        elif isinstance(node, Pipe) and self.stands_alone(head(node), env):
            self.analysis.alone.add(id(head(node)))
        elif isinstance(node, Pipe):
            outside, self.dots_open = self.dots_open, True
            self.walk(node.value, env)
            self.dots_open = outside
        else:
            for child in CHILDREN[type(node)](node):
                self.walk(child, env)

    def stands_alone(self, node: Expression, env: Env) -> bool:
        """Whether the head of a pipeline has indices of its own: those it leaves open become its axes."""
        taken = [*self.frame.names, *NUMBERS, *self.frame.scope.lets]
        own = open_indices(node, taken)
        return bool(own) and not any(name in env or name in self.analysis.left for name in own)

    def call(self, node: Call, env: Env) -> None:
        inner, outside = dict(env), self.dots_bound
        if is_reduction(node.function):
            assert isinstance(node.function, Indexed) and isinstance(node.function.value, Name)
            if node.function.value.name == "softmax":
                self.index_names(node.function.axes, env)
            else:
                found: dict[str, Symbol] = {}
                for axis in node.function.axes:
                    self.introduce(axis, found, env)
                self.analysis.bound[id(node.function)] = found
                inner.update(found)
                self.dots_bound |= any(isinstance(axis.value, Dots) for axis in node.function.axes)
        for argument in node.arguments:
            self.walk(argument.value, inner)
        self.dots_bound = outside

    def index_names(self, axes: tuple[Axis, ...], env: Env) -> None:
        """What `softmax[i]` names is kept, so it is an index of the formula around it."""
        for axis in axes:
            if isinstance(axis.value, Name) and axis.value.name not in env:
                self.leave_open(axis.value)

    def indexed(self, node: Indexed, env: Env) -> None:
        shape = self.shape(node.value, env)
        if shape is not None:
            self.axes(node.axes, shape, env, node.span)
        elif isinstance(node.value, Name) and node.value.name == self.own and len(node.axes) == len(self.own_axes):
            self.itself(node.axes, env)
        for axis in node.axes:
            self.index(axis.value, env)

    def itself(self, axes: tuple[Axis, ...], env: Env) -> None:
        """Note which indices stand where the left side has one, on the axes of the tensor that is being defined."""
        for axis, left in zip(axes, self.own_axes, strict=True):
            read = self.symbol(axis.value.name, env) if isinstance(axis.value, Name) else None
            symbol = self.analysis.left.get(left.value.name) if isinstance(left.value, Name) else None
            if read is not None and symbol is not None and read is not symbol:
                self.alike.append(Alike(symbol, read, axis.value.span))

    def index(self, node: Expression, env: Env) -> None:
        """An expression between index brackets: an unknown name in it is an index that the left side leaves open."""
        if isinstance(node, Name):
            if node.name not in env and node.name not in self.analysis.left and not self.known(node.name):
                self.leave_open(node)
        elif isinstance(node, Call) and is_reduction(node.function):
            self.call(node, env)
        elif isinstance(node, Call):
            for argument in node.arguments:
                self.index(argument.value, env)
        elif isinstance(node, Indexed):
            self.indexed(node, env)
        else:
            for child in CHILDREN[type(node)](node):
                self.index(child, env)

    def leave_open(self, node: Name) -> None:
        if node.name not in self.analysis.left:
            self.analysis.left[node.name] = Symbol(node.name, node.span)
            self.analysis.open.append(node.name)

    # ------------------------------------------------------------------------------------------------ standing

    def symbol(self, name: str, env: Env) -> Symbol | None:
        if self.known(name) and name not in env:
            return None
        return env.get(name) or self.analysis.left.get(name)

    def axes(self, axes: tuple[Axis, ...], shape: tuple[Extent, ...], env: Env, span: Span | None = None) -> None:
        """Note which indices stand alone on the axes of a tensor of this shape, which stands at `span`."""
        for axis, extent in self.placed(axes, shape, span):
            if isinstance(axis.value, Group):
                self.group(axis.value, extent, env)
            elif isinstance(axis.value, Name):
                symbol = self.symbol(axis.value.name, env)
                if symbol is None and not self.known(axis.value.name):
                    self.leave_open(axis.value)
                    symbol = self.analysis.left[axis.value.name]
                    if axis.place is not None:
                        self.analysis.places[axis.value.name] = axis.place
                if symbol is not None:
                    self.standing.append(Standing((symbol,), extent, axis.value.span))
            else:
                self.computed(axis.value, extent, env)

    def computed(self, index: Expression, extent: Extent, env: Env) -> None:
        """Note which indices an index is computed from."""
        for node in walk(index):
            symbol = self.symbol(node.name, env) if isinstance(node, Name) else None
            if symbol is not None and symbol.computed is None:
                symbol.computed = index.span, extent

    def placed(self, axes: tuple[Axis, ...], shape: tuple[Extent, ...], span: Span | None) -> list[tuple[Axis, Extent]]:
        """Each axis with its extent; what is left is what `...` stands for."""
        placed, rest = positions(axes, len(shape), self.frame.place(), None if axes else span)
        if rest is not None and not self.dots_open:
            self.dots(tuple(shape[i] for i in rest), next(a.value.span for a in axes if isinstance(a.value, Dots)))
        return [(axis, shape[i]) for axis, i in placed]

    def dots(self, extents: tuple[Extent, ...], span: Span) -> None:
        if not self.dots_bound and "..." not in self.analysis.open:
            self.analysis.open.append("...")
        if self.analysis.dots is None:
            self.analysis.dots, self.dots_span = extents, span
        elif self.analysis.dots != extents:
            also = (Label(self.dots_span, f"is {shape_text(self.analysis.dots)}"),) if self.dots_span else ()
            raise mistake("NN0214", span, f"is {shape_text(extents)}", also=also)

    def group(self, node: Group, extent: Extent, env: Env) -> None:
        if any(isinstance(item, Dots) for item in node.items):
            return
        parts = []
        for item in node.items:
            first = item.operands[0] if isinstance(item, Comparison) else item
            symbol = self.symbol(first.name, env) if isinstance(first, Name) else None
            if symbol is None and isinstance(first, Name) and not self.known(first.name):
                self.leave_open(first)
                symbol = self.analysis.left[first.name]
            parts.append(symbol or Symbol("", item.span))
            if isinstance(item, Comparison) and symbol is not None and symbol.extent is None:
                symbol.extent, symbol.said = size(item.operands[1], self.frame.place()), True
        self.analysis.groups[id(node)] = tuple(parts)
        self.standing.append(Standing(tuple(parts), extent, node.span))

    # --------------------------------------------------------------------------------------------------- shapes

    def shape(self, node: Expression, env: Env) -> tuple[Extent, ...] | None:
        """The shape of what stands before index brackets, or None where only elaborating the formula can tell."""
        if isinstance(node, Name):
            entry = self.frame.names[node.name] if self.frame.knows(node.name) else None
            if isinstance(entry, Deferred):
                found = ABOVE.shape_of(entry)
                self.cut |= found is None
                return found
            return extents_of(look_up(entry)) if entry is not None else self.closed(node)
        self.walk(node, env)
        return self.closed(node) if not self.opens(node, env) else None

    def opens(self, node: Expression, env: Env) -> bool:
        """Whether a formula depends on indices around it."""
        taken = [*self.frame.names, *NUMBERS, *self.frame.scope.lets]
        return bool(open_indices(node, taken)) or mentions(node, env)

    def closed(self, node: Expression) -> tuple[Extent, ...] | None:
        value = evaluate_alone(node, self.frame.place())
        self.analysis.values[id(node)] = value
        return extents_of(value)
