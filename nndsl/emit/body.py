"""The lines of a kernel: entries, formulas, variables."""

from __future__ import annotations

from itertools import count

from nndsl.emit.access import Parameters
from nndsl.emit.formulas import Writer
from nndsl.emit.scope import Scope
from nndsl.ir.affine import Poly, number, product
from nndsl.ir.equation import Equation
from nndsl.ir.expression import Apply, Draw, Expr, Extent, Index, Ranges, Read, Scalar, children
from nndsl.ir.kinds import kind
from nndsl.ir.operations import OPERATIONS


class Body:
    """Writes lines.

    Args:
        given: the kernel's parameters, which grow as they are asked for.
        literal: how numbers are written, `f4` or `f8`.
    """

    def __init__(self, given: Parameters, literal: str) -> None:
        self.given = given
        self.literal = literal
        self.lines: list[str] = []
        self._variables = 0

    # ------------------------------------------------------------------------------------------ formulas

    def prepare(self, expr: Expr, scope: Scope, ranges: Ranges) -> None:
        """Give a variable to each entry and each call that is used again, innermost first, and to guarded entries."""
        if expr in scope.known:
            return
        for child in children(expr):
            self.prepare(child, scope, ranges)
        if isinstance(expr, Read) and (expr.other is not None or scope.uses[expr] > 1):
            self.keep(expr, scope, ranges)
        elif isinstance(expr, Apply) and scope.uses[expr] > 1 and _is_call(expr) and kind(expr, self.given.tensors) == "real":
            self.keep(expr, scope, ranges)

    def keep(self, expr: Expr, scope: Scope, ranges: Ranges = ()) -> None:
        """Give a formula a variable."""
        writer = self.writer(scope, ranges)
        whole = kind(expr, self.given.tensors) == "int"
        text = writer.integer(expr) if whole else writer.real(expr)
        scope.known[expr] = self.variable()
        self.line(scope, f"{scope.known[expr]} = {text}")

    def writer(self, scope: Scope, ranges: Ranges = ()) -> Writer:
        """What writes formulas at a point of the kernel; `ranges` number the draws."""
        return Writer(self.given.tensors, self.literal, lambda e: self._leaf(e, scope, ranges), scope.known)

    def _leaf(self, expr: Expr, scope: Scope, ranges: Ranges) -> str:
        """The text of a read, an index, a run-time number or a draw."""
        match expr:
            case Index(name):
                return scope.indices.get(name) or self.given.running(name)
            case Scalar(name):
                text = self.given.scalar(name)
                return text if kind(expr, self.given.tensors) == "int" else f"{self.literal}({text})"
            case Draw(draw, stream):
                key = [self.given.scalar("seed"), self.given.scalar("step"), self.given.number("stream", number(stream))]
                return f"{self.literal}(draw_{draw}({', '.join(key)}, {self.position(ranges, scope)}))"
            case Read(tensor, index, None):
                return self.entry(tensor, index, scope)
            case Read(_, _, other) if other is not None:
                return self._entry_or(expr, other, scope, ranges)
            case _:
                raise AssertionError(expr)

    def _entry_or(self, read: Read, other: Expr, scope: Scope, ranges: Ranges) -> str:
        """An entry, and what stands for it where the tensor ends."""
        tensor, whole = self.given.tensors[read.tensor], kind(read, self.given.tensors) == "int"
        limits = zip(read.index, tensor.shape, strict=True)
        inside = self.inside([(i, e) for i, e in limits if not self._stays(i, e)], scope)
        entry, writer = self.entry(read.tensor, read.index, scope), self.writer(scope, ranges)
        if not whole and tensor.dtype == "int":
            entry = f"{self.literal}({entry})"
        return f"{entry} if {inside} else {writer.integer(other) if whole else writer.real(other)}" if inside else entry

    def _stays(self, index: Expr, reach: Extent) -> bool:
        """Whether an index is a loop's own, over the whole axis."""
        return isinstance(index, Index) and self.given.spans(index.name, reach)

    # ------------------------------------------------------------------------------------------ places

    def guard(self, equation: Equation, scope: Scope) -> str:
        """The condition under which a point counts."""
        return self.inside(list(equation.guard), scope) or "True"

    def inside(self, limits: list[tuple[Expr, Extent]], scope: Scope) -> str:
        """The condition that each formula lies below its extent and not below 0; "" of none."""
        writer = self.writer(scope)
        texts = []
        for index, reach in limits:
            size = self.given.scalar("batch") if reach == "batch" else str(reach)
            texts.append(f"0 <= {writer.integer(index)} < {size}")
        return " and ".join(texts)

    def entry(self, tensor: str, index: tuple[Expr, ...], scope: Scope) -> str:
        """The text of an entry."""
        view, position = self.at(tensor, index, scope)
        return f"{view}[{position}]"

    def at(self, tensor: str, index: tuple[Expr, ...], scope: Scope) -> tuple[str, str]:
        """The view and the position in it of an entry."""
        place = self.given.place(tensor, index, scope.indices)
        writer = self.writer(scope)
        rest = [writer.factor(e) + (f" * {stride}" if stride else "") for stride, e in place.rest]
        return place.view, " + ".join((*place.terms, *rest)) or "0"

    def position(self, ranges: Ranges, scope: Scope) -> str:
        """The row-major position among `ranges`."""
        text = "0"
        for at, (name, _) in enumerate(ranges):
            behind = product([e for _, e in ranges[at + 1 :]])
            step = scope.indices[name] + ("" if behind == Poly((1,)) else f" * {self.given.stride(behind)}")
            text = step if text == "0" else f"{text} + {step}"
        return text

    # ------------------------------------------------------------------------------------------ lines

    def line(self, scope: Scope, text: str) -> None:
        """Write a line, indented as deep as the scope is."""
        self.lines.append("    " * scope.depth + text)

    def variable(self) -> str:
        """A name that nothing has yet."""
        found = next(name for k in count(self._variables) if self.given.names.reserve(name := f"v{k}"))
        self._variables = int(found[1:]) + 1
        return found


def _is_call(expr: Apply) -> bool:
    return not OPERATIONS[expr.operation].infix
