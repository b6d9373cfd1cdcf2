"""Equations as LaTeX, for papers and slides."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.ir.equation import Equation
from nndsl.ir.expression import Apply, Derivative, Draw, Expr, Index, Number, Ranges, Read, Reduce, Scalar, indices
from nndsl.ir.operations import OPERATIONS
from nndsl.ir.printer import HIDDEN

CALL = 100  # binds as tightly as a name
SIGNS = {"add": "+", "sub": "-", "mul": r"\cdot", "eq": "=", "ne": r"\ne", "lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge",
         "and": r"\land", "or": r"\lor"}
PREFIXES = {"neg": "-", "not": r"\lnot "}
FRAMES = {
    "div": r"\frac{{{0}}}{{{1}}}",
    "floordiv": r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor",
    "sqrt": r"\sqrt{{{0}}}",
    "abs": r"\left|{0}\right|",
    "floor": r"\left\lfloor {0} \right\rfloor",
    "ceil": r"\left\lceil {0} \right\rceil",
    "where": r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{else}} \end{{cases}}",
}
OPEN = {"div": CALL - 1, "where": OPERATIONS["add"].binding}
"""Frames without an edge of their own, and how tightly what stands around them may bind before they need brackets."""
NAMED = frozenset(("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max"))
"""What LaTeX has a command for."""
ESCAPES = {"_": r"\_", "#": r"\#", "%": r"\%", "&": r"\&", "$": r"\$", " ": r"\ ", "{": r"\{", "}": r"\}", "~": r"\sim ",
           "^": r"\hat{}", "\\": r"\backslash ", "∂": r"\partial ", "δ": r"\delta ", "²": "^2", "³": "^3"}
WORDS = {"`": "", "→": r"$\to$", "∂": r"$\partial$", "δ": r"$\delta$", "²": "$^2$", " ": " ", "^": r"\^{}", "~": r"\~{}",
         "\\": r"\textbackslash{}"}


def text_tex(words: str) -> str:
    """Words between formulas."""
    return "".join(_letter(c, WORDS | {k: v for k, v in ESCAPES.items() if k not in WORDS}) for c in words)


def equation_tex(equation: Equation) -> str:
    """An equation in LaTeX's mathematics, without the dollar signs."""
    kept = {name for formula in equation.index for name in indices(formula)}
    reduced = tuple((name, extent) for name, extent in equation.ranges if name not in kept)
    body = _reduction(equation.reduce, reduced, equation.expr) if equation.reduce else formula_tex(equation.expr)
    sign = r"\mathrel{+}=" if equation.accumulate else "="
    less = [rf"0 \le {formula_tex(f)} < {_extent(extent)}" for f, extent in equation.guard]
    guard = r" \quad\text{where } " + ", ".join(less) if less else ""
    return f"{_entry(equation.out, equation.index)} {sign} {body}{guard}"


def formula_tex(expr: Expr, binding: int = 0) -> str:
    """A formula in LaTeX, in brackets if its sign binds less tightly than `binding`."""
    match expr:
        case Number(value):
            return _brackets(_number(value)) if value < 0 and binding > OPERATIONS["add"].binding else _number(value)
        case Index(name):
            return _index(name)
        case Scalar(name):
            return _word(name)
        case Read(tensor, index, other, stop):
            text = _entry(tensor, index)
            text = text if other is None else _brackets(rf"{text}\ \text{{else}}\ {formula_tex(other)}")
            return _call("stop", text) if stop else text
        case Draw(kind, _):
            return _call(kind, "")
        case Reduce(kind, ranges, body):
            text = _reduction(kind, ranges, body)
            return _brackets(text) if binding > OPERATIONS["add"].binding else text
        case Derivative(value, by):
            below = " ".join(r"\partial " + formula_tex(x) for x in by)
            power = f"^{{{len(by)}}}" if len(by) > 1 else ""
            return rf"\frac{{\partial{power} {formula_tex(value)}}}{{{below}}}"
        case Apply(operation, operands):
            return _application(operation, operands, binding)


def _extent(extent: int | str) -> str:
    return str(extent) if isinstance(extent, int) else _word(extent)


def _word(name: str) -> str:
    return r"\mathrm{" + "".join(_letter(c, ESCAPES) for c in name) + "}"


def _letter(letter: str, escapes: Mapping[str, str]) -> str:
    """A letter of a name; what pdflatex has no glyph for, by its number."""
    return escapes.get(letter, letter if letter.isascii() and letter.isprintable() else f"u{ord(letter):x}")


def _index(name: str) -> str:
    bare = name.split(HIDDEN)[0] or "i"
    return bare if len(bare) == 1 else _word(bare)


def _entry(tensor: str, index: tuple[Expr, ...]) -> str:
    below = "_{" + ",".join(formula_tex(i) for i in index) + "}" if index else ""
    if tensor.startswith("∂L/∂"):
        return rf"\frac{{\partial L}}{{\partial {_word(tensor[4:])}{below}}}"
    order = len(tensor) - len(tensor.lstrip("∂δ"))
    marks = "".join(ESCAPES[mark] for mark in tensor[:order])
    return marks + _word(tensor[order:]) + below


def _brackets(text: str) -> str:
    return rf"\left({text}\right)"


def _call(name: str, inside: str) -> str:
    return rf"\operatorname{{{name}}}{_brackets(inside)}"


def _number(value: float | int) -> str:
    if value in (float("inf"), float("-inf")):
        return r"\infty" if value > 0 else r"-\infty"
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


def _reduction(kind: str, ranges: Ranges, body: Expr) -> str:
    below = "_{" + ",".join(_index(name) for name, _ in ranges) + "}" if ranges else ""
    sign = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}.get(kind, rf"\operatorname{{{kind}}}")
    if kind in ("sum", "prod"):
        return f"{sign}{below} {formula_tex(body, OPERATIONS['mul'].binding)}"
    return f"{sign}{below} {_brackets(formula_tex(body))}"


def _application(operation: str, operands: tuple[Expr, ...], binding: int) -> str:
    if operation in FRAMES:
        text = FRAMES[operation].format(*(formula_tex(x) for x in operands))
        return _brackets(text) if binding > OPEN.get(operation, CALL) else text
    if operation == "pow":
        return f"{formula_tex(operands[0], CALL)}^{{{formula_tex(operands[1])}}}"
    tight = OPERATIONS[operation].binding
    if operation in PREFIXES:
        text = PREFIXES[operation] + formula_tex(operands[0], tight)
    elif operation in SIGNS:
        loose = tight if operation in ("add", "mul", "and", "or") else tight + 1
        text = f"{formula_tex(operands[0], tight)} {SIGNS[operation]} {formula_tex(operands[1], loose)}"
    else:
        inside = ", ".join(formula_tex(x) for x in operands)
        return rf"\{operation}{_brackets(inside)}" if operation in NAMED else _call(operation, inside)
    return _brackets(text) if tight < binding else text
