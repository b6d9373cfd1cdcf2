"""Every definition and model of a file, and of the files it imports, looked through without building any."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nndsl.checking.body import Body, Place
from nndsl.checking.circles import circles
from nndsl.checking.formulas import check
from nndsl.checking.rules import ANYTHING, Rule
from nndsl.checking.scope import Found, Scope
from nndsl.checking.studies import Studies
from nndsl.checking.unused import unused_lets, unused_names
from nndsl.checking.words import word
from nndsl.diagnostics import Label, Report, problem
from nndsl.syntax.tree import Definition, Model

LET = Rule(frozenset())
"""A top-level `let` stands in no definition."""


def resolve(scope: Scope, report: Report, studies: Studies, read: Collection[str] = (), lets: Collection[str] = ()) -> None:
    """Checks every name, kind and setting in a file and in those it imports; what is wrong goes to `report`.

    Args:
        scope: the file's.
        report: gets the diagnostics.
        studies: definitions looked through already.
        read: names of the trained model that `train` reads.
        lets: the top-level `let`s that the `data` and `train` blocks read.
    """
    for each in files(scope):
        found = list(written(each))
        bodies = {id(f.definition): studies.body(f) for f in found}
        values = list(_let_bodies(each, studies))
        for body in (*bodies.values(), *values):
            for diagnostic in body.report:
                report.add(diagnostic)
        main = each is scope
        for f in found:
            outside = read if main and f.definition is scope.trained else ()
            for diagnostic in unused_names(f, bodies[id(f.definition)], outside):
                report.add(diagnostic)
        read_lets = {name for body in (*bodies.values(), *values) for name in body.lets}
        doubtful = any(body.doubtful for body in (*bodies.values(), *values))
        for diagnostic in () if doubtful else unused_lets(each, read_lets | set(lets if main else ())):
            report.add(diagnostic)
        _let_circles(each, values, report)
    _definition_circles(scope, studies, report)


def files(scope: Scope) -> Iterator[Scope]:
    """A file and all it imports, each once."""
    seen: set[int] = set()
    waiting = [scope]
    while waiting:
        each = waiting.pop(0)
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting.extend(each.imports)


def written(scope: Scope) -> Iterator[Found]:
    """Every definition and model of a file, those whose names are taken too."""
    items = scope.file.items if scope.file else ()
    return (Found(item, scope) for item in items if isinstance(item, (Definition, Model)))


def _let_bodies(scope: Scope, studies: Studies) -> Iterator[Body]:
    """What was found out about each top-level `let`, in their order."""
    for let in scope.lets.values():
        body = Body(scope, LET, {}, studies, Report())
        check(body, let.value, Place(ANYTHING, built="a `let`"))
        yield body


def _let_circles(scope: Scope, values: list[Body], report: Report) -> None:
    reads = {name: sorted(body.lets) for name, body in zip(scope.lets, values, strict=True)}
    for circle in circles(scope.lets, lambda name: reads[name]):
        spans = [word(scope.lets[name].span, name, len("let")) for name in circle]
        also = tuple(Label(span, "and by this one") for span in spans[1:])
        report.add(problem("NN0123", spans[0], "needs its own value", also=also, kind="let", name=circle[0]))


def _definition_circles(scope: Scope, studies: Studies, report: Report) -> None:
    """Definitions that apply themselves, directly or through others."""
    own = {id(f.definition): f for each in files(scope) for f in written(each)}

    def after(key: int) -> list[int]:
        return [id(used.definition) for used, _ in studies.body(own[key]).uses if id(used.definition) in own]

    for circle in circles(own, after):
        steps = list(zip(circle, (*circle[1:], circle[0]), strict=True))
        spans = [next(s for used, s in studies.body(own[a]).uses if id(used.definition) == b) for a, b in steps]
        also = tuple(Label(span, f"`{own[a].definition.name}` applies `{own[b].definition.name}`")
                     for span, (a, b) in zip(spans, steps, strict=True))
        first = own[circle[0]]
        report.add(problem("NN0123", first.definition.name_span, also=also, kind=first.kind, name=first.definition.name))
