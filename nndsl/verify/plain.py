"""Generated code run by plain Python: the functions' own code, with other numbers and another memory under it."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from types import ModuleType, SimpleNamespace
from typing import Any

import mpmath

from nndsl import kernels
from nndsl.emit.formulas import FUNCTIONS
from nndsl.ir.operations import MATRIX_DRAW
from nndsl.verify.algebra import Value
from nndsl.verify.cells import Cells, Unstored
from nndsl.verify.functions import HIGH, OPERATIONS, divide, maximum, minimum

Functions = Mapping[str, Callable[..., Any]]


class View:
    """An arena from one entry on."""

    __slots__ = ("cells", "start")

    def __init__(self, cells: Cells, start: int) -> None:
        self.cells, self.start = cells, start

    def __getitem__(self, index: int) -> Any:
        return self.cells.get(self.start + index)

    def __setitem__(self, index: int, value: Any) -> None:
        self.cells.set(self.start + index, value)


def _gemm(ta: int, tb: int, m: int, n: int, k: int, a: View, lda: int, b: View, ldb: int, beta: int, c: View, ldc: int) -> None:
    left = [[a[i * lda + r] if ta else a[r * lda + i] for i in range(k)] for r in range(m)]
    right = [[b[j * ldb + i] if tb else b[i * ldb + j] for i in range(k)] for j in range(n)]
    for r, row in enumerate(left):
        for j, column in enumerate(right):
            total = c[r * ldc + j] if beta else 0
            for x, y in zip(row, column, strict=True):
                total = total + x * y
            c[r * ldc + j] = total


def _contract(numbers: Sequence[int], at: int, a: View, b: View, c: View) -> None:
    """The contraction of `kernels.contract`, entry by entry."""
    added, n, step, *counts = numbers[at : at + 6]
    dims = [tuple(numbers[at + 6 + 4 * k : at + 10 + 4 * k]) for k in range(sum(counts))]
    first, second = counts[0], counts[0] + counts[1]
    turns, rows, inner = _positions(dims[:first]), _positions(dims[first:second]), _positions(dims[second:])
    for turn in turns:
        for row in rows:
            for column in range(n):
                place = turn[2] + row[2] + column
                total = c[place] if added else 0
                for k in inner:
                    total = total + a[turn[0] + row[0] + k[0]] * b[turn[1] + k[1] + column * step]
                c[place] = total


def _positions(dims: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """Positions in three arrays of all entries of some dimensions."""
    found = [(0, 0, 0)]
    for extent, x, y, z in dims:
        found = [(i + k * x, j + k * y, m + k * z) for i, j, m in found for k in range(extent)]
    return found


def _orthonormalize(x: View, rows: int, columns: int) -> None:
    """Makes the rows of a matrix of normal draws orthonormal: on symbols, its entries are new ones.

    Raises:
        Unstored: what stands there are not the draws, row by row.
    """
    first = x[0]
    if not isinstance(first, Value):
        getattr(kernels.orthonormalize, "py_func")(x, rows, columns)  # noqa: B009 - jitted functions show it to nobody
        return
    entries = [x.cells.drawn(x.start + k) for k in range(rows * columns)]
    stream = entries[0][1]
    if entries != [("normal", stream, k) for k in range(rows * columns)]:
        raise Unstored("what is made orthonormal is no matrix of normal draws")
    for k in range(rows * columns):
        x[k] = first.algebra.symbol(("random number", MATRIX_DRAW, stream, k))


@dataclass(frozen=True)
class Arithmetic:
    """A kind of number to run on.

    Args:
        number: a literal of generated code as such a number.
        drawn: a random draw (kind, stream, position) as such a number, given its value.
    """

    number: Callable[[Any], Any]
    drawn: Callable[[str, int, int, float], Any]


def _double(x: Any) -> Any:
    return x if isinstance(x, Value) else float(x)


def _high(x: Any) -> Any:
    return x if isinstance(x, HIGH) else mpmath.mpf(x)


DOUBLE = Arithmetic(_double, lambda kind, stream, position, value: value)
HIGH_PRECISION = Arithmetic(_high, lambda kind, stream, position, value: mpmath.mpf(value))


def draw(kind: str, seed: int, step: int, stream: int, position: int) -> float:
    """A random number as the generated code draws it; nan for one that hangs on a whole matrix of draws."""
    if kind == MATRIX_DRAW:
        return math.nan
    return float(getattr(kernels, f"draw_{kind}")(seed, step, stream, position))


def _drawing(kind: str, arithmetic: Arithmetic) -> Callable[..., Any]:
    def drawn(seed: int, step: int, stream: int, position: int) -> Any:
        return arithmetic.drawn(kind, stream, position, draw(kind, seed, step, stream, position))
    return drawn


NAMED = {kernel: operation for operation, kernel in FUNCTIONS.items()}
"""Kernels that are called otherwise than the operation."""


def shims(arithmetic: Arithmetic) -> dict[str, Any]:
    """What the generated code finds under the names of the kernels."""
    operations = {name: OPERATIONS[NAMED.get(name, name)] for name in kernels.__all__ if NAMED.get(name, name) in OPERATIONS}
    draws = {f"draw_{kind}": _drawing(kind, arithmetic) for kind in ("uniform", "normal", "truncated_normal")}
    return {
        **operations, **draws, "f4": arithmetic.number, "f8": arithmetic.number, "inf": float("inf"), "nan": float("nan"),
        "let": lambda x: x, "divide": divide, "view": View, "gemm": _gemm, "contract": _contract,
        "orthonormalize": _orthonormalize,
        "flush_denormals": lambda: 0,
        "restore_denormals": lambda word: None,
        "plus": add, "larger": maximum, "smaller": minimum,
    }


class _Text(importlib.abc.SourceLoader):
    """Loads a module from text that the compiler wrote."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text

    def get_filename(self, fullname: str) -> str:
        """What tracebacks call it."""
        return f"<{self._name}>"

    def get_data(self, path: str) -> bytes:
        """The text."""
        return self._text.encode()


class _Divisions(ast.NodeTransformer):
    """Divisions as calls: plain Python refuses to divide by 0, where compiled code gives what IEEE arithmetic gives."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # noqa: N802 - the name is Python's
        """A division as a call."""
        self.generic_visit(node)
        return ast.Call(ast.Name("divide", ast.Load()), [node.left, node.right], []) if isinstance(node.op, ast.Div) else node


def read_functions(code: str) -> ModuleType:
    """The functions of a generated module, undecorated and free of imports; their divisions are those of IEEE arithmetic."""
    tree = ast.parse(code)
    tree.body = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    tree = _Divisions().visit(tree)
    loader = _Text("generated", ast.unparse(tree))
    spec = importlib.util.spec_from_loader("generated", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def functions(module: ModuleType, arithmetic: Arithmetic) -> Functions:
    """The functions of a module, jitted or not, as plain Python over an arithmetic: the very same code objects."""
    found: dict[str, Any] = {**shims(arithmetic)}
    for name, value in vars(module).items():
        plain = getattr(value, "py_func", value)
        if isinstance(plain, types.FunctionType) and name not in found:
            found[name] = types.FunctionType(plain.__code__, found, name)
        elif isinstance(value, int):
            found[name] = value
    return found


class _Rows:
    """A table of one row."""

    def __init__(self, row: Sequence[int]) -> None:
        self.shape, self._row = (1, len(row)), row

    def __getitem__(self, position: int) -> Sequence[int]:
        return self._row


@dataclass(frozen=True)
class Scalars:
    """Numbers known only at run time."""

    batch: int
    step: Any = 3
    seed: int = 11
    rate: Any = 1.0


def run_section(code: Functions, part: str, section: str, arenas: Mapping[str, Cells], places: Mapping[str, int],
                scalars: Scalars, rows: Sequence[Sequence[int]] | None = None) -> None:
    """Do the operations of a section, one row at a time; after each, what it stored is cut.

    Args:
        code: of the module.
        part: the function that walks through rows.
        section: whose rows.
        arenas: `real`, `whole` and `total`.
        places: where tensors start, by the name that rows use.
        scalars: batch size and the like.
        rows: those to walk through; None for the section's.
    """
    given = code[f"{section}_rows"](SimpleNamespace(**places), scalars.batch) if rows is None else rows
    for row in given:
        code[part](arenas["real"], arenas["whole"], arenas["total"], _Rows(row), scalars.batch, scalars.step, scalars.seed,
                   scalars.rate)
        for cells in arenas.values():
            cells.cut()
