"""Applying layers: `a -> f`, instances and their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nndsl.checking.checked import Instance
from nndsl.checking.elaborate.arrays import reduced_whole
from nndsl.checking.elaborate.binding import assign, bind, lists, plural
from nndsl.checking.elaborate.blocks import block
from nndsl.checking.elaborate.builder import free
from nndsl.checking.elaborate.evaluate import as_array, evaluate, evaluate_alone, look_up, rule
from nndsl.checking.elaborate.formulas import operate
from nndsl.checking.elaborate.frame import Frame, Place, Thunk
from nndsl.checking.elaborate.functions import apply_function, frame_for, result
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.references import is_pipeline, reference
from nndsl.checking.elaborate.values import Applicable, Array, Bundle, Chain, Closure, Given, Listing, Operation, Outputs, Value
from nndsl.checking.names import flattened
from nndsl.checking.rules import LAYER_SETTINGS, PARAM_SETTINGS, STATE_SETTINGS
from nndsl.checking.scope import PIPELINE
from nndsl.syntax.tree import Definition, Expression, Input, Param, Pipe, State


@dataclass(frozen=True)
class Use:
    """One application in a pipeline.

    Args:
        node: what stands behind the arrow.
        place: where.
        name: how the instance is to be called by its left side; "" if by its definition.
        copy: whether that name stands for itself, as that of a numbered copy.
        hint: how the tensor it gives is to be called; "" if by the instance.
    """

    node: Expression
    place: Place
    name: str = ""
    hint: str = ""
    copy: bool = False


@rule(Pipe)
def pipe(node: Pipe, place: Place) -> Value:
    """`x -> dense(8) -> dense(3)`; without a value at its head it is layers in a row."""
    stages: list[Pipe] = []
    head: Expression = node
    while isinstance(head, Pipe):
        stages.append(head)
        head = head.value
    if is_pipeline(head, place.frame):
        return reference(node, place, PIPELINE)
    alone = place.analysis is not None and id(head) in place.analysis.alone
    value = evaluate_alone(head, Place(place.frame)) if alone else evaluate(head, replace(place.inner(), dots=None))
    lone = len(stages) == 1
    for stage in reversed(stages):
        last = stage is node
        name = place.own if last and lone else ""
        use = Use(stage.function, replace(place.inner(), hint=place.hint if last else ""), name, place.hint if last else "")
        function = reference(stage.function, place.inner(), PIPELINE)
        value = applied(function, value, use)
    return value


def applied(function: Value, value: Value, use: Use) -> Value:
    """A function or layer applied to a value, or to several in brackets."""
    values = value.items if isinstance(value, Bundle) else (value,)
    values = tuple(v.first if isinstance(v, Outputs) else v for v in values)
    if isinstance(function, Operation):
        return operate(function.name, values, (use.node.span,) * len(values), use.node.span, use.place)
    if isinstance(function, Chain):
        return in_row(function, values, use)
    if not isinstance(function, Closure):
        raise mistake("NN0206", use.node.span, expected="a function or a layer", found="something else")
    if function.found.kind in ("layer", "model"):
        return instance(function, values, use)
    given = tuple(Given(None, known_thunk(v, use), use.node.span) for v in values)
    return apply_function(function, given, use.place, use.node.span)


def known_thunk(value: Value, use: Use) -> Thunk:
    """A value as an argument."""
    thunk = Thunk(use.node, use.place)
    thunk.value, thunk.known = value, True
    return thunk


def in_row(chain: Chain, values: tuple[Value, ...], use: Use) -> Value:
    """Layers one after the other; a chain with a name of its own puts it before theirs."""
    path, place = chain.path or use.name, use.place
    if path:
        place = replace(place, frame=replace(place.frame, path=path, counters={}, claimed={}))
    value: Value = Bundle(values)
    for number, part in enumerate(chain.parts, 1):
        hint = use.hint if number == len(chain.parts) else ""
        name = own_name(part) if chain.copies else ""
        copied = replace(part, path="") if chain.copies and isinstance(part, (Closure, Chain)) else part
        called = place.frame.called(f"{name}_{number}") if name else ""
        value = applied(copied, value, Use(use.node, replace(place, hint=hint), called, hint, bool(name)))
    return value


def own_name(part: Applicable) -> str:
    """The name that a layer to be copied was given: by `name =` or by its `let`."""
    if not isinstance(part, Closure):
        return ""
    for given in part.given:
        if given.name == "name":
            value = look_up(given.value)
            return value if isinstance(value, str) else ""
    return part.path.rsplit(".", 1)[-1]


# ---------------------------------------------------------------------------------------------------------- instances


def instance(closure: Closure, values: tuple[Value, ...], use: Use) -> Value:
    """A layer or model applied: a new instance, unless a `let` named one."""
    definition = closure.found.definition
    inputs = [s for s, _ in flattened(definition.body) if isinstance(s, Input)]
    params = [s.declaration.name for s, _ in flattened(definition.body) if isinstance(s, Param)]
    states = [s.declaration.name for s, _ in flattened(definition.body) if isinstance(s, State)]
    brought = (*(p + suffix for p in params for suffix in PARAM_SETTINGS),
               *(s + suffix for s in states for suffix in STATE_SETTINGS))
    options = (*brought, *LAYER_SETTINGS)
    beside = (*options, *(s.declaration.name for s in inputs))
    found, others = assign(closure, (), use.node.span, beside)
    path = path_of(closure, others, use)
    frame = frame_for(closure, use.place, path, use.node.span, use.hint)
    frame.left = ()
    frame.inputs = list(values)
    if "trainable" in others:
        frame.trainable = frame.trainable and bool(look_up(others["trainable"].value))
    frame.ambient = ambient(frame.inputs, use.place)
    frame.options = {name: given.value for name, given in others.items()}
    given = shapes(frame.inputs)
    try:
        if isinstance(definition, Definition):
            bind(definition, found, frame)
            lists(definition, frame)
        block(definition.body, frame)
    except Mistake as error:
        raise frame.located(error) from None
    if frame.inputs:
        taken = len(given) - len(frame.inputs)
        raise mistake("NN0333", use.node.span, name=frame.label, given=len(given), taken=plural(taken, "input"))
    value = result(frame, definition, use.node.span)  # type: ignore[arg-type]
    regularize(frame, value, use)
    own = tuple(frame.called(p) for p in dict.fromkeys((*params, *states)) if frame.called(p) in frame.context.variables)
    span = use.node.span
    frame.context.record(Instance(path, definition.name, given, shapes([value]), own, span.place, (span.start, span.end)))
    return produced(value, use)


def produced(value: Value, use: Use) -> Value:
    """The value, after noting where in the text it was made."""
    values = [v for _, v in value.items] if isinstance(value, Outputs) else [value]
    for one in values:
        if isinstance(one, Array):
            use.place.builder.note(one, use.node.span)
    return value


def path_of(closure: Closure, others: dict[str, Given], use: Use) -> str:
    """The name of an instance: given by `name =`, by its `let`, by its left side, or by its definition and a number."""
    frame = use.place.frame
    if use.copy:
        path = use.name
    elif "name" in others:
        name = look_up(others["name"].value)
        if not isinstance(name, str) or not name.isidentifier():
            raise mistake("NN0334", others["name"].span)
        path = frame.called(name)
    else:
        path = closure.path or use.name or frame.called(frame.number(closure.name))
    frame.context.claim(frame, path, bool(closure.path), use.node.span)
    return path


def ambient(values: Iterable[Value], place: Place) -> tuple[str, ...]:
    """The indices of the formula outside that the inputs depend on: the layer is applied for each of their values."""
    names: dict[str, None] = dict.fromkeys(place.frame.ambient)
    for value in values:
        if isinstance(value, Array):
            inner = {name for name, _ in value.axes}
            names.update(dict.fromkeys(n for n in free(value.expr) if n not in inner and n not in place.frame.outside()))
    return tuple(names)


def shapes(values: Iterable[Value]) -> tuple[tuple[int, ...], ...]:
    """The shapes of values, for the table of layers."""
    found: list[tuple[int, ...]] = []
    for value in values:
        items = [v for _, v in value.items] if isinstance(value, Outputs) else [value]
        found.extend(_shape(v) for v in items)
    return tuple(found)


def _shape(value: Value) -> tuple[int, ...]:
    if isinstance(value, Array):
        return tuple(int(e) for e in value.shape)
    return (len(value.items), *_shape(value.items[0])) if isinstance(value, Listing) and value.items else ()


def regularize(frame: Frame, value: Value, use: Use) -> None:
    """`activity_regularizer`: a penalty on what a layer gives out."""
    option = frame.options.get("activity_regularizer")
    if option is None:
        return
    regularizer = reference(option.node, option.place, ("regularizer",))
    if regularizer is None:
        return
    if not isinstance(regularizer, Closure):
        raise mistake("NN0206", option.node.span, expected="a regularizer", found="something else")
    given = (Given(None, known_thunk(value.first if isinstance(value, Outputs) else value, use), use.node.span),)
    penalty = apply_function(regularizer, given, replace(frame.place(), hint=""), option.node.span)
    found = as_array(penalty, option.node.span, frame.place())
    frame.context.penalize(reduced_whole("sum", found, frame.builder))
