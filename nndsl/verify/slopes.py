"""SymPy's derivatives of elementary functions, held against differences at 50 digits."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy as sp

from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Apply, walk
from nndsl.verify.calculus import FUNCTIONS, rule
from nndsl.verify.settle import DIGITS, HIGH

PLACES = (mpmath.mpf("0.37"), mpmath.mpf("-0.61"), mpmath.mpf("0.83"))
"""Where functions of one number are looked at; those that are not real there, at the others."""

SAME = mpmath.mpf(10) ** -12


def wrong_rules(program: Program) -> Iterator[tuple[Equation, str]]:
    """The equations in whose formula there is a function that SymPy differentiates wrongly, each with what is wrong."""
    wrong: dict[str, str | None] = {}
    for equation in program.equations():
        for node in walk(equation.expr):
            if isinstance(node, Apply) and node.operation in FUNCTIONS and len(node.operands) == 1:
                if node.operation not in wrong:
                    wrong[node.operation] = _complaint(node.operation)
                text = wrong[node.operation]
                if text is not None:
                    yield equation, text


def _complaint(function: str) -> str | None:
    """What is wrong with the derivative of a function; None if nothing is."""
    (variable,), derivative = rule(function, 0, 1)
    with mpmath.workdps(DIGITS):
        for place in PLACES:
            try:
                wanted = mpmath.diff(HIGH[function], place)
            except (ValueError, ZeroDivisionError):
                continue
            if not isinstance(wanted, mpmath.mpf):
                continue
            found = mpmath.mpf(str(derivative.evalf(DIGITS, subs={variable: sp.Float(str(place), DIGITS)})))
            if abs(found - wanted) > SAME * max(1, abs(wanted)):
                told = sp.sstr(derivative).replace(variable.name, "x")
                return (f"SymPy's derivative of {function}(x) is {told}: at {mpmath.nstr(place, 2)} that is "
                        f"{mpmath.nstr(found, 9)}, by differences {mpmath.nstr(wanted, 9)}")
    return None
