"""Arguments and the signature they are given to."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.checking.elaborate.evaluate import describe, known, look_up, whole
from nndsl.checking.elaborate.frame import Entry, Frame, Thunk
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.values import Closure, Given, Value
from nndsl.checking.rules import RULES
from nndsl.checking.words import did_you_mean
from nndsl.diagnostics import Span
from nndsl.syntax.tree import Axis, Definition, Name, Parameter


def parameters(definition: Definition) -> tuple[Parameter, ...]:
    """What can be given: the signature without what the language fills in."""
    filled = RULES[definition.kind].filled
    return tuple(p for p in definition.parameters if p.name not in filled)


def assign(closure: Closure, data: tuple[Given, ...], span: Span, beside: tuple[str, ...] = ()) -> tuple[
        dict[str, Given], dict[str, Given]]:
    """What each name of a signature is given, and what is given to names in `beside`, which stand in no signature.

    Args:
        closure: the definition and the settings given earlier.
        data: what it is applied to now; given by position, it comes before the settings.
        span: the call.
        beside: further names that may be given.

    Raises:
        Mistake: a name is unknown, given twice or missing.
    """
    definition = closure.found.definition
    signature = parameters(definition) if isinstance(definition, Definition) else ()
    names = {name: p.name for p in signature for name in (p.name, p.alias) if name}
    found: dict[str, Given] = {}
    others: dict[str, Given] = {}
    free = iter(p.name for p in signature)
    for given in (*(g for g in data if g.name is None), *(g for g in closure.given if g.name is None)):
        name = next(free, None)
        if name is None:
            raise mistake("NN0302", given.span, name=closure.name, most=plural(len(signature)), given=positional(data, closure))
        found[name] = given
    for given in (*(g for g in data if g.name), *(g for g in closure.given if g.name)):
        assert given.name is not None
        table = found if given.name in names else others
        name = names.get(given.name, given.name)
        if table is others and name not in beside:
            raise mistake("NN0301", given.span, name=closure.name, setting=given.name,
                          helps=did_you_mean(given.name, [*names, *beside], "there are"))
        if name in table:
            raise mistake("NN0304", given.span, name=closure.name, setting=given.name)
        table[name] = given
    for p in signature:
        if p.name not in found and p.default is None:
            raise mistake("NN0303", span, name=closure.name, missing=f"`{p.name}`")
    return found, others


def plural(count: int, noun: str = "argument") -> str:
    """`2 arguments`, for messages."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def positional(data: tuple[Given, ...], closure: Closure) -> int:
    """How many arguments are given by position."""
    return sum(given.name is None for given in (*data, *closure.given))


def bind(definition: Definition, given: Mapping[str, Given], frame: Frame) -> None:
    """Make the names of a signature mean what was given, or their defaults."""
    for p in parameters(definition):
        entry: Entry = given[p.name].value if p.name in given else default(p, frame)
        frame.names[p.name] = entry
        if p.alias:
            frame.names[p.alias] = entry


def default(p: Parameter, frame: Frame) -> Thunk:
    """What a setting is if it is not given; it may use what stands before it."""
    assert p.default is not None
    return Thunk(p.default, frame.place())


def lists(definition: Definition, frame: Frame) -> None:
    """Bring the settings that ask for lists into their form: `kernel_size[2]` given as 3 is [3, 3]."""
    for p in parameters(definition):
        if p.axes is not None:
            entry = frame.names[p.name]
            value = look_up(entry)
            if value is not None:
                span = entry.node.span if isinstance(entry, Thunk) else p.span
                frame.names[p.name] = listed(value, p.axes, frame, span)


def _items(value: Value, length: int) -> tuple[Value, ...]:
    """A list's entries; a lone value `length` times."""
    return value if isinstance(value, tuple) else (value,) * length


def listed(value: Value, axes: tuple[Axis, ...], frame: Frame, span: Span) -> Value:
    """A list of the length asked for; a lone value is repeated, from the outside in.

    Raises:
        Mistake: it has another length.
    """
    if not axes:
        return value
    first, rest = axes[0].value, axes[1:]
    if isinstance(first, Name) and first.name not in frame.names and first.name not in frame.scope.lets:
        items = _items(value, 1)
        frame.names[first.name] = len(items)
    else:
        length = whole(known(first, frame.place()), first.span)
        items = _items(value, length)
        if len(items) != length:
            raise mistake("NN0331", span, expected=length, found=len(items))
    if not all(item is None or isinstance(item, (bool, int, float, str, tuple)) for item in items):
        raise mistake("NN0206", span, expected="a list", found=describe(value))
    return tuple(listed(item, rest, frame, span) for item in items)  # type: ignore[misc]
