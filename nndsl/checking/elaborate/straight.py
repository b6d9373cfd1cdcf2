"""Whether a tensor comes straight from softmax or sigmoid, whatever they are called: told by its formula."""

from __future__ import annotations

from typing import Literal

from nndsl.checking.elaborate.builder import Builder
from nndsl.ir.equation import Equation
from nndsl.ir.expression import Apply, Expr, Index, Number, Read, Reduce, children, substitute

Head = Literal["softmax", "sigmoid", ""]

ONE = (Number(1), Number(1.0))


def head(tensor: str, builder: Builder) -> Head:
    """What the formula of a tensor ends in."""
    written = [step for step in builder.steps if step.out == tensor]
    if len(written) != 1:
        return ""
    equation = written[0]
    if isinstance(equation.expr, Read) and equation.expr.index == equation.index and equation.expr.other is None:
        return head(equation.expr.tensor, builder)
    if _sigmoid(equation.expr):
        return "sigmoid"
    return "softmax" if _softmax(equation) else ""


def _sigmoid(expr: Expr) -> bool:
    """`1 / (1 + exp(-x))`; whatever is exponentiated, that is the sigmoid of its opposite."""
    match expr:
        case Apply("sigmoid"):
            return True
        case Apply("div", (one, Apply("add", (a, b)))) if one in ONE:
            return any(x in ONE and isinstance(y, Apply) and y.operation == "exp" for x, y in ((a, b), (b, a)))
        case _:
            return False


def _softmax(equation: Equation) -> bool:
    """`softmax[c](x[..., c])` over the last axis, or `exp(x[..., c]) / sum[k](exp(x[..., k]))`."""
    last = equation.index[-1] if equation.index else None
    match equation.expr:
        case Reduce("softmax", ((name, _),)):
            return last == Index(name)
        case Apply("div", (Apply("exp") as entry, Reduce("sum", ((name, _),), Apply("exp") as other))):
            return isinstance(last, Index) and substitute(other, {name: last}) == entry
        case _:
            return False


def allows(expr: Expr, tensor: str, ending: Head) -> bool:
    """Whether a formula stays finite on the logits form of a tensor: it reads the tensor only in `log(p)`, and, where that
    comes from sigmoid, in `log(1 - p)` too. (After softmax, `1 - p` has no such form; without `1 - p` the formula is one over
    classes, which a sigmoid does not normalise.)"""
    plain, inverse, other = _uses(expr, tensor)
    if other or not plain + inverse:
        return False
    return inverse == 0 if ending == "softmax" else inverse > 0


def _uses(expr: Expr, tensor: str) -> tuple[int, int, int]:
    """How often a tensor is read in `log(p)`, in `log(1 - p)`, and elsewhere."""
    match expr:
        case Apply("log", (Read(name),)) if name == tensor:
            return 1, 0, 0
        case Apply("log", (Apply("sub", (one, Read(name))),)) if one in ONE and name == tensor:
            return 0, 1, 0
        case Read(name) if name == tensor:
            return 0, 0, 1
    inner = [_uses(child, tensor) for child in children(expr)]
    return sum(x[0] for x in inner), sum(x[1] for x in inner), sum(x[2] for x in inner)
