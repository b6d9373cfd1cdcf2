"""Blocks: names first, then inputs and sizes, then each statement in its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from nndsl.checking.elaborate.evaluate import known_truth
from nndsl.checking.elaborate.frame import BROKEN, Branching, Deferred, Frame
from nndsl.checking.elaborate.mistakes import Mistake
from nndsl.checking.names import target_name
from nndsl.syntax.tree import (
    Declaration,
    Equation,
    If,
    Input,
    Let,
    Node,
    Output,
    Param,
    Shape,
    State,
    Statement,
    Total,
)

Handler = Callable[[Any, Frame], None]
H = TypeVar("H", bound=Callable[..., None])

HANDLERS: dict[type[Node], Handler] = {}
"""What each statement does when its turn comes. Lines such as `also` and `example` do nothing here."""


def handler(*nodes: type[Node]) -> Callable[[H], H]:
    """File a function as what these statements do."""
    def file(function: H) -> H:
        HANDLERS.update(dict.fromkeys(nodes, function))
        return function
    return file


def block(statements: Iterable[Statement], frame: Frame) -> None:
    """Elaborate a block: names first, then inputs and sizes, then the rest in order."""
    statements = tuple(statements)
    register(statements, frame)
    for statement in statements:
        if not isinstance(statement, (Input, Shape)):
            run(statement, frame)


def register(statements: tuple[Statement, ...], frame: Frame) -> None:
    """Make the names of a block known, and what all else depends on."""
    frame.statements.extend(statements)
    for statement in statements:
        defined = defined_name(statement)
        if defined is not None:
            frame.names[defined] = Deferred(statement, frame)
        if isinstance(statement, If):
            branching = frame.branchings[id(statement)] = Branching(statement, lambda b: choose(b, frame))
            for name in branch_names(statement):
                if not isinstance(frame.names.get(name), Deferred):
                    frame.names[name] = branching
    for statement in statements:
        if isinstance(statement, (Input, Shape)):
            first(statement, frame)


def branch_names(statement: If) -> Iterator[str]:
    """The names that a branch of an `if` may define."""
    for inner in (*statement.then, *statement.otherwise):
        if isinstance(inner, If):
            yield from branch_names(inner)
        elif isinstance(inner, Input):
            yield inner.declaration.name
        elif (name := defined_name(inner)) is not None:
            yield name


def choose(branching: Branching, frame: Frame) -> None:
    """Choose the branch of an `if`, and make its names known."""
    statement = branching.statement
    try:
        taken = statement.then if known_truth(statement.condition, frame.place()) else statement.otherwise
        register(taken, frame)
        branching.taken = taken
    except Mistake as error:
        frame.tell(error)
        frame.result.broken = True
        frame.names.update(dict.fromkeys(branch_names(statement), BROKEN))


def first(statement: Statement, frame: Frame) -> None:
    """Do what a statement says that all others depend on; a mistake in it ends the block."""
    chosen = frame.handlers.get(type(statement)) or HANDLERS[type(statement)]
    chosen(statement, frame)


def run(statement: Statement, frame: Frame) -> None:
    """Do what a statement says; a mistake in it stops nothing else."""
    chosen = frame.handlers.get(type(statement)) or HANDLERS.get(type(statement))
    if chosen is not None:
        frame.guarded(lambda: chosen(statement, frame))


def defined_name(statement: Statement) -> str | None:
    """The name that a statement gives to something computed on demand, or None."""
    match statement:
        case Let(name=name):
            return name
        case Param(declaration=Declaration(name=name)) | State(declaration=Declaration(name=name)):
            return name
        case Equation(target=target) | Total(target=target) | Output(target=target):
            found = target_name(target)
            return found.name if found else None
        case _:
            return None
