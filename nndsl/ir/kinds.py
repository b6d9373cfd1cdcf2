"""The kind of number that a formula gives."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.ir.equation import Tensor
from nndsl.ir.expression import Apply, Derivative, Draw, Expr, Index, Number, Read, Reduce, Scalar
from nndsl.ir.operations import OPERATIONS, SCALARS, Kind

POSITIONS = ("argmax", "argmin")
KEEPING = ("max", "min", "sum", "prod")


def kind(expr: Expr, tensors: Mapping[str, Tensor]) -> Kind:
    """`real`, `int` or `bool`. A truth value counts as 0 or 1, so `bool` may stand where `int` may."""
    match expr:
        case Number(value):
            return "int" if isinstance(value, int) else "real"
        case Index():
            return "int"
        case Scalar(name):
            return SCALARS[name]
        case Read(tensor, _, other):
            rest: Kind = "int" if other is None else kind(other, tensors)
            return "int" if tensors[tensor].dtype == "int" and rest != "real" else "real"
        case Apply(operation, operands):
            return _applied(operation, [kind(x, tensors) for x in operands])
        case Reduce(reduction, _, body):
            inner = kind(body, tensors)
            integer = reduction in POSITIONS or (reduction in KEEPING and inner != "real")
            return "int" if integer else "real"
        case Draw() | Derivative():
            return "real"


def _applied(operation: str, kinds: list[Kind]) -> Kind:
    result = OPERATIONS[operation].result
    if result != "same":
        return result
    counted = kinds[1:] if operation == "where" else kinds
    return "real" if "real" in counted else "int"
