"""Definitions, of the library or of a file, each as a piece of its own, with their examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace

from nndsl.checking.library import standard
from nndsl.checking.scope import Found
from nndsl.compiler import compile_piece
from nndsl.syntax.tree import Name, Node
from nndsl.verify.examples import definitions, examples
from nndsl.verify.model import Verification
from nndsl.verify.mutants import planted
from nndsl.verify.report import Disagreement, Report
from nndsl.verify.specimens import Specimen, Specimens
from nndsl.verify.subject import Subject

Tell = Callable[[str], None]


def library() -> tuple[Found, ...]:
    """The library's definitions, in its order."""
    return tuple(definitions(standard().library.scopes))


def verify_definitions(name: str | None, mutate: int, seed: int, tell: Tell) -> Iterator[Report]:
    """Verify definitions of the library: their gradients, programs and examples.

    Args:
        name: a definition's, with or without its kind before a dot; None for all.
        mutate, seed: how many faults to plant in each, and which.
        tell: is told what comes next.
    """
    every = library()
    wanted = [f for f in every if name in (None, f.definition.name, f"{f.kind}.{f.definition.name}")]
    yield from verify_each(wanted, every, mutate, seed, tell)


def verify_each(wanted: Sequence[Found], every: Sequence[Found], mutate: int = 0, seed: int = 0,
                tell: Tell = lambda text: None, source: str = "") -> Iterator[Report]:
    """Verify definitions, one after the other.

    Args:
        wanted: they.
        every: the definitions around: their layers serve as settings, and what they call counts as looked at in them.
        mutate, seed: how many faults to plant in each, and which.
        tell: is told what comes next.
        source: the file they stand in; "" for the library.
    """
    specimens = Specimens([f for f in every if f.kind == "layer"])
    for found in wanted:
        tell(f"{found.kind} {found.definition.name}")
        specimen = specimens.first(found, source)
        if specimen is None:
            yield _unfitting(found, every, specimens)
        else:
            yield verify_specimen(specimen, mutate, seed)


def verify_specimen(specimen: Specimen, mutate: int = 0, seed: int = 0) -> Report:
    """Verify a definition as a piece of its own."""
    built, found = specimen.built, specimen.found
    single, double = (compile_piece(built, precision) for precision in ("float32", "float64"))
    places = {v.name: v.place for v in built.checked.variables}
    wanted = {n: places.get(n) or str(found.definition.name_span.place) for n in built.wanted}
    subject = Subject(single, built.seeds, wanted)
    report = Verification(subject, None, double, strict=True).run()
    mutants = tuple(planted(subject, mutate, seed)) if mutate and wanted else ()
    stated = list(examples(found))
    wrong = tuple(d for s in stated if (d := s.disagreement()) is not None)
    own = str(found.definition.name_span.place)  # the small file around it is nobody's
    told = (replace(d, place=own) if d.place.startswith("<") or not d.place else d for d in report.disagreements)
    return replace(report, name=specimen.title, disagreements=(*wrong, *told), mutants=mutants,
                   examples=len(stated))


def _unfitting(found: Found, every: Sequence[Found], specimens: Specimens) -> Report:
    """The report on a definition for which no specimen was found: fine if it was looked at within another."""
    title, place = f"{found.kind} {found.definition.name}", str(found.definition.name_span.place)
    stated = list(examples(found))
    wrong = tuple(d for s in stated if (d := s.disagreement()) is not None)
    within = _within(found, every, specimens) if found.kind == "function" else None
    if within is not None:
        note = f"looked at within {within.kind} {within.definition.name}"
        return Report(title, (), disagreements=wrong, examples=len(stated), notes=(note,))
    lost = Disagreement("library", title, place, "", "no settings and shapes were found that fit it, so nothing was looked at")
    return Report(title, (), disagreements=(*wrong, lost), examples=len(stated))


def _within(function: Found, every: Sequence[Found], specimens: Specimens) -> Found | None:
    """A definition that calls a function, itself or through other functions, and can be looked at."""
    functions = {f.definition.name: f for f in every if f.kind == "function"}
    for other in every:
        if other.kind != "function" and function.definition.name in _reached(other, functions) and specimens.first(other):
            return other
    return None


def _reached(found: Found, functions: Mapping[str, Found]) -> set[str]:
    """The functions that a definition calls, itself or through others."""
    reached: set[str] = set()
    todo = [found]
    while todo:
        new = (called(todo.pop()) & functions.keys()) - reached
        reached |= new
        todo += [functions[name] for name in new]
    return reached


def called(found: Found) -> frozenset[str]:
    """The names in a definition's body."""
    names: set[str] = set()
    todo: list[object] = [found.definition.body]
    while todo:
        node = todo.pop()
        if isinstance(node, Name):
            names.add(node.name)
        if isinstance(node, tuple):
            todo += node
        elif isinstance(node, Node):
            todo += [getattr(node, part.name) for part in fields(node) if part.name != "span"]
    return frozenset(names)


