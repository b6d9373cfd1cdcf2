"""Expressions that stand where a function or a layer is expected: `relu`, `leaky_relu(0.1)`, `dense(8) -> dense(3)`."""

from __future__ import annotations

from dataclasses import replace

from nndsl.checking.elaborate.evaluate import applicable, evaluate_alone, hook, known, look_up, whole
from nndsl.checking.elaborate.frame import Deferred, Entry, Frame, Place, Thunk
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.values import Applicable, Chain, Closure, Given, Operation, Value
from nndsl.checking.primitives import ACTIVATIONS, called
from nndsl.checking.rules import RULES
from nndsl.checking.scope import FORMULA, PIPELINE
from nndsl.syntax.tree import Call, Expression, Let, Member, Name, Pipe

MOST_COPIES = 10_000


def reference(node: Expression, place: Place, kinds: tuple[str, ...]) -> Value:
    """What an expression means where one of these kinds of definitions is expected; a call gives settings only."""
    match node:
        case Name(name="repeat") if own_meaning("repeat", place, kinds) is None:
            raise mistake("NN0303", node.span, name="repeat", missing="how often, and a layer")
        case Name():
            return _name(node, place, kinds)
        case Member():
            found = place.frame.context.function(node, place.frame.scope, kinds)
            return found if found is not None else evaluate_alone(node, place)
        case Call(function=Name(name="repeat")) if own_meaning("repeat", place, kinds) is None:
            return repeat(node, place)
        case Call(function=Name(name=name)) if called(name) and is_primitive(node.function, place, kinds):
            return evaluate_alone(node, place)
        case Call(function=Name() | Member() | Call()):
            value = applicable(reference(node.function, place, kinds), node.function.span)
            return with_settings(value, node, place)
        case Pipe():
            return chain(node, place)
        case _:
            return evaluate_alone(node, place)


def is_primitive(node: Expression, place: Place, kinds: tuple[str, ...]) -> bool:
    """Whether a name is neither one of the definition's own nor that of a definition of these kinds."""
    assert isinstance(node, Name)
    return own_meaning(node.name, place, kinds) is None and place.frame.scope.refer(node, kinds) is None


def _name(node: Name, place: Place, kinds: tuple[str, ...]) -> Value:
    """What a name means there: of the definition's own names only those count that can be applied."""
    frame = place.frame
    own = own_meaning(node.name, place, kinds)
    if own is not None:
        return own
    found = frame.context.function(node, frame.scope, kinds)
    if found is not None:
        return found
    return Operation(node.name) if node.name in ACTIVATIONS else evaluate_alone(node, place)


def own_meaning(name: str, place: Place, kinds: tuple[str, ...]) -> Applicable | None:
    """What a setting, a `let` or an argument means where something to be applied is expected; None if that is nothing."""
    frame = place.frame
    entry: Entry = frame.names[name] if frame.knows(name) else None
    if isinstance(entry, Thunk) and isinstance(entry.node, (Name, Member, Call, Pipe)) and not entry.known:
        value = reference(entry.node, entry.place, kinds)
    elif isinstance(entry, (Thunk, Closure, Chain, Operation)) or _is_let(entry):
        value = look_up(entry)
    elif name not in frame.names and name in frame.scope.lets:
        value = frame.context.constant(frame.scope, name)
    else:
        return None
    return value if isinstance(value, Applicable) else None


def with_settings(value: Applicable, node: Call, place: Place) -> Value:
    """A definition with the settings of a call."""
    given = tuple(Given(a.name, Thunk(a.value, Place(place.frame)), a.span) for a in node.arguments)
    if isinstance(value, Closure):
        return replace(value, given=(*value.given, *given), span=node.span)
    if given:
        name = value.name if isinstance(value, Operation) else "a pipeline"
        raise mistake("NN0302", given[0].span, name=name, most="nothing",
                      given=len(given))
    return value


def chain(node: Pipe, place: Place) -> Chain:
    """`dense(8) -> dense(3)`: layers in a row."""
    stages: list[Expression] = []
    head: Expression = node
    while isinstance(head, Pipe):
        stages.append(head.function)
        head = head.value
    stages.append(head)
    return Chain(tuple(applicable(reference(s, place, PIPELINE), s.span) for s in reversed(stages)), node.span)


def repeat(node: Call, place: Place) -> Chain:
    """`repeat(20, dense(100))`: fresh copies in a row."""
    if len(node.arguments) != 2:
        raise mistake("NN0223", node.span, name="repeat", arity=2, given=len(node.arguments))
    times, layer = (argument.value for argument in node.arguments)
    count = whole(known(times, place), times.span)
    if not 1 <= count <= MOST_COPIES:
        raise mistake("NN0332", times.span, count=count, most=f"{MOST_COPIES:,}")
    copied = applicable(reference(layer, place, PIPELINE), layer.span)
    return Chain((copied,) * count, node.span, copies=True)


@hook
def primitive(node: Expression, place: Place) -> str | None:
    """The name that a call in a formula calls if that is none of the definition's own."""
    return node.name if isinstance(node, Name) and own_meaning(node.name, place, FORMULA) is None else None


@hook
def callee(node: Expression, place: Place) -> Value:
    """What a call in a formula calls."""
    kind = place.frame.kind
    calls = RULES[kind].calls if kind in RULES else ("function", "activation", "loss", "metric", "schedule", "regularizer")
    return reference(node, place, (*calls, *PIPELINE))


def is_pipeline(node: Expression, frame: Frame) -> bool:
    """Whether an expression names layers rather than a value: what `let net = dense(8) -> dense(3)` starts with."""
    while isinstance(node, Pipe):
        node = node.value
    inner = node.function if isinstance(node, Call) else node
    if not isinstance(inner, (Name, Member)):
        return False
    if isinstance(inner, Name):
        if isinstance(node, Name) and _computed(inner.name, frame):
            return False
        own = own_meaning(inner.name, frame.place(), PIPELINE)
        if own is not None:
            return isinstance(own, Chain) or (isinstance(own, Closure) and own.found.kind in ("layer", "model"))
        if inner.name == "repeat":
            return isinstance(node, Call)
    found = frame.scope.refer(inner, PIPELINE)
    return found is not None and found.kind in ("layer", "model")


def _computed(name: str, frame: Frame) -> bool:
    """Whether a name is a value of the definition's own."""
    entry: Entry = frame.names[name] if frame.knows(name) else None
    return name in frame.names and not isinstance(entry, (Thunk, Closure, Chain, Operation)) and not _is_let(entry)


def _is_let(entry: Entry) -> bool:
    return isinstance(entry, Deferred) and isinstance(entry.statement, Let)


def let_value(statement: Let, frame: Frame) -> Value:
    """What a `let` names: something known, or one instance of a layer, called as the `let` is."""
    node, place = statement.value, frame.place()
    if not is_pipeline(node, frame):
        return evaluate_alone(node, place)
    value = reference(node, place, PIPELINE)
    path = frame.called(statement.name)
    return replace(value, path=path) if isinstance(value, (Closure, Chain)) else value
