"""Looking through whole definitions and models, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nndsl.checking.body import Body, Place, Uses
from nndsl.checking.formulas import check
from nndsl.checking.names import Local, flattened, locals_of, sizes_of, target_name
from nndsl.checking.primitives import NUMBERS, called
from nndsl.checking.rules import ANYTHING, RESERVED, RULES, WORDS, Expected
from nndsl.checking.scope import FORMULA, PIPELINE, Found
from nndsl.checking.statements import check_axes, check_bound, check_statement
from nndsl.checking.words import article, joined, word
from nndsl.diagnostics import Label, Report, Span
from nndsl.syntax.tree import (
    Also,
    Attribute,
    Definition,
    Example,
    Input,
    Model,
    Node,
    Output,
    Parameter,
    Statement,
    Update,
    Use,
)

MOST_GUESSES = 40
"""Hints at what was meant by an unknown name, in all that is checked."""

LONGEST_CHAIN = 20
"""Definitions looked through because one of them calls the next."""


class Studies:
    """Every definition looked through so far: those of the user's files, and of others what calls of them need to know."""

    def __init__(self) -> None:
        self._bodies: dict[int, Body] = {}
        self._open: set[int] = set()
        self._guesses = 0

    def may_guess(self) -> bool:
        """Whether fewer hints than `MOST_GUESSES` were asked for."""
        self._guesses += 1
        return self._guesses <= MOST_GUESSES

    def body(self, found: Found) -> Body:
        """What was found out about a definition or model; its diagnostics are in the body's own report."""
        key = id(found.definition)
        if key not in self._bodies:
            self._open.add(key)
            self._bodies[key] = _study(found, self)
            self._open.remove(key)
        return self._bodies[key]

    def uses(self, found: Found) -> Uses:
        """What a definition does with its settings; nothing is known of one that uses itself, or at the end of a long chain."""
        if id(found.definition) in self._open or len(self._open) > LONGEST_CHAIN:
            return Uses()
        return self.body(found).of_settings()

    def expected(self, found: Found) -> Mapping[str, Expected]:
        """What each setting of a definition may be."""
        return self.uses(found).expected


def _study(found: Found, studies: Studies) -> Body:
    definition = found.definition
    every = list(locals_of(definition))
    sizes = list(sizes_of(definition, {*(local.name for local in every), *found.scope.lets}))
    names: dict[str, Local] = {}
    for local in (*every, *sizes):
        names.setdefault(local.name, local)
    body = Body(found.scope, RULES[found.kind], names, studies, Report())
    for parameter in definition.parameters if isinstance(definition, Definition) else ():
        _check_parameter(body, definition, parameter)
    for statement in _statements(body, found):
        check_statement(body, statement)
    _check_own_name(body, found)
    _check_names(body, every)
    _check_purpose(body, found)
    return body


# ---------------------------------------------------------------------------------------------------- the signature


def _check_parameter(body: Body, definition: Definition | Model, parameter: Parameter) -> None:
    """A setting's sizes, bound and default; a default may use the settings before it."""
    check_axes(body, parameter.axes or (), binding=True)
    check_bound(body, parameter.bound)
    if parameter.default is None:
        return
    before = dict(body.names)
    later = [local for local in body.names.values() if local.role != "size" and local.span.start >= parameter.span.start]
    body.names = {name: local for name, local in before.items() if local not in later}
    taken = dict(body.taken)
    check(body, parameter.default, Place(ANYTHING, built="a default"))
    body.names, body.taken = before, taken


# ---------------------------------------------------------------------------------------------------- the block


def _statements(body: Body, found: Found) -> Iterator[Statement]:
    """The statements and attributes of a definition, those left out that do not belong in one of its kind."""
    attributes: tuple[Attribute, ...] = found.definition.attributes if isinstance(found.definition, Definition) else ()
    for statement, path in (*flattened(found.definition.body), *((a, ()) for a in attributes)):
        if type(statement) not in body.rule.statements:
            _misplaced(body, found, statement)
        elif path and isinstance(statement, (Also, Example)):
            body.complain("NN0114", _opening(statement), word="`" + WORDS[type(statement)] + "`", kind="an `if`", helps=())
        else:
            yield statement


MOST_KINDS = 4
"""How many kinds of definitions a hint names."""


def _misplaced(body: Body, found: Found, statement: Statement) -> None:
    name = WORDS[type(statement)]
    shown = name if " " in name else f"`{name}`"
    where = [article(kind) for kind, rule in RULES.items() if type(statement) in rule.statements]
    body.complete = False
    helps = (f"it belongs in {joined(where)}",) if len(where) <= MOST_KINDS else ()
    body.complain("NN0114", _opening(statement), helps=helps, word=shown, kind=article(found.kind))
    for local in [x for x in body.names.values() if statement.span.start <= x.span.start < statement.span.end]:
        body.used.add(local.name)


def _opening(statement: Statement) -> Span:
    """The word that opens a statement."""
    name = WORDS[type(statement)]
    return word(statement.span, name) if " " not in name else statement.span


# ---------------------------------------------------------------------------------------------------- names


def _check_own_name(body: Body, found: Found) -> None:
    """A primitive cannot be replaced: what a formula calls by its name is always the primitive."""
    name = found.definition.name
    row = called(name)
    if row is not None and found.kind in (PIPELINE if row.pipeline else FORMULA):
        what = f"a function of the language, not free for {article(found.kind)}"
        body.complain("NN0106", found.definition.name_span, name=name, what=what)


def _check_names(body: Body, every: list[Local]) -> None:
    """Names that are defined twice, or that cannot be given away."""
    seen: dict[str, list[Local]] = {}
    for local in every:
        reserved = {*RESERVED, *NUMBERS, *body.rule.special} - {"w" if local.role in ("output", "argument") else ""}
        if local.name in reserved:
            body.used.add(local.name)
            what = f"{body.rule.special.get(local.name, 'a name of the language')}, not free for {article(local.role)}"
            body.complain("NN0106", local.span, name=local.name, what=what)
            continue
        first = next((other for other in seen.get(local.name, ()) if _meet(other, local)), None)
        if first is not None and local.span.start not in body.circular:
            also = (Label(first.span, f"{article(first.role)} of that name"),)
            body.complain("NN0107", local.span, "defined again", also=also, name=local.name)
        seen.setdefault(local.name, []).append(local)


def _meet(first: Local, second: Local) -> bool:
    """Whether two definitions surely stand side by side: one of them in a branch that contains the other's."""
    short, long = sorted((first.path, second.path), key=len)
    return long[: len(short)] == short


# ---------------------------------------------------------------------------------------------------- what it is for


def _check_purpose(body: Body, found: Found) -> None:
    """Without an output, an input or a changed weight a definition would do nothing."""
    statements = [statement for statement, _ in flattened(found.definition.body)]
    where = found.definition.name_span
    if body.complete and not any(_gives(body, statement) for statement in statements):
        body.complete = False
        what, advice = _PURPOSE[body.rule.gives]
        body.complain("NN0115", where, helps=(advice,), kind=found.kind, name=found.definition.name, what=what)
    if Input in body.rule.statements and not any(isinstance(statement, Input) for statement in statements):
        body.complete = False
        body.complain("NN0116", where, helps=("write `input x[...]` in it",), kind=found.kind, name=found.definition.name)


_PURPOSE: dict[type[Node], tuple[str, str]] = {
    Output: ("no output", "write `output` before the formula that it gives"),
    Update: ("no line that changes `w`", "write `w <- ...`, or `use` another optimizer"),
}


def _gives(body: Body, statement: Statement) -> bool:
    """Whether a statement is what a definition of this kind is for."""
    if body.rule.gives is Output:
        return isinstance(statement, Output)
    name = target_name(statement.target) if isinstance(statement, Update) else None
    return isinstance(statement, Use) or (name is not None and name.name in body.rule.special)
