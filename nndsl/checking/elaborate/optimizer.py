"""Optimizers: their lines, elaborated for every trainable parameter `w` and its gradient `g`."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

from nndsl.checking.checked import Variable
from nndsl.checking.elaborate.binding import assign, bind, parameters
from nndsl.checking.elaborate.builder import Builder, origin
from nndsl.checking.elaborate.context import Context
from nndsl.checking.elaborate.evaluate import describe
from nndsl.checking.elaborate.frame import Frame, Thunk
from nndsl.checking.elaborate.functions import frame_for
from nndsl.checking.elaborate.lines import COUNT, RATE, STEP, Lines, Shared
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.values import Array, Closure, Given
from nndsl.checking.library import standard
from nndsl.checking.rules import OPTIMIZER
from nndsl.checking.scope import Found, Scope
from nndsl.diagnostics import Source, Span
from nndsl.ir.equation import Equation, Program, Role, Tensor, adjoint_name
from nndsl.ir.expression import Apply, Expr, Index, reads
from nndsl.syntax import parse
from nndsl.syntax.tree import Definition, Expression

FINAL = "!"
"""Behind a parameter's name: the weights to evaluate with."""


def every_optimizer() -> Closure:
    """The lines around those of any optimizer, which the library keeps apart from the optimizers themselves."""
    text = (files("nndsl") / "library" / "every" / "optimizer.nn").read_text("utf-8")
    source = Source("library/every/optimizer.nn", text)
    definition = next(item for item in parse(source).items if isinstance(item, Definition))
    return Closure(Found(definition, Scope(source, underneath=standard().library)), (), definition.name_span)


def updates(node: Expression, context: Context) -> tuple[Program, Program]:
    """The program that updates all trainable parameters, and the one that gives the weights to evaluate with.

    Args:
        node: what `optimizer` in `train` says.
        context: the model's; the optimizer's states become variables of it.

    Raises:
        Mistake: it names no optimizer.
    """
    shared = Shared(Builder(context.indices), Builder(context.indices))
    file = Frame("file", context.scope, "", context, shared.builder, batched=False)
    closure = reference(node, file.place(), OPTIMIZER)
    if not isinstance(closure, Closure) or closure.found.kind != "optimizer":
        raise mistake("NN0206", node.span, expected="an optimizer", found=describe(closure))
    every = every_optimizer()
    for variable in context.variables.values():
        role: Role = "parameter" if variable.kind == "parameter" else "state"
        shared.builder.declare(Tensor(variable.name, variable.shape, role=role))
    for variable in list(context.variables.values()):
        if variable.kind == "parameter" and variable.trainable and not context.report.failed:
            update(variable, closure, every, shared, file, node.span)
    totals = [Equation(name, (), (), balanced(parts), origin=origin(node.span)) for name, parts in shared.totals.items()]
    shared.builder.steps = [*shared.early, *totals, *shared.builder.steps]
    finals = tuple(name for name in shared.final.tensors if name.endswith(FINAL))
    return shared.builder.program(tuple(context.variables)), shared.final.program(finals)


def balanced(terms: list[Expr]) -> Expr:
    """The sum of many terms, added up pairwise so that it nests only a little."""
    while len(terms) > 1:
        pairs = [terms[n:n + 2] for n in range(0, len(terms), 2)]
        terms = [Apply("add", tuple(pair)) if len(pair) == 2 else pair[0] for pair in pairs]
    return terms[0]


def update(variable: Variable, closure: Closure, every: Closure, shared: Shared, file: Frame, span: Span) -> None:
    """Write the update of one parameter."""
    builder, gradient = shared.builder, adjoint_name(variable.name)
    builder.declare(Tensor(gradient, variable.shape, role="gradient"))
    value, slope = (builder.whole(name, variable.shape, False) for name in (variable.name, gradient))
    lines = Lines(shared, variable, value, slope)
    definition = every.found.definition
    assert isinstance(definition, Definition)
    frame = frame_for(every, file.place(), variable.name, span)
    found, common = split(closure, every, file, span)
    bind(definition, common, frame)
    rule = replace(closure, given=tuple(replace(given, name=name) for name, given in found.items()))
    frame.names[definition.parameters[0].name] = rule
    frame.names["rate"] = RATE
    lines.run(definition.body, frame)
    if lines.final_value is not None:
        finish(variable, lines.final_value, shared, span)


def split(closure: Closure, every: Closure, file: Frame, span: Span) -> tuple[dict[str, Given], dict[str, Given]]:
    """What an optimizer is given for settings of its own, and for those that every optimizer takes.

    A common setting that it lists too has the default that it says.
    """
    definition, around = closure.found.definition, every.found.definition
    assert isinstance(definition, Definition) and isinstance(around, Definition)
    names = tuple(p.name for p in parameters(around)[1:])
    found, common = assign(closure, (), span, names)
    frame = frame_for(closure, file.place(), "", span)
    frame.names.update({"step": STEP, "t": COUNT})
    bind(definition, found, frame)
    for p in parameters(definition):
        entry = frame.names[p.name]
        if p.name in names and isinstance(entry, Thunk):
            common[p.name] = Given(p.name, entry, span)
    return found, common


def finish(variable: Variable, value: Array, shared: Shared, span: Span) -> None:
    """Write the equation of the weights to evaluate with."""
    name, builder = variable.name + FINAL, shared.final
    for read in reads(value.expr):
        builder.tensors.setdefault(read.tensor, shared.builder.tensors[read.tensor])
    builder.declare(Tensor(name, variable.shape, role="parameter"))
    index = tuple(Index(axis) for axis, _ in value.axes)
    builder.add(Equation(name, index, value.axes, value.expr, origin=origin(span)))
