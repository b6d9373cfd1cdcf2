"""The rules by which formulas are rewritten to forms that neither overflow nor cancel: one line each.

To add one, write it down: the tests prove it by SymPy, or sample it at 50 digits where `proof` says so. Terms and factors are
found in any order and with all signs turned; `across` rules are also found where the parts are equations of their own. The
first rule that fits is taken, so a rule whose pattern holds another's stands before it.
"""

from __future__ import annotations

from nndsl.ir.expression import Apply, Expr, Number
from nndsl.passes.patterns import (
    Bound,
    Rule,
    a,
    absolute,
    b,
    c,
    cosh,
    exp,
    expm1,
    log,
    log1p,
    r,
    sigmoid,
    sinh,
    softplus,
    sqrt,
    tanh,
    x,
    y,
)


def _number(bound: Bound) -> float:
    found: Expr = bound["?c"]
    assert isinstance(found, Number)
    return found.value


def positive(bound: Bound) -> bool:
    """Whether the number of a pattern is above 0."""
    return _number(bound) > 0


def negative(bound: Bound) -> bool:
    """Whether the number of a pattern is below 0."""
    return _number(bound) < 0


def root(bound: Bound) -> bool:
    """Whether the number of a pattern is between 0 and 1, so that a power to it is infinitely steep at 0."""
    return 0 < _number(bound) < 1


def whole(bound: Bound) -> bool:
    """Whether what a pattern takes for its rest is no quotient."""
    rest = bound["?r"]
    return not (isinstance(rest, Apply) and rest.operation == "div")


HYPERBOLIC = (  # exp overflows at 89 in float32, sinh and cosh with it; tanh does not
    Rule((exp(x) - exp(-x)) / (exp(x) + exp(-x)), tanh(x), across=True),
    Rule((exp(x) - 1) / (exp(x) + 1), tanh(x / 2), across=True),
    Rule((1 - exp(x)) / (1 + exp(x)), tanh(-x / 2), across=True),
    Rule(sinh(x) / cosh(x), tanh(x), across=True),
    Rule(2 * sigmoid(x) - 1, tanh(x / 2)),
    Rule(log(cosh(x)), softplus(2 * x) - x - log(2), across=True),
    Rule(exp(x) - exp(-x), 2 * sinh(x)),
)

SIGMOID = (
    Rule(1 / (1 + exp(x)), sigmoid(-x), across=True),
    Rule(exp(x) * sigmoid(-x), sigmoid(x), across=True),
    Rule(1 / (1 + exp(x)) ** c, sigmoid(-x) ** c, across=True),
    Rule((1 + exp(x)) ** c, sigmoid(-x) ** -c, across=True, given=negative),
    Rule(sigmoid(x) ** c, exp(-c * softplus(-x)), across=True, given=root, proof="sampled"),
    Rule(sqrt(sigmoid(x)), exp(-softplus(-x) / 2), across=True),
    Rule(1 - sigmoid(x), sigmoid(-x)),
    Rule(exp(x - softplus(x)), sigmoid(x), across=True),
    Rule(exp(-softplus(x)), sigmoid(-x), across=True),
)

LOGARITHM = (  # what stands under the logarithm may underflow to 0 or overflow; its logarithm does neither
    Rule(log(1 + exp(x)), softplus(x), across=True),
    Rule(log1p(exp(x)), softplus(x), across=True),
    Rule(log(c + exp(x)), log(c) + softplus(x - log(c)), across=True, given=positive),
    Rule(log(exp(x) - 1), x + log(-expm1(-x)), across=True),
    Rule(log(expm1(x)), x + log(-expm1(-x)), across=True),
    Rule(log(exp(a) + exp(b)), b + softplus(a - b), across=True),
    Rule(log(1 - exp(x)), log(-expm1(x)), across=True),
    Rule(log1p(-exp(x)), log(-expm1(x)), across=True),
    Rule(log(exp(x)), x, across=True),
    Rule(log(sigmoid(x)), -softplus(-x), across=True),
    Rule(log(1 - sigmoid(x)), -softplus(x), across=True),
    Rule(log1p(-sigmoid(x)), -softplus(x), across=True),
    Rule(log(sigmoid(x) ** c), -c * softplus(-x), across=True),
    Rule(log(exp(x) / r), x - log(r), across=True, given=whole),
    Rule(log(exp(x) * r), x + log(r), across=True),
    Rule(log(r / exp(x)), log(r) - x, across=True),
    Rule(log(sigmoid(x) / r), -softplus(-x) - log(r), across=True, given=whole),
    Rule(log(sigmoid(x) * r), log(r) - softplus(-x), across=True),
    Rule(log(r / sigmoid(x)), log(r) + softplus(-x), across=True),
    Rule(log((1 + exp(x)) * r), log(r) + softplus(x), across=True),
    Rule(log((exp(a) + exp(b)) * r), log(r) + b + softplus(a - b), across=True),
    Rule(log(cosh(x) * r), log(r) + softplus(2 * x) - x - log(2), across=True),
    Rule(log(1 + x), log1p(x)),
    Rule(softplus(x) - x, softplus(-x)),
)

EXPONENTIAL = (
    Rule(exp(x) - 1, expm1(x)),
    Rule(exp(x) * exp(y), exp(x + y)),
    Rule(exp(x) / exp(y), exp(x - y), across=True),
    Rule(sigmoid(x) / exp(y), exp(-softplus(-x) - y), across=True),
    Rule((exp(x) / r) ** c, exp(c * (x - log(r))), across=True, given=root),
    Rule(exp(x) ** c, exp(c * x)),
    Rule(sqrt(exp(x) / r), exp((x - log(r)) / 2), across=True),
    Rule(sqrt(exp(x)), exp(x / 2)),
    Rule(sqrt(x ** 2), absolute(x)),
    Rule(sqrt(x * x), absolute(x)),
)

SAFE_FORMS = HYPERBOLIC + SIGMOID + LOGARITHM + EXPONENTIAL

SLOPES = (
    Rule(sinh(x) / cosh(x), tanh(x)),
    Rule(2 * sigmoid(x) - 1, tanh(x / 2)),
    Rule(exp(x) / expm1(x), -1 / expm1(-x)),
)
"""What derivatives of safe forms need besides. Others would do harm there: `1 - sigmoid(x)` is read from a stored value."""
