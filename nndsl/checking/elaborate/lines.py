"""The lines of an optimizer: run in order, each reading what those before it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from nndsl.checking.checked import Variable
from nndsl.checking.elaborate.arrays import constant, shape_text
from nndsl.checking.elaborate.binding import assign, bind, parameters
from nndsl.checking.elaborate.blocks import defined_name, run
from nndsl.checking.elaborate.builder import Builder, free, origin
from nndsl.checking.elaborate.context import Filling
from nndsl.checking.elaborate.equations import Formula, entered, sides
from nndsl.checking.elaborate.evaluate import as_array, describe, evaluate_alone, known_truth, look_up
from nndsl.checking.elaborate.frame import BROKEN, Frame, Thunk
from nndsl.checking.elaborate.functions import frame_for
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.parameters import extents
from nndsl.checking.elaborate.ranges import analyse
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.tensors import alias, heavy, side, tensor_of
from nndsl.checking.elaborate.values import Array, Closure, Value
from nndsl.checking.names import target_name
from nndsl.checking.rules import OPTIMIZER
from nndsl.diagnostics import Span
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Apply, Draw, Expr, Index, Number, Read, Reduce, Scalar, reads, rebuild, walk
from nndsl.syntax import tree
from nndsl.syntax.tree import Count, Definition, Expression, Final, If, Indexed, Let, Node, State, Statement, Total, Update, Use

STEP = Array((), Scalar("step"))
COUNT = Array((), Apply("add", (Scalar("step"), Number(1))))
RATE = Array((), Scalar("rate"))

PER_ENTRY = (Index, Draw, Reduce)
"""What makes a formula differ from entry to entry, or costs more than a formula should."""


@dataclass(eq=False)
class Shared:
    """What the updates of all parameters share.

    Args:
        builder: the program.
        final: the program of the weights to evaluate with.
        early: equations that must be done for all parameters before any other: those that lead to a total over all of them.
        totals: for each total, its parts, one a parameter.
        scalars: numbers computed once a step, by formula.
    """

    builder: Builder
    final: Builder
    early: list[Equation] = field(default_factory=list)
    totals: dict[str, list[Expr]] = field(default_factory=dict)
    scalars: dict[Expr, Array] = field(default_factory=dict)


class Lines:
    """The lines of an optimizer, elaborated for one parameter.

    Args:
        shared: what all parameters share.
        variable: the parameter.
        value, gradient: it and its gradient, as `w` and `g` mean at the first line.
    """

    def __init__(self, shared: Shared, variable: Variable, value: Array, gradient: Array) -> None:
        self.shared, self.variable = shared, variable
        self.special = {"w": value, "g": gradient, "step": STEP, "t": COUNT}
        self.start = len(shared.builder.steps)
        self.condition: Array | None = None
        self.final_value: Array | None = None
        self.names: dict[str, int] = {}

    def run(self, statements: Iterable[Statement], frame: Frame) -> None:
        """Elaborate lines one after the other."""
        frame.handlers = {node: method.__get__(self) for node, method in HANDLERS.items()}
        hidden = {p.name for p in frame.parameters}
        for statement in statements:
            frame.names.update({name: value for name, value in self.special.items() if name not in hidden})
            run(statement, frame)
            defined = defined_name(statement)
            if defined is not None and defined not in frame.names:
                frame.names[defined] = BROKEN  # the mistake in it was told

    # -------------------------------------------------------------------------------------------------- formulas

    def formula(self, target: Expression | None, node: Expression, frame: Frame,
                shape: tuple[int, ...] | None = None) -> Formula:
        """Both sides of a line; `shape` is that of the state on its left."""
        axes = target.axes if isinstance(target, Indexed) else None
        analysis = analyse(node, frame, axes, shape if axes is not None else None)
        return sides(target, node, analysis, entered(analysis, frame.place(), axes=axes))

    def value(self, node: Expression, frame: Frame, target: Expression | None = None) -> Value:
        """The right side of a line as a value over the axes of the left."""
        found = self.formula(target, node, frame)
        if not isinstance(found.value, Array):
            return found.value
        if found.left.plain:
            return Array(found.left.ranges, found.value.expr)
        return tensor_of(frame, frame.called("value"), found.left, found.value.expr, node.span)

    def array(self, node: Expression, frame: Frame) -> Array:
        """The right side of a line, as numbers."""
        return as_array(self.value(node, frame), node.span, frame.place())

    def scalar(self, value: Array, name: str, frame: Frame, span: Span) -> Array:
        """A number as a tensor of its own, computed once a step for all parameters if it depends on nothing of theirs."""
        if isinstance(value.expr, (Number, Scalar)) or alias(value):
            return value
        common = {x.expr.tensor for x in self.shared.scalars.values() if isinstance(x.expr, Read)} | set(self.shared.totals)
        if any(read.tensor not in common for read in reads(value.expr)):
            return tensor_of(frame, frame.called(name), side(()), value.expr, span)
        if value.expr not in self.shared.scalars:
            self.shared.scalars[value.expr] = tensor_of(frame, name, side(()), value.expr, span)
        return self.shared.scalars[value.expr]

    def factored(self, expr: Expr, frame: Frame, span: Span) -> Expr:
        """A formula whose parts that are the same for all entries are computed once, before it."""
        def change(node: Expr) -> Expr | None:
            if isinstance(node, Reduce):
                return node
            if isinstance(node, Apply) and constant(node) is None and not any(isinstance(n, PER_ENTRY) for n in walk(node)):
                return self.scalar(Array((), node), "factor", frame, span).expr
            return None
        return rebuild(expr, change) if self.variable.shape else expr

    # ----------------------------------------------------------------------------------------------------- lines

    def equation(self, statement: tree.Equation, frame: Frame) -> None:
        """`rate = formula`: a number is computed once a step, a formula over entries where it is used."""
        name = defined_name(statement) or ""
        value = self.value(statement.value, frame, statement.target)
        if isinstance(value, Array):
            if not value.axes and not free(value.expr):
                value = self.scalar(value, name, frame, statement.value.span)
            elif heavy(value, frame):
                value = tensor_of(frame, frame.called(name), side(value.axes), value.expr, statement.value.span)
        frame.names[name] = value

    def let(self, statement: Let, frame: Frame) -> None:
        """`let n = ...`"""
        frame.names[statement.name] = evaluate_alone(statement.value, frame.place())

    def state(self, statement: State, frame: Frame) -> None:
        """`state m = 0`: shaped like `w`; with brackets as they say."""
        declaration = statement.declaration
        if declaration.default is None:
            raise mistake("NN0336", declaration.span, name=declaration.name)
        shape = self.variable.shape if declaration.axes is None else extents(declaration.axes, frame)
        count = self.names[declaration.name] = self.names.get(declaration.name, 0) + 1
        name = f"{self.variable.name}:{declaration.name}" + (f"_{count}" if count > 1 else "")
        now = replace(frame.place(), frame=replace(frame, names=dict(frame.names)))
        made = Variable(name, shape, "optimizer", False, declaration.span.place)
        filling = Filling(Thunk(declaration.default, now), frame, declaration.span)
        frame.names[declaration.name] = frame.context.variable(made, filling, frame.builder)

    def update(self, statement: Update, frame: Frame) -> None:
        """`m <- formula`: what the name means from the next line on."""
        named = target_name(statement.target)
        name = named.name if named else ""
        if name in ("g", "step", "t"):
            value = self.array(statement.value, frame)
            if heavy(value, frame):
                value = tensor_of(frame, frame.called(name), side(value.axes), value.expr, statement.value.span)
            self.special[name] = value
            return
        current = look_up(frame.names[name]) if name in frame.names else None
        if not isinstance(current, Array) or not isinstance(current.expr, Read) or not alias(current) \
                or frame.builder.tensors[current.expr.tensor].role not in ("state", "parameter"):
            raise mistake("NN0239", statement.target.span)
        shape = tuple(int(extent) for extent in current.shape)
        self.write(current.expr.tensor, shape, self.formula(statement.target, statement.value, frame, shape), statement, frame)

    def write(self, tensor: str, shape: tuple[int, ...], found: Formula, statement: Update, frame: Frame) -> None:
        """The equation of an update. What still needs the old entries is computed before it."""
        span = statement.value.span
        expr = self.factored(as_array(found.value, span, frame.place()).expr, frame, span)
        left = found.left if found.left.shape else side(frame.builder.indices.open(shape))
        if left.shape != shape:
            raise mistake("NN0202", span, first=shape_text(shape), second=shape_text(left.shape))
        if self.condition is not None:
            expr = Apply("where", (self.condition.expr, expr, Read(tensor, left.index)))
        self.settle(tensor, frame)
        if not left.plain or any(read.tensor == tensor and read.index != left.index for read in reads(expr)):
            copied = tensor_of(frame, tensor + ".next", left, expr, span)
            left, expr = side(copied.axes), copied.expr
        frame.builder.add(Equation(tensor, left.index, left.ranges, expr, origin=origin(span)), span)

    def settle(self, tensor: str, frame: Frame) -> None:
        """Compute what names stand for that read a tensor about to be overwritten."""
        for names in (frame.names, self.special):
            for name, entry in list(names.items()):
                if isinstance(entry, Array) and not alias(entry) and any(read.tensor == tensor for read in reads(entry.expr)):
                    names[name] = tensor_of(frame, frame.called(name), side(entry.axes), entry.expr, frame.applied)

    def total(self, statement: Total, frame: Frame) -> None:
        """`total squares = formula`: the sum over all parameters, known before any of them is updated."""
        name = defined_name(statement) or ""
        value = self.array(statement.value, frame)
        if value.axes:
            raise mistake("NN0206", statement.value.span, expected="a number", found="a tensor")
        part = tensor_of(frame, frame.called(name), side(()), value.expr, statement.value.span)
        shared, builder = self.shared, frame.builder
        shared.totals.setdefault(name, []).append(part.expr)
        shared.early.extend(builder.steps[self.start:])
        del builder.steps[self.start:]
        builder.tensors.setdefault(name, Tensor(name, ()))
        frame.names[name] = Array((), Read(name))

    def count(self, statement: Count, frame: Frame) -> None:
        """`count formula`: from here on lines have no effect in steps where it does not hold."""
        self.condition = self.scalar(self.array(statement.value, frame), "due", frame, statement.value.span)

    def use(self, statement: Use, frame: Frame) -> None:
        """`use adam(...)`: the lines of another optimizer, on the same weight."""
        closure = reference(statement.value, frame.place(), OPTIMIZER)
        if not isinstance(closure, Closure) or closure.found.kind != "optimizer":
            raise mistake("NN0206", statement.value.span, expected="an optimizer", found=describe(closure))
        definition = closure.found.definition
        assert isinstance(definition, Definition)
        names = {p.name for p in parameters(definition)}
        if all(given.name is not None for given in closure.given):  # a setting may be given anew, and must be known
            given = {g.name: g for g in closure.given if g.name in names or frame.depth > 1}
            closure = replace(closure, given=tuple(given.values()))
        found, _ = assign(closure, (), statement.span)
        inner = frame_for(closure, frame.place(), frame.path, statement.span)
        inner.batched, inner.parameters = False, definition.parameters
        inner.names.update({"step": self.special["step"], "t": self.special["t"]})
        bind(definition, found, inner)
        self.run(definition.body, inner)

    def final(self, statement: Final, frame: Frame) -> None:
        """`final w = formula`: the weights to evaluate with."""
        found = self.array(statement.value, frame)
        if found.shape != self.variable.shape:
            raise mistake("NN0202", statement.value.span, first=shape_text(self.variable.shape), second=shape_text(found.shape))
        self.final_value = found

    def decide(self, statement: If, frame: Frame) -> None:
        """The lines of the branch that is taken."""
        taken = known_truth(statement.condition, frame.place())
        self.run(statement.then if taken else statement.otherwise, frame)


HANDLERS: dict[type[Node], Callable[..., Any]] = {
    tree.Equation: Lines.equation, Let: Lines.let, State: Lines.state, Update: Lines.update, Total: Lines.total,
    Count: Lines.count, Use: Lines.use, Final: Lines.final, If: Lines.decide,
}
"""What statements do in an optimizer, where each has its turn."""
