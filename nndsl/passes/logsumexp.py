"""Sums of exponentials relative to their largest: `s = Σ exp(f)` becomes `s = exp(m) · Σ exp(f - m)` with `m = max f`.

That is done where it helps: where s stands under a logarithm, or under a quotient of another exponential. There the rules of
safe_forms.py then take exp(m) away, and nothing overflows any more. A sigmoid is an exponential too, all of whose sum may
underflow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import Apply, Expr, Extent, Index, Number, Read, apply, indices, walk
from nndsl.passes.definitions import Definitions
from nndsl.passes.matching import PRODUCT, Matcher, Part
from nndsl.passes.patterns import Rule, exp, instantiate, softplus, x

EXPONENTIALS = (Rule(exp(x), x), Rule(1 / (1 + exp(x)), -softplus(x)))
"""What is an exponential, and of what."""


def relative_sums(program: Program) -> Program:
    """The program with every sum of exponentials that a logarithm or a quotient wants taken relative to its largest term."""
    definitions = Definitions(program)
    wanted = {name for equation in program.equations() for name in _divided_or_logarithmed(equation.expr, definitions)}
    largest = {equation.out for equation in program.equations() if equation.reduce == "max"}
    tensors = dict(program.tensors)

    def relative(equation: Equation) -> list[Equation]:
        return _relative(equation, definitions, largest, tensors) if equation.out in wanted else [equation]

    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Scan):
            steps.append(replace(step, body=tuple(e for equation in step.body for e in relative(equation))))
        else:
            steps.extend(relative(step))
    return Program(tensors, tuple(steps))


def _divided_or_logarithmed(expr: Expr, definitions: Definitions) -> Iterator[str]:
    for node in walk(expr):
        match node:
            case Apply("log", (inner,)):
                yield from (part.tensor for _, part in PRODUCT.parts(inner, definitions) if isinstance(part, Read))
            case Apply("div", _):
                parts = PRODUCT.parts(node, definitions)
                if any(_exponent(part, definitions) is not None for part in parts):
                    yield from (part.tensor for below, part in parts if below and isinstance(part, Read))


def _exponent(part: Part, definitions: Definitions) -> Expr | None:
    """The f of a factor exp(f), or of one of that form, also where it is an equation of its own."""
    below, expr = part
    while isinstance(expr, Read):
        inner = definitions(expr)
        if inner is None:
            return None
        expr = inner
    factor = apply("div", 1, expr) if below else expr
    for form in EXPONENTIALS:
        for bound in Matcher(definitions).match(form.pattern.expr, factor, {}):
            return instantiate(form.replacement.expr, bound)
    return None


def _relative(equation: Equation, definitions: Definitions, largest: set[str], tensors: dict[str, Tensor]) -> list[Equation]:
    plain = equation.reduce == "sum" and not equation.accumulate and all(isinstance(i, Index) for i in equation.index)
    if not plain:
        return [equation]
    parts = PRODUCT.parts(equation.expr)
    exponents = [_exponent(part, definitions) for part in parts]
    exponent = next((e for e in exponents if e is not None), None)
    if exponent is None or any(isinstance(node, Read) and node.tensor in largest for node in walk(exponent)):
        return [equation]  # nothing to do, or done already
    return _shifted(equation, exponent, [part for part in parts if _exponent(part, definitions) != exponent], tensors)


def _shifted(equation: Equation, exponent: Expr, others: list[Part], tensors: dict[str, Tensor]) -> list[Equation]:
    out = tensors[equation.out]
    largest, terms, total = (f"{word} of {out.name}" for word in ("largest", "terms", "relative"))
    origin = Origin(equation.origin.place, f"{out.name} relative to its largest term")
    ranges = tuple(dict.fromkeys([*_axes(equation.index, out), *equation.ranges]))
    at = tuple(Index(name) for name, _ in ranges)
    tensors[largest], tensors[total] = replace(out, name=largest), replace(out, name=total)
    tensors[terms] = Tensor(terms, tuple(extent for _, extent in ranges))
    below = apply("exp", apply("sub", exponent, Read(largest, equation.index, stop=True)))
    product = PRODUCT.join([(False, Read(terms, at)), *others])
    back = apply("mul", apply("exp", Read(largest, equation.index, stop=True)), Read(total, equation.index))
    kept = {name for formula in equation.index for name in indices(formula)}
    return [
        replace(equation, out=largest, expr=_bounded(exponent), reduce="max", origin=origin),
        Equation(terms, at, equation.ranges, below, guard=equation.guard, origin=origin),
        replace(equation, out=total, expr=product, origin=origin),
        Equation(out.name, equation.index, tuple(x for x in equation.ranges if x[0] in kept), back, origin=origin),
    ]


def _bounded(exponent: Expr) -> Expr:
    """The exponent, or where it may be -inf everywhere, at least a number that can be subtracted."""
    return apply("max", exponent, -1e30) if any(node == Number(-math.inf) for node in walk(exponent)) else exponent


def _axes(index: tuple[Expr, ...], tensor: Tensor) -> list[tuple[str, Extent]]:
    """The left side's indices with the extents of its axes, in which a scan's index has its extent as well."""
    return [(i.name, extent) for i, extent in zip(index, tensor.shape, strict=True) if isinstance(i, Index)]
