"""Equations as a reader of mathematics writes them: `z[n,u] = Σ_i x[n,i] · kernel[i,u]`.

Names are cut short where nothing else in the same equation could be meant (`dense_1.kernel` reads `kernel`), and the sign
that keeps derived names and indices apart from the user's is dropped (`n°` reads `n`). One equation is one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nndsl.ir.equation import Equation, Program, Scan, Step
from nndsl.ir.expression import (
    Apply,
    Derivative,
    Draw,
    Expr,
    Extent,
    Index,
    Number,
    Ranges,
    Read,
    Reduce,
    Scalar,
    indices,
    walk,
)
from nndsl.ir.operations import OPERATIONS, Operation

HIDDEN = "°"
"""Index names carry this sign, and anything after it, only so that no user can have written them."""


@dataclass(frozen=True)
class Notation:
    """How signs look; those not named look as in the language."""

    signs: Mapping[str, str]
    reductions: Mapping[str, str]
    powers: Mapping[int, str]
    gradient: str


UNICODE = Notation(
    signs={"mul": "·", "ne": "≠", "le": "≤", "ge": "≥", "and": "∧", "or": "∨", "not": "¬", "sub": "-"},
    reductions={"sum": "Σ", "prod": "Π"},
    powers={2: "²", 3: "³"},
    gradient="∂",
)
PLAIN = Notation(signs={}, reductions={}, powers={}, gradient="d_")

SUM_BINDING = OPERATIONS["mul"].binding  # what stands behind a Σ may hold products but no sums
CALL_BINDING = 100


def equation_text(equation: Equation, *, notation: Notation = UNICODE, short: bool = True) -> str:
    """One equation on one line.

    Args:
        equation: with flat or nested formulas.
        notation: UNICODE or PLAIN (which can be written with any keyboard and in any encoding).
        short: whether tensors are called by the last part of their name where that is unambiguous.
    """
    return _Writer(notation, _tensor_names([equation], short), _index_names([equation])).equation(equation)


def equations_text(equations: Sequence[Equation], *, notation: Notation = UNICODE, short: bool = True) -> list[str]:
    """Equations on one line each, a tensor called the same in all of them; arguments as for `equation_text`."""
    names = _tensor_names(equations, short)
    return [_Writer(notation, names, _index_names([equation])).equation(equation) for equation in equations]


def expression_text(expr: Expr, *, notation: Notation = UNICODE, short: bool = True) -> str:
    """One formula on one line."""
    holder = Equation("", (), (), expr)
    return _Writer(notation, _tensor_names([holder], short), _index_names([holder])).formula(expr)


def program_text(program: Program, *, notation: Notation = UNICODE) -> str:
    """A program, one equation a line under full names, with the ranges, and the user's line where it is known."""
    lines: list[str] = []
    for step in program.steps:
        lines.extend(_step_lines(step, notation))
    return "\n".join(lines) + ("\n" if lines else "")


def _step_lines(step: Step, notation: Notation) -> Iterable[str]:
    if isinstance(step, Scan):
        way = f"{step.extent - 1}, ..., 0" if step.reverse else f"0, ..., {step.extent - 1}"
        yield f"for {_bare(step.index)} = {way}:"
        for equation in step.body:
            yield from ("    " + line for line in _step_lines(equation, notation))
        return
    names = _index_names([step])
    text = equation_text(step, notation=notation, short=False)
    ranges = ", ".join(f"{names[name]} < {extent}" for name, extent in step.ranges)
    yield "   ".join(part for part in (text, f"({ranges})" if ranges else "", step.origin.note, step.origin.place) if part)


# ---------------------------------------------------------------------------------------------------- names


def _bare(name: str) -> str:
    return name.split(HIDDEN)[0] or "i"


def _index_names(equations: Iterable[Equation]) -> dict[str, str]:
    """Index names without hidden signs; where two would look alike, later ones are numbered."""
    names: dict[str, None] = {}
    for equation in equations:
        names.update(dict.fromkeys(name for name, _ in equation.ranges))
        for formula in equation.formulas:
            names.update(dict.fromkeys(indices(formula)))
            names.update({name: None for node in walk(formula) if isinstance(node, Reduce) for name, _ in node.ranges})
    shown: dict[str, str] = {}
    for name in sorted(names, key=lambda name: HIDDEN in name and name != "n" + HIDDEN):
        text, number = _bare(name), 2
        while text in shown.values():
            text, number = f"{_bare(name)}{number}", number + 1
        shown[name] = text
    return shown


def _tensor_names(equations: Iterable[Equation], short: bool) -> dict[str, str]:
    """What each tensor is called: the last part of its name, or more parts until no other is called the same."""
    names = dict.fromkeys(name for equation in equations for name in _tensors(equation))
    shown = {name: name for name in names}
    for count in range(1, max((name.count(".") for name in names), default=0) + 1) if short else ():
        cut = {name: _last_parts(name, count) for name in names}
        taken = list(cut.values())
        for name in names:
            if shown[name] == name and taken.count(cut[name]) == 1:
                shown[name] = cut[name]
    return shown


def _last_parts(name: str, count: int) -> str:
    """The last parts of a dotted name; of a derivative, those above and below its bar."""
    if "/" in name:
        return "/".join(_last_parts(part, count) for part in name.split("/"))
    marks = len(name) - len(name.lstrip("∂²³⁴⁵⁶⁷⁸⁹"))
    return name[:marks] + ".".join(name[marks:].split(".")[-count:])


def _tensors(equation: Equation) -> Iterable[str]:
    yield equation.out
    yield from (read.tensor for read in equation.reads())


# ---------------------------------------------------------------------------------------------------- formulas


@dataclass(frozen=True)
class _Writer:
    notation: Notation
    tensors: Mapping[str, str]
    index_names: Mapping[str, str] = field(default_factory=dict)

    def equation(self, equation: Equation) -> str:
        kept = {name for formula in equation.index for name in indices(formula)}
        reduced = tuple((name, extent) for name, extent in equation.ranges if name not in kept)
        body = self.reduction(equation.reduce, reduced, equation.expr) if equation.reduce else self.formula(equation.expr)
        sign = "+=" if equation.accumulate else "="
        return f"{self.entry(equation.out, equation.index)} {sign} {body}{self.guard(equation.guard)}"

    def guard(self, guard: tuple[tuple[Expr, Extent], ...]) -> str:
        less = self.notation.signs.get("le", "<=")
        conditions = [f"0 {less} {self.formula(formula)} < {extent}" for formula, extent in guard]
        return f"  where {', '.join(conditions)}" if conditions else ""

    def entry(self, tensor: str, index: tuple[Expr, ...]) -> str:
        name = self.tensors.get(tensor, tensor).replace("∂", self.notation.gradient)
        return f"{name}[{','.join(self.formula(i) for i in index)}]" if index else name

    def reduction(self, kind: str, ranges: Ranges, body: Expr) -> str:
        names = [self.index_names.get(name, name) for name, _ in ranges]
        sign = self.notation.reductions.get(kind)
        if sign is None:
            return f"{kind}[{','.join(names)}]({self.formula(body)})" if names else f"{kind}({self.formula(body)})"
        below = "_" + names[0] if len(names) == 1 else "_{" + ",".join(names) + "}" if names else ""
        return f"{sign}{below} {self.formula(body, SUM_BINDING)}"

    def formula(self, expr: Expr, binding: int = 0) -> str:
        """The text of a formula, in brackets if its sign binds less tightly than `binding`."""
        match expr:
            case Number(value):
                text = _number(value)
                return f"({text})" if text.startswith("-") and binding > SUM_BINDING else text
            case Index(name):
                return self.index_names.get(name, _bare(name))
            case Scalar(name):
                return name
            case Read():
                return self.read(expr, binding)
            case Apply(operation, operands):
                return self.application(operation, operands, binding)
            case Draw(kind, _):
                return f"{kind}()"
            case Reduce(kind, ranges, body):
                text = self.reduction(kind, ranges, body)
                return f"({text})" if kind in self.notation.reductions and binding > OPERATIONS["add"].binding else text
            case Derivative(value, by):
                return f"d({', '.join(self.formula(x) for x in (value, *by))})"

    def read(self, read: Read, binding: int) -> str:
        text = self.entry(read.tensor, read.index)
        if read.other is not None:
            text = f"({text} else {self.formula(read.other)})"
        return f"stop({text})" if read.stop else text

    def application(self, operation: str, operands: tuple[Expr, ...], binding: int) -> str:
        row = OPERATIONS.get(operation, Operation(len(operands)))
        if not row.infix:
            return f"{operation}({', '.join(self.formula(x) for x in operands)})"
        power = self.power(operation, operands)
        if power:
            return power
        sign = self.notation.signs.get(operation, row.infix)
        if row.arity == 1:
            gap = " " if sign.isalpha() else ""
            text = f"{sign}{gap}{self.formula(operands[0], row.binding)}"
        else:
            left, right = self.sides(operation, row.binding)
            gap = "" if operation == "pow" else " "
            text = f"{self.formula(operands[0], left)}{gap}{sign}{gap}{self.formula(operands[1], right)}"
        return f"({text})" if row.binding < binding else text

    def power(self, operation: str, operands: tuple[Expr, ...]) -> str:
        if operation != "pow" or not isinstance(operands[1], Number):
            return ""
        raised = self.notation.powers.get(int(operands[1].value)) if operands[1].value in self.notation.powers else None
        return f"{self.formula(operands[0], CALL_BINDING)}{raised}" if raised else ""

    @staticmethod
    def sides(operation: str, binding: int) -> tuple[int, int]:
        """How tightly the operands must bind: a chain leans left, powers right, comparisons neither way."""
        if operation == "pow":
            return binding + 1, binding
        comparison = binding == OPERATIONS["eq"].binding
        return (binding + 1 if comparison else binding), (binding if operation in ("add", "mul", "and", "or") else binding + 1)


def _number(value: float | int) -> str:
    if isinstance(value, int) or value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value).replace("e-0", "e-").replace("e+", "e")
