"""The names that a definition gives to things of its own, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nndsl.checking.rules import RULES
from nndsl.checking.words import word
from nndsl.diagnostics import Span
from nndsl.ir.expression import BATCH
from nndsl.syntax.tree import (
    Axis,
    Binary,
    Comparison,
    Constant,
    Declaration,
    Definition,
    Equation,
    Expression,
    If,
    Indexed,
    Input,
    Let,
    ListOf,
    Model,
    Name,
    Node,
    Number,
    Output,
    Param,
    Parameter,
    Shape,
    State,
    Statement,
    String,
    Total,
    Unary,
)

LITERALS = (Number, String, ListOf, Unary, Binary, Comparison)

Path = tuple[tuple[int, int], ...]
"""The branches of `if`s in which something stands: which `if`, and which of its branches."""


@dataclass(frozen=True)
class Local:
    """A name of a definition.

    Args:
        name: the name.
        role: argument, setting, size, let, input, param, state, total, equation or output.
        span: where it is defined.
        path: the branches it stands in.
        value: what it is, for a `let`, or is by default, for a setting; None for others.
    """

    name: str
    role: str
    span: Span
    path: Path = ()
    value: Expression | None = None

    @property
    def callable(self) -> bool:
        """Whether it may be a function or a layer: `dropout = 0.1` is none, so that `x -> dropout(dropout)` means the layer."""
        literal = isinstance(self.value, LITERALS) or self.value in (Constant(True), Constant(False))
        return self.role in ("setting", "let") and not literal

    @property
    def computed(self) -> bool:
        """Whether it is an array that is only known while the net runs, never a function or a layer."""
        return self.role in ("argument", "input", "param", "state", "total", "equation", "output")


def flattened(statements: Iterable[Statement], path: Path = ()) -> Iterator[tuple[Statement, Path]]:
    """Every statement, those inside `if`s after it, with the branches it stands in."""
    for statement in statements:
        yield statement, path
        if isinstance(statement, If):
            for number, branch in enumerate((statement.then, statement.otherwise)):
                yield from flattened(branch, (*path, (id(statement), number)))


def target_name(target: Expression | None) -> Name | None:
    """The name that an equation's left side defines: `z` of `z[u]`."""
    inner = target.value if isinstance(target, Indexed) else target
    return inner if isinstance(inner, Name) else None


def output_name(statement: Output) -> str | None:
    """How an output is called from outside: by its left side's name, else that of the tensor it gives; None for a formula."""
    if statement.target is None:
        return statement.value.name if isinstance(statement.value, Name) else None
    name = target_name(statement.target)
    return name.name if name else None


def _declared(role: str) -> Callable[[Any], Iterator[tuple[str, str, Span]]]:
    def find(statement: Input | Param | State) -> Iterator[tuple[str, str, Span]]:
        declaration = statement.declaration
        yield declaration.name, role, word(declaration.span, declaration.name)

    return find


def _let(statement: Let) -> Iterator[tuple[str, str, Span]]:
    yield statement.name, "let", word(statement.span, statement.name, len("let"))


def _left(role: str) -> Callable[[Any], Iterator[tuple[str, str, Span]]]:
    def find(statement: Equation | Total | Output) -> Iterator[tuple[str, str, Span]]:
        name = target_name(statement.target)
        if name:
            yield name.name, role, name.span

    return find


_DEFINES: dict[type[Node], Callable[[Any], Iterator[tuple[str, str, Span]]]] = {
    Let: _let,
    Input: _declared("input"),
    Param: _declared("param"),
    State: _declared("state"),
    Total: _left("total"),
    Equation: _left("equation"),
    Output: _left("output"),
}


def locals_of(definition: Definition | Model) -> Iterator[Local]:
    """Every name that a definition gives to something of its own, in the order of its text; sizes come last."""
    kind = definition.kind if isinstance(definition, Definition) else "model"
    parameters = definition.parameters if isinstance(definition, Definition) else ()
    for number, parameter in enumerate(parameters):
        role = "argument" if number < RULES[kind].arguments else "size" if parameter.name in RULES[kind].filled else "setting"
        yield Local(parameter.name, role, word(parameter.span, parameter.name), value=parameter.default)
        if parameter.alias:
            span = word(parameter.span, parameter.alias, len(parameter.name))
            yield Local(parameter.alias, role, span, value=parameter.default)
    for statement, path in flattened(definition.body):
        for name, role, span in _DEFINES.get(type(statement), _nothing)(statement):
            yield Local(name, role, span, path, statement.value if isinstance(statement, Let) else None)


def _nothing(_: Any) -> Iterator[tuple[str, str, Span]]:
    return iter(())


def sizes_of(definition: Definition | Model, taken: Iterable[str]) -> Iterator[Local]:
    """The sizes that a definition's signature, inputs and `shape` lines name: what stands alone on an axis and is not taken."""
    known = {*taken, "batch"}
    parameters = definition.parameters if isinstance(definition, Definition) else ()
    binding: list[tuple[Parameter | Declaration, Path]] = [(p, ()) for p in parameters]
    binding += [(s.declaration, path) for s, path in flattened(definition.body) if isinstance(s, (Input, Shape))]
    for declaration, path in binding:
        for name in axis_names(declaration.axes or ()):
            if name.name not in known:
                yield Local(name.name, "size", name.span, path)


def bound_sizes(definition: Definition | Model, name: str, names: Mapping[str, Local]) -> Iterator[str]:
    """The sizes that the input `name` is the first to bind: who reads one reads the input."""
    for statement, _ in flattened(definition.body):
        if isinstance(statement, Input) and statement.declaration.name == name:
            for size in axis_names(statement.declaration.axes or ()):
                if size.name in names and names[size.name].span == size.span:
                    yield size.name


def axis_names(axes: Iterable[Axis]) -> Iterator[Name]:
    """The names that stand alone on an axis."""
    return (axis.value for axis in axes if isinstance(axis.value, Name))


def own_sizes(definition: Definition) -> tuple[str, ...]:
    """The sizes that only the first argument of a loss or metric has, its target: nothing else tells how large they are."""
    if definition.kind not in ("loss", "metric") or len(definition.parameters) < 2:
        return ()
    target, *others = ({axis.value.name: None for axis in p.axes or () if isinstance(axis.value, Name)}
                       for p in definition.parameters)
    known = {BATCH, *(name for names in others for name in names), *(p.name for p in definition.parameters)}
    return tuple(name for name in target if name not in known)
