"""Whether a program is valid: what every pass may rely on and must leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import gcd

from nndsl.ir.affine import Affine, Poly, affine, extent, flat, number
from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import (
    BATCH,
    Apply,
    Draw,
    Expr,
    Extent,
    Index,
    Ranges,
    Read,
    Reduce,
    Scalar,
    children,
    indices,
    walk,
)
from nndsl.ir.kinds import kind
from nndsl.ir.operations import DRAWS, MATRIX_DRAW, NESTED_REDUCTIONS, OPERATIONS, REDUCTIONS, SCALARS
from nndsl.ir.printer import PLAIN, equation_text

GIVEN_ROLES = ("input", "target", "parameter", "state", "total", "gradient")
"""These may be read without being written first; the others start a step with nothing in them."""
REWRITTEN_ROLES = ("parameter", "state")
"""These are kept from step to step, and an update may set them more than once."""


class InvalidProgram(ValueError):
    """A program breaks a rule of the intermediate form. That is a fault of the compiler, never of a user's file."""


def verify(program: Program, *, flat: bool = False) -> Program:
    """Give the program back if it is valid.

    Args:
        program: to be looked at.
        flat: whether formulas must be free of reductions, as they are after lowering.

    Raises:
        InvalidProgram: with every rule broken, one a line, each with the equation it is about.
    """
    found = list(_tensor_problems(program))
    for equation, scan in _placed(program):
        names = list(_name_problems(equation, scan, program))
        found += names or list(_equation_problems(equation, scan, program, flat))
    found = found or [*_order_problems(program)]
    if found:
        raise InvalidProgram("\n".join(found))
    return program


def _placed(program: Program) -> Iterator[tuple[Equation, Scan | None]]:
    for step in program.steps:
        if isinstance(step, Scan):
            yield from ((equation, step) for equation in step.body)
        else:
            yield step, None


def _about(equation: Equation, text: str) -> str:
    return f"{text}, in {equation_text(equation, notation=PLAIN, short=False)}"


def _tensor_problems(program: Program) -> Iterator[str]:
    for name, tensor in program.tensors.items():
        if name != tensor.name:
            yield f"tensor `{tensor.name}` is filed under `{name}`"
        if not all(extent == BATCH or (isinstance(extent, int) and extent >= 0) for extent in tensor.shape):
            yield f"tensor `{name}` has the shape {tensor.shape}"
        if tensor.order and sorted(tensor.order) != list(range(len(tensor.shape))):
            yield f"the storage order {tensor.order} of `{name}` is no permutation of its axes"


# ---------------------------------------------------------------------------------------------------- names


def _name_problems(equation: Equation, scan: Scan | None, program: Program) -> Iterator[str]:
    """What must hold before anything else can be asked: every name is known, with the right number of indices."""
    names = [name for name, _ in equation.ranges] + ([scan.index] if scan else [])
    if len(set(names)) < len(names):
        yield _about(equation, f"an index is bound twice among {names}")
    for formula in equation.formulas:
        yield from (_about(equation, text) for text in _unknown(formula, frozenset(names), program))
    for tensor in (equation.out, *([equation.winner] if equation.winner else [])):
        if tensor not in program.tensors:
            yield _about(equation, f"`{tensor}` is not a tensor of the program")
        elif len(program.tensors[tensor].shape) != len(equation.index):
            yield _about(equation, f"`{tensor}` has {len(program.tensors[tensor].shape)} axes and is written with "
                                   f"{len(equation.index)} indices")


def _unknown(expr: Expr, bound: frozenset[str], program: Program) -> Iterator[str]:
    match expr:
        case Index(name) if name not in bound:
            yield f"the index `{name}` is not bound"
        case Scalar(name) if name not in SCALARS:
            yield f"`{name}` is not known at run time"
        case Read(tensor) if tensor not in program.tensors:
            yield f"`{tensor}` is not a tensor of the program"
        case Read(tensor, index) if len(index) != len(program.tensors[tensor].shape):
            yield f"`{tensor}` has {len(program.tensors[tensor].shape)} axes and is read with {len(index)} indices"
        case Apply(operation) if operation not in OPERATIONS:
            yield f"`{operation}` is no operation"
        case Apply(operation, operands) if OPERATIONS[operation].arity != len(operands):
            yield f"`{operation}` takes {OPERATIONS[operation].arity} operands and has {len(operands)}"
        case Draw(draw) if draw not in (*DRAWS, MATRIX_DRAW):
            yield f"`{draw}` is no draw"
        case Reduce(reduction) if reduction not in NESTED_REDUCTIONS:
            yield f"`{reduction}` is no reduction"
        case _:
            inner = bound | {name for name, _ in expr.ranges} if isinstance(expr, Reduce) else bound
            for child in children(expr):
                yield from _unknown(child, inner, program)


# ---------------------------------------------------------------------------------------------------- one equation


def _equation_problems(equation: Equation, scan: Scan | None, program: Program, flat: bool) -> Iterator[str]:
    problems = [*_reduction_problems(equation, program), *_index_problems(equation, scan, program)]
    if flat and any(isinstance(node, Reduce) for node in walk(equation.expr)):
        problems.append("the formula is not flat")
    yield from (_about(equation, problem) for problem in problems)


def reduced_ranges(equation: Equation) -> Ranges:
    """The ranges that an equation reduces over: those its left side lacks."""
    kept = {name for formula in equation.index for name in indices(formula)}
    return tuple((name, extent) for name, extent in equation.ranges if name not in kept)


def _reduction_problems(equation: Equation, program: Program) -> Iterator[str]:
    over = reduced_ranges(equation)
    if equation.reduce not in ("", *REDUCTIONS):
        yield f"an equation cannot reduce by `{equation.reduce}`"
    if equation.reduce and not over:
        yield f"there is no index to take the {equation.reduce} over"
    if over and not equation.reduce:
        yield f"nothing says how to reduce over {[name for name, _ in over]}"
    if equation.accumulate and equation.reduce not in ("", "sum"):
        yield f"a {equation.reduce} cannot be accumulated"
    if equation.winner and equation.reduce not in ("max", "min"):
        yield "only max and min have a winner"
    if equation.winner and program.tensors[equation.winner].dtype != "int":
        yield f"`{equation.winner}` keeps positions and must be an int tensor"


def _index_problems(equation: Equation, scan: Scan | None, program: Program) -> Iterator[str]:
    entries = [(equation.out, equation.index, False)]
    entries += [(read.tensor, read.index, read.other is not None) for read in equation.reads()]
    ranges: dict[str, Extent] = dict(equation.ranges) | ({scan.index: scan.extent} if scan else {})
    for node in walk(equation.expr):
        ranges |= dict(node.ranges) if isinstance(node, Reduce) else {}
    for formula in (*(guard for guard, _ in equation.guard), *(i for _, index, _ in entries for i in index)):
        if kind(formula, program.tensors) == "real":
            yield "an index formula is not an integer"
    for tensor, index, free in entries:
        for axis, (formula, limit) in enumerate(zip(index, program.tensors[tensor].shape, strict=True)):
            if not (free or equation.guard) and affine(formula) and may_leave(formula, limit, ranges):
                yield f"an index leaves axis {axis} of `{tensor}`, whose extent is {limit}"
    if not equation.accumulate and any(isinstance(node, Read) for formula in equation.index for node in walk(formula)):
        yield "a gathered left side may write an entry twice, so it must accumulate"
    elif not equation.accumulate and not injective(equation, ranges, program.tensors):
        yield "an entry is written twice without accumulating"


def may_leave(formula: Expr, limit: Extent, ranges: Mapping[str, Extent]) -> bool:
    """Whether 0 <= formula < limit does not surely hold all over the ranges, whatever the number of samples."""
    form = affine(formula)
    bounds = form.bounds(ranges) if form and form.coefficients.keys() <= ranges.keys() else None
    if bounds is None:
        return True
    low, high = bounds
    return not (_never_negative(low) and _never_negative(extent(limit) - number(1) - high))


def _never_negative(value: Poly) -> bool:
    """Whether a polynomial is at least 0 for every number of samples from 1."""
    return value.at(1) >= 0 and all(power >= 0 for power in value.powers[1:])


def injective(equation: Equation, ranges: Mapping[str, Extent], tensors: Mapping[str, Tensor]) -> bool:
    """Whether different points write different entries: each stride is longer than all shorter ones reach."""
    place = flat(tensors[equation.out], equation.index)
    steps: list[tuple[int, int]] = []
    for name in {name for formula in equation.index for name in indices(formula)} & dict(equation.ranges).keys():
        many = ranges[name]
        steps.append((abs(place.form.of(name).at(7)), (7 if many == BATCH else int(many)) - 1))
    if place.rest:
        return True
    reach = 0
    for stride, last in sorted(steps):
        if stride <= reach and last > 0:
            return False
        reach += stride * last
    return True


# ---------------------------------------------------------------------------------------------------- order


@dataclass
class _Written:
    """What has been written so far: for each tensor, the index formulas and their ranges."""

    parts: dict[str, list[tuple[Equation, Mapping[str, Extent]]]] = field(default_factory=dict)


def _order_problems(program: Program) -> Iterator[str]:
    written = _Written()
    for step in program.steps:
        body = step.body if isinstance(step, Scan) else (step,)
        ahead = {name for equation in body for name in (equation.out, equation.winner)} if isinstance(step, Scan) else set()
        for equation in body:
            ranges: dict[str, Extent] = dict(equation.ranges) | ({step.index: step.extent} if isinstance(step, Scan) else {})
            for formula in equation.formulas:
                yield from _early_reads(equation, formula, written, ahead, program)
            yield from _second_writes(equation, ranges, written, program)
            written.parts.setdefault(equation.out, []).append((equation, ranges))
            if equation.winner:
                written.parts.setdefault(equation.winner, []).append((equation, ranges))


def _early_reads(equation: Equation, formula: Expr, written: _Written, ahead: set[str], program: Program) -> Iterator[str]:
    for node in walk(formula):
        if isinstance(node, Read) and node.tensor not in written.parts and node.tensor not in ahead \
                and program.tensors[node.tensor].role not in GIVEN_ROLES:
            yield _about(equation, f"`{node.tensor}` is read before it is written")


def _second_writes(equation: Equation, ranges: Mapping[str, Extent], written: _Written, program: Program) -> Iterator[str]:
    if equation.accumulate or equation.guard or program.tensors[equation.out].role in REWRITTEN_ROLES:
        return
    for earlier, others in written.parts.get(equation.out, ()):
        if not earlier.guard and all(affine(a) and affine(b) and not never_meet(a, others, b, ranges)
                                     for a, b in zip(earlier.index, equation.index, strict=True)):
            yield _about(equation, f"`{equation.out}` is written twice without accumulating")
            return


def never_meet(a: Expr, a_ranges: Mapping[str, Extent], b: Expr, b_ranges: Mapping[str, Extent]) -> bool:
    """Whether two formulas surely have no value in common: their values lie apart, or differ by a remainder."""
    first, second = affine(a), affine(b)
    if first is None or second is None:
        return False
    one, two = first.bounds(a_ranges), second.bounds(b_ranges)
    if one and two and (_never_negative(one[0] - two[1] - number(1)) or _never_negative(two[0] - one[1] - number(1))):
        return True
    common = gcd(*(_steps(first) + _steps(second)))
    difference = (first.constant - second.constant).constant
    return common > 1 and difference is not None and difference % common != 0


def _steps(form: Affine) -> list[int]:
    return [1 if c.constant is None else c.constant for c in form.coefficients.values()]
