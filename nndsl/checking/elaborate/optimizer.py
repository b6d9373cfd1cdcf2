"""Optimizers: their lines, run for every trainable parameter, on the parameter `w` and its gradient `g`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nndsl.checking.checked import Variable
from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.binding import assign, bind, parameters
from nndsl.checking.elaborate.builder import Builder, free, origin
from nndsl.checking.elaborate.context import Context, Filling
from nndsl.checking.elaborate.equations import Formula, entered, sides
from nndsl.checking.elaborate.evaluate import as_array, describe, evaluate_alone, known_truth, look_up
from nndsl.checking.elaborate.frame import Frame, Thunk
from nndsl.checking.elaborate.functions import frame_for
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.parameters import extents
from nndsl.checking.elaborate.ranges import analyse
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.statements import HANDLERS, defined_name, run
from nndsl.checking.elaborate.tensors import Side, alias, heavy, side, tensor_of
from nndsl.checking.elaborate.values import Array, Closure, Given, Value, number
from nndsl.checking.names import target_name
from nndsl.checking.rules import OPTIMIZER
from nndsl.diagnostics import Span
from nndsl.ir.equation import Equation, Tensor, adjoint_name
from nndsl.ir.expression import Apply, Expr, Index, Number, Read, Scalar, reads
from nndsl.syntax.tree import (
    Count,
    Definition,
    Equation as EquationNode,
    Expression,
    Final,
    If,
    Indexed,
    Let,
    Name,
    Shape,
    State,
    Statement,
    Total,
    Update,
    Use,
)

STEP = Array((), Scalar("step"))
RATE = Array((), Scalar("rate"))


@dataclass(eq=False)
class Updating:
    """What all parameters share while their updates are written.

    Args:
        early: equations that must be done for all parameters before any other: those that lead to a total over all of them.
        totals: for each total, its parts, one a parameter.
        scalars: numbers computed once a step, by formula.
        final: the program of the weights to evaluate with.
    """

    early: list[Equation] = field(default_factory=list)
    totals: dict[str, list[Expr]] = field(default_factory=dict)
    scalars: dict[Expr, Array] = field(default_factory=dict)
    final: Builder = field(default_factory=Builder)


@dataclass(eq=False)
class Weight:
    """A parameter being updated.

    Args:
        variable: the parameter.
        start: where its equations begin.
        gradient: `g` at this line.
        step, count: `step` and `t` at this line.
        condition: where it is 0, lines have no effect; None for always.
        final: the weights to evaluate with, if some line says so.
    """

    variable: Variable
    start: int
    value: Array
    gradient: Array
    step: Array = STEP
    count: Array = Array((), Apply("add", (Scalar("step"), Number(1))))
    condition: Array | None = None
    final: Array | None = None
    names: dict[str, int] = field(default_factory=dict)


def update_program(node: Expression, context: Context, builder: Builder, every: Closure) -> Updating:
    """Write the updates of all trainable parameters.

    Args:
        node: what `optimizer` in `train` says.
        context: the model's.
        builder: the program to be written.
        every: the lines around those of any optimizer.
    """
    shared = Updating(final=Builder(context.indices))
    file = Frame("file", context.scope, "", context, builder, batched=False)
    closure = reference(node, file.place(), OPTIMIZER)
    if not isinstance(closure, Closure) or closure.found.kind != "optimizer":
        raise mistake("NN0206", node.span, expected="an optimizer", found=describe(closure))
    for variable in list(context.variables.values()):
        if variable.kind == "parameter" and variable.trainable:
            update_one(variable, closure, every, shared, file, node.span)
            if context.report.failed:
                break
    late = builder.steps
    builder.steps = shared.early
    for name, parts in shared.totals.items():
        builder.add(Equation(name, (), (), balanced(parts), origin=origin(node.span)))
    builder.steps = [*builder.steps, *late]
    return shared


def balanced(terms: list[Expr]) -> Expr:
    """The sum of many terms, added up pairwise so that it nests only a little."""
    while len(terms) > 1:
        pairs = [terms[n:n + 2] for n in range(0, len(terms), 2)]
        terms = [Apply("add", tuple(pair)) if len(pair) == 2 else pair[0] for pair in pairs]
    return terms[0]


def update_one(variable: Variable, closure: Closure, every: Closure, shared: Updating, file: Frame, span: Span) -> None:
    """Write the update of one parameter."""
    builder = file.builder
    gradient = adjoint_name(variable.name)
    builder.declare(Tensor(variable.name, variable.shape, role="parameter"))
    builder.declare(Tensor(gradient, variable.shape, role="gradient"))
    weight = Weight(variable, len(builder.steps), builder.whole(variable.name, variable.shape, False),
                    builder.whole(gradient, variable.shape, False))
    frame = frame_for(every, file.place(), variable.name, span)
    frame.weight, frame.updating, frame.handlers = weight, shared, LINES
    found, common = split(closure, every, file, span)
    definition = every.found.definition
    assert isinstance(definition, Definition)
    bind(definition, common, frame)
    frame.names[definition.parameters[0].name] = replace(closure, given=tuple(replace(g, name=n) for n, g in found.items()))
    lines(definition.body, frame)
    if weight.final is not None:
        finish(weight, shared, span)


def split(closure: Closure, every: Closure, file: Frame, span: Span) -> tuple[dict[str, Given], dict[str, Given]]:
    """What an optimizer is given for settings of its own, and for those that every optimizer takes.

    A common setting that it lists too has its default, which may use its other settings.
    """
    definition, around = closure.found.definition, every.found.definition
    assert isinstance(definition, Definition) and isinstance(around, Definition)
    names = tuple(p.name for p in parameters(around)[1:])
    found, common = assign(closure, (), span, names)
    frame = frame_for(closure, file.place(), "", span)
    frame.names.update({"step": STEP, "t": number(0)})
    bind(definition, found, frame)
    for p in parameters(definition):
        if p.name in names:
            entry = frame.names[p.name]
            assert isinstance(entry, Thunk)
            common[p.name] = Given(p.name, entry, span)
    return found, common


# ------------------------------------------------------------------------------------------------------------- lines


def lines(statements: Iterable[Statement], frame: Frame) -> None:
    """Elaborate lines one after the other; each reads what those before it wrote."""
    for statement in statements:
        refresh(frame)
        run(statement, frame)


def refresh(frame: Frame) -> None:
    """What the special names mean at this line."""
    weight = frame.weight
    frame.names.update({"w": weight.value, "g": weight.gradient, "step": weight.step, "t": weight.count, "rate": RATE}
                       if frame.depth == 1 else {"w": weight.value, "g": weight.gradient, "step": weight.step, "t": weight.count})


def line(target: Expression | None, node: Expression, frame: Frame, shape: tuple[int, ...] | None = None) -> Formula:
    """Both sides of a line."""
    axes = target.axes if isinstance(target, Indexed) else None
    analysis = analyse(node, frame, axes, shape if axes is not None else None)
    place = entered(analysis, frame.place(), axes=axes)
    return sides(target, node, analysis, place)


def value_at(found: Formula, node: Expression, frame: Frame) -> Value:
    """The right side of a line as a value over the left side's axes."""
    if not isinstance(found.value, Array):
        return found.value
    if found.left.plain:
        return Array(found.left.ranges, found.value.expr)
    return tensor_of(frame, frame.called("value"), found.left, found.value.expr, node.span)


def equation(statement: EquationNode, frame: Frame) -> None:
    """`rate = formula`: a number is computed once a step, a formula over entries where it is used."""
    name = defined_name(statement) or ""
    value = value_at(line(statement.target, statement.value, frame), statement.value, frame)
    if isinstance(value, Array):
        if not value.axes and not free(value.expr):
            value = scalar(value, name, frame, statement.value.span)
        elif heavy(value, frame):
            value = tensor_of(frame, frame.called(name), side(value.axes), value.expr, statement.value.span)
    frame.names[name] = value


def scalar(value: Array, name: str, frame: Frame, span: Span) -> Array:
    """A number as a tensor of its own, shared by all parameters if it depends on nothing of theirs."""
    if isinstance(value.expr, (Number, Scalar)) or alias(value):
        return value
    shared = frame.updating.scalars
    if reads(value.expr):
        own = all(r.tensor in {x.expr.tensor for x in shared.values() if isinstance(x.expr, Read)} for r in reads(value.expr))
        if not own:
            return tensor_of(frame, frame.called(name), side(()), value.expr, span)
    if value.expr not in shared:
        shared[value.expr] = tensor_of(frame, name, side(()), value.expr, span)
    return shared[value.expr]


def let(statement: Let, frame: Frame) -> None:
    """`let n = ...`"""
    frame.names[statement.name] = evaluate_alone(statement.value, frame.place())


def state(statement: State, frame: Frame) -> None:
    """`state m = 0`: shaped like `w`; with brackets as they say."""
    declaration, weight = statement.declaration, frame.weight
    shape = weight.variable.shape if declaration.axes is None else extents(declaration.axes, frame)
    count = weight.names[declaration.name] = weight.names.get(declaration.name, 0) + 1
    name = f"{weight.variable.name}:{declaration.name}" + (f"_{count}" if count > 1 else "")
    if declaration.default is None:
        raise mistake("NN0336", declaration.span, name=declaration.name)
    first = replace(frame.place(), frame=replace(frame, names=dict(frame.names)))
    made = Variable(name, shape, "optimizer", False, declaration.span.place)
    filling = Filling(Thunk(declaration.default, first), frame, declaration.span)
    frame.names[declaration.name] = frame.context.variable(made, filling, frame.builder)


def update(statement: Update, frame: Frame) -> None:
    """`m <- formula`: from this line on."""
    named = target_name(statement.target)
    name = named.name if named else ""
    weight = frame.weight
    if name in ("g", "step", "t"):
        value = as_array(value_at(line(None, statement.value, frame), statement.value, frame), statement.value.span, frame.place())
        assign_special(name, value, weight, frame, statement.value.span)
        return
    current = weight.value if name == "w" else look_up(frame.names[name]) if name in frame.names else None
    if not isinstance(current, Array) or not isinstance(current.expr, Read) or \
            frame.builder.tensors[current.expr.tensor].role not in ("state", "parameter"):
        raise mistake("NN0239", statement.target.span)
    found = line(statement.target, statement.value, frame, current.shape)  # type: ignore[arg-type]
    write(current, found, statement, frame)


def assign_special(name: str, value: Array, weight: Weight, frame: Frame, span: Span) -> None:
    """`g <- formula`, `step <- formula`, `t <- formula`, in the lines around every optimizer."""
    if name == "g":
        weight.gradient = tensor_of(frame, frame.called("g"), side(value.axes), value.expr, span) if heavy(value, frame) else value
    elif name == "step":
        weight.step = value
    else:
        weight.count = value


def write(current: Array, found: Formula, statement: Update, frame: Frame) -> None:
    """The equation of an update; what still reads the old entries is computed before it."""
    assert isinstance(current.expr, Read)
    span, tensor = statement.value.span, current.expr.tensor
    value = as_array(found.value, span, frame.place())
    left = found.left if found.left.shape else side(frame.builder.indices.open(current.shape))
    if left.shape != current.shape:
        raise mistake("NN0202", span, first=shape_text(current.shape), second=shape_text(left.shape))
    expr = value.expr
    if frame.weight.condition is not None:
        old = Read(tensor, left.index)
        expr = Apply("where", (frame.weight.condition.expr, expr, old))
    settle(tensor, frame)
    if any(r.tensor == tensor and r.index != left.index for r in reads(expr)) or not left.plain:
        copied = tensor_of(frame, tensor + ".next", left, expr, span)
        left = side(copied.axes)
        expr = copied.expr
    frame.builder.add(Equation(tensor, left.index, left.ranges, expr, origin=origin(span)), span)


def settle(tensor: str, frame: Frame) -> None:
    """Compute what names stand for that reads a tensor about to be overwritten."""
    for name, entry in list(frame.names.items()):
        if isinstance(entry, Array) and not alias(entry) and any(r.tensor == tensor for r in reads(entry.expr)):
            frame.names[name] = tensor_of(frame, frame.called(name), side(entry.axes), entry.expr, None)
    weight = frame.weight
    if not alias(weight.gradient) and any(r.tensor == tensor for r in reads(weight.gradient.expr)):
        weight.gradient = tensor_of(frame, frame.called("g"), side(weight.gradient.axes), weight.gradient.expr, None)


def total(statement: Total, frame: Frame) -> None:
    """`total squares = formula`: the sum over all parameters."""
    name = defined_name(statement) or ""
    value = as_array(value_at(line(None, statement.value, frame), statement.value, frame), statement.value.span, frame.place())
    if value.axes:
        raise mistake("NN0206", statement.value.span, expected="a number", found="a tensor")
    part = tensor_of(frame, frame.called(name), side(()), value.expr, statement.value.span)
    shared, builder = frame.updating, frame.builder
    shared.totals.setdefault(name, []).append(part.expr)
    shared.early.extend(builder.steps[frame.weight.start:])
    del builder.steps[frame.weight.start:]
    if name not in builder.tensors:
        builder.declare(Tensor(name, ()))
    frame.names[name] = Array((), Read(name))


def count(statement: Count, frame: Frame) -> None:
    """`count formula`: from here on lines have no effect in steps where it does not hold."""
    value = as_array(value_at(line(None, statement.value, frame), statement.value, frame), statement.value.span, frame.place())
    frame.weight.condition = scalar(value, "due", frame, statement.value.span)


def use(statement: Use, frame: Frame) -> None:
    """`use adam(...)`: the lines of another optimizer, on the same weight."""
    closure = reference(statement.value, frame.place(), OPTIMIZER)
    if not isinstance(closure, Closure) or closure.found.kind != "optimizer":
        raise mistake("NN0206", statement.value.span, expected="an optimizer", found=describe(closure))
    definition = closure.found.definition
    assert isinstance(definition, Definition)
    names = {p.name for p in parameters(definition)}
    merged = {g.name: g for g in closure.given if g.name in names}
    plain = tuple(g for g in closure.given if g.name is None)
    given = (*plain, *merged.values()) if not plain else closure.given
    found, _ = assign(replace(closure, given=given), (), statement.span)
    inner = frame_for(closure, frame.place(), frame.path, statement.span)
    inner.weight, inner.updating, inner.handlers, inner.batched = frame.weight, frame.updating, LINES, False
    inner.names.update({"step": frame.weight.step, "t": frame.weight.count})
    bind(definition, found, inner)
    lines(definition.body, inner)


def final(statement: Final, frame: Frame) -> None:
    """`final w = formula`: the weights to evaluate with."""
    value = value_at(line(None, statement.value, frame), statement.value, frame)
    found = as_array(value, statement.value.span, frame.place())
    if found.shape != frame.weight.variable.shape:
        raise mistake("NN0202", statement.value.span, first=shape_text(frame.weight.variable.shape),
                      second=shape_text(found.shape))
    frame.weight.final = found


def finish(weight: Weight, shared: Updating, span: Span) -> None:
    """Write the program that gives the weights to evaluate with."""
    value = weight.final
    assert value is not None
    name = weight.variable.name + "!"
    for read in reads(value.expr):
        shared.final.tensors.setdefault(read.tensor, Tensor(read.tensor, value.shape, role="state"))
    shared.final.declare(Tensor(name, weight.variable.shape, role="parameter"))
    index = tuple(Index(n) for n, _ in value.axes)
    shared.final.add(Equation(name, index, value.axes, value.expr, origin=origin(span)))


def decide(statement: If, frame: Frame) -> None:
    """The lines of the branch that is taken."""
    lines(statement.then if known_truth(statement.condition, frame.place()) else statement.otherwise, frame)


LINES = {**HANDLERS, EquationNode: equation, Let: let, State: state, Update: update, Total: total, Count: count, Use: use,
         Final: final, If: decide}
"""What statements do in an optimizer, where each has its turn."""
