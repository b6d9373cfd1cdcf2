"""Small random programs of all kinds, for hypothesis: every construct of the intermediate form may occur."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from nndsl.ir.equation import Equation, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Draw, Expr, Extent, Index, Number, Read, Scalar, apply
from nndsl.ir.printer import program_text

N = Index("n°")
BATCH_SIZE = 3
ROWS = ("n°", BATCH)

UNARY = ("neg", "exp", "sin", "cos", "tanh", "sigmoid", "softplus", "abs", "atan", "sinh", "cosh", "erf", "expm1", "floor")
BINARY = ("add", "sub", "mul", "max", "min")


@dataclass(repr=False)
class Sample:
    """A random program with the arrays it runs on, and its rows: tensors (batch, K) with K."""

    program: Program
    arrays: dict[str, Any]
    wanted: list[str]
    rows: list[tuple[str, int]]
    objective: str = "objective"
    sizes: dict[str, Any] = field(default_factory=lambda: {"batch": BATCH_SIZE, "seed": 5})

    def __repr__(self) -> str:
        return f"\n{program_text(self.program)}{self.arrays}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


class Builder:
    """Adds one random equation, or a few that belong together, after the other."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.random = np.random.default_rng(draw(st.integers(0, 2**32)))
        self.tensors: dict[str, Tensor] = {}
        self.arrays: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.rows: list[tuple[str, int]] = []  # tensors (batch, K)
        self.wanted: list[str] = []
        self.input("x", 3)
        self.input("y", 2)

    # ------------------------------------------------------------------------------------------------ pieces

    def fresh(self, stem: str) -> str:
        return f"{stem}_{len(self.tensors)}"

    def choose(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def input(self, name: str, size: int) -> None:
        self.tensors[name] = Tensor(name, (BATCH, size), role="input")
        self.arrays[name] = self.random.normal(size=(BATCH_SIZE, size))
        self.rows.append((name, size))
        self.wanted.append(name)

    def parameter(self, *shape: int) -> str:
        name = self.fresh("w")
        self.tensors[name] = Tensor(name, shape, role="parameter")
        self.arrays[name] = self.random.normal(size=shape)
        self.wanted.append(name)
        return name

    def integers(self, limit: int, *shape: Extent) -> str:
        name = self.fresh("k")
        self.tensors[name] = Tensor(name, shape, "int", "input")
        self.arrays[name] = self.random.integers(0, limit, [BATCH_SIZE if e == BATCH else int(e) for e in shape])
        return name

    def temporary(self, *shape: Extent, dtype: Any = "real") -> str:
        name = self.fresh("t")
        self.tensors[name] = Tensor(name, shape, dtype)
        return name

    def add(self, *arguments: Any, **more: Any) -> None:
        self.steps.append(Equation(*arguments, **more))

    def row(self) -> tuple[str, int]:
        return self.choose(*self.rows[-3:], self.rows[0])

    def new_row(self, size: int) -> str:
        name = self.temporary(BATCH, size)
        self.rows.append((name, size))
        return name

    def formula(self, leaves: list[Expr], depth: int) -> Expr:
        """A random formula that stays of the order of 1."""
        kind = self.choose("leaf", "unary", "binary", "where", "power", "quotient", "squash") if depth else "leaf"
        inner = [self.formula(leaves, depth - 1) for _ in range({"leaf": 0, "unary": 1, "power": 1, "squash": 1}.get(kind, 2))]
        if kind == "leaf":
            return self.choose(*leaves, *leaves, Number(0.7), Number(2))
        if kind == "unary":
            return apply(self.choose(*UNARY), apply("tanh", inner[0]))
        if kind == "squash":
            return apply("clip", inner[0], -1.5, 2)
        if kind == "power":
            return apply("pow", apply("add", 1, apply("abs", inner[0])), self.choose(2, 3, 0.5, -1, 1.3, leaves[0]))
        if kind == "quotient":
            return apply("div", inner[0], apply("sqrt", apply("add", 1, apply("pow", inner[1], 2))))
        if kind == "where":
            return apply("where", apply(self.choose("gt", "le"), inner[0], 0.3), inner[1], inner[0])
        return apply(self.choose(*BINARY), *inner)

    # ------------------------------------------------------------------------------------------------ equations

    def elementwise(self) -> None:
        name, size = self.row()
        j = Index("j")
        leaves: list[Expr] = [Read(name, (N, j)), Read(self.parameter(size), (j,)), Read(self.parameter(), ())]
        leaves += [Read(other, (N, j)) for other, extent in self.rows if extent == size and other != name][:1]
        self.add(self.new_row(size), (N, j), (ROWS, ("j", size)), self.formula(leaves, 3))

    def contraction(self) -> None:
        (name, size), units = self.row(), self.choose(1, 2, 3)
        i, u = Index("i"), Index("u")
        product = apply("mul", Read(name, (N, i)), Read(self.parameter(size, units), (i, u)))
        self.add(self.new_row(units), (N, u), (ROWS, ("u", units), ("i", size)), product, "sum")

    def reduction(self) -> None:
        name, size = self.row()
        other = self.parameter(size, 2)
        i, u = Index("i"), Index("u")
        factor = apply("add", Read(name, (N, i)), apply("sin", Read(other, (i, u))))
        self.add(self.new_row(2), (N, u), (ROWS, ("i", size), ("u", 2)), factor, self.choose("max", "min", "prod", "sum"))

    def two_axes(self) -> None:
        name, size = self.row()
        shape = (size, 2)
        i, u, out = Index("i"), Index("u"), self.temporary(BATCH)
        factor = apply("mul", Read(name, (N, i)), Read(self.parameter(*shape), (i, u)))
        self.add(out, (N,), (ROWS, ("i", size), ("u", 2)), factor, self.choose("max", "min", "prod"))
        self.add(self.new_row(2), (N, u), (ROWS, ("u", 2)), apply("tanh", apply("mul", Read(out, (N,)), apply("add", u, 1))))

    def over_the_batch(self) -> None:
        name, size = self.row()
        j, centre = Index("j"), self.temporary(size)
        kind = self.choose("sum", "max")
        body = Read(name, (N, j))
        self.add(centre, (j,), (("j", size), ROWS), apply("div", body, Scalar("batch")) if kind == "sum" else body, kind)
        self.add(self.new_row(size), (N, j), (ROWS, ("j", size)), apply("sub", body, Read(centre, (j,))))

    def softmax(self) -> None:
        name, size = self.row()
        k, top, e, total = Index("k"), self.temporary(BATCH), self.temporary(BATCH, size), self.temporary(BATCH)
        ranges = (ROWS, ("k", size))
        self.add(top, (N,), ranges, Read(name, (N, k)), "max")
        highest = Read(top, (N,), stop=self.choose(True, False))
        self.add(e, (N, k), ranges, apply("exp", apply("sub", Read(name, (N, k)), highest)))
        self.add(total, (N,), ranges, Read(e, (N, k)), "sum")
        self.add(self.new_row(size), (N, k), ranges, apply("div", Read(e, (N, k)), Read(total, (N,))))

    def embedding(self) -> None:
        words, size = 4, self.choose(1, 2)
        table, u = self.parameter(words, size), Index("u")
        word = Read(self.integers(words, BATCH), (N,))
        self.add(self.new_row(size), (N, u), (ROWS, ("u", size)), apply("sin", Read(table, (word, u))))

    def gathered(self) -> None:
        name, size = self.row()
        u, beyond = Index("u"), self.choose(True, False)
        place: Expr = Read(self.integers(size, BATCH, 2), (N, u))
        other: Expr | None = None
        if beyond:
            place, other = apply("add", place, 1), Read(self.parameter(2), (u,))
        self.add(self.new_row(2), (N, u), (ROWS, ("u", 2)), apply("cos", Read(name, (N, place), other=other)))

    def window(self) -> None:
        (name, size), i, p = self.row(), Index("i"), Index("p")
        other = self.choose(Number(0), Number(-0.5), Read(self.parameter(2), (i,)))
        entry = Read(name, (N, apply("sub", apply("add", p, i), 1)), other=other)
        if self.choose(True, False):
            factor, kind = apply("mul", entry, Read(self.parameter(2), (i,))), "sum"
        else:
            factor, kind = apply("sin", entry), "max"
        self.add(self.new_row(size), (N, p), (ROWS, ("p", size), ("i", 2)), factor, kind)

    def guarded(self) -> None:
        (name, size), i, j = self.row(), Index("i"), Index("j")
        there = apply("add", apply("sub", j, i), 1)
        self.add(self.new_row(size), (N, j), (ROWS, ("j", size), ("i", 2)),
                 apply("mul", Read(name, (N, there)), Read(self.parameter(2), (i,))), "sum", guard=((there, size),))

    def split_and_join(self) -> None:
        (a, first), (b, second) = self.row(), self.row()
        out, j = self.new_row(first + second), Index("j")
        self.add(out, (N, j), (ROWS, ("j", first)), apply("exp", apply("tanh", Read(a, (N, j)))))
        backwards = apply("sub", second - 1, j)
        self.add(out, (N, apply("add", j, first)), (ROWS, ("j", second)), apply("mul", 2, Read(b, (N, backwards))))

    def scattered(self) -> None:
        (name, size), j = self.row(), Index("j")
        out, place = self.new_row(2), Read(self.integers(2, size), (j,))
        self.add(out, (N, place), (ROWS, ("j", size)), apply("sin", Read(name, (N, j))), accumulate=True)

    def dropout(self) -> None:
        (name, size), j = self.row(), Index("j")
        kept = apply("lt", Draw("uniform", len(self.steps)), 0.7)
        self.add(self.new_row(size), (N, j), (ROWS, ("j", size)),
                 apply("where", kept, apply("div", Read(name, (N, j)), 0.7), 0))

    def stopped(self) -> None:
        (name, size), j = self.row(), Index("j")
        self.add(self.new_row(size), (N, j), (ROWS, ("j", size)),
                 apply("mul", Read(name, (N, j)), apply("add", Read(name, (N, j)), Read(self.parameter(size), (j,)))))

    def recurrence(self) -> None:
        """h[t] = tanh(U h[t-1] + w x[t]), forwards or backwards, with a learned or a fixed start."""
        (name, size), units, back = self.row(), 2, self.choose(True, False)
        t, k, u = Index("t"), Index("k"), Index("u")
        h, r = self.temporary(BATCH, size, units), self.temporary(BATCH, size, units)
        start = self.choose(Number(0), Read(self.parameter(units), (k,)))
        before = Read(h, (N, apply("add", t, 1 if back else -1), k), other=start)
        body = (
            Equation(r, (N, t, u), (ROWS, ("u", units), ("k", units)),
                     apply("mul", before, Read(self.parameter(units, units), (k, u))), "sum"),
            Equation(h, (N, t, u), (ROWS, ("u", units)), apply("tanh", apply("add", Read(r, (N, t, u)), apply(
                "mul", Read(self.parameter(units), (u,)), Read(name, (N, t)))))),
        )
        self.steps.append(Scan("t", size, body, back))
        self.add(self.new_row(units), (N, u), (ROWS, ("u", units)), Read(h, (N, Number(0 if back else size - 1), u)))

    KINDS = (elementwise, elementwise, contraction, reduction, two_axes, over_the_batch, softmax, embedding, gathered, window,
             guarded, split_and_join, scattered, dropout, stopped, recurrence)

    def finish(self) -> Sample:
        """The objective: a weighted mean of all that was computed last."""
        self.tensors["objective"] = Tensor("objective", ())
        j = Index("j")
        for name, size in self.rows[-2:]:
            weighted = apply("mul", apply("tanh", Read(name, (N, j))), apply("cos", apply("add", j, apply("mul", 2, N))))
            self.add("objective", (), (ROWS, ("j", size)), apply("div", weighted, Scalar("batch")), "sum", accumulate=True)
        return Sample(Program(self.tensors, tuple(self.steps)), self.arrays, self.wanted, self.rows)


@st.composite
def samples(draw: Any, most: int = 5, kinds: Any = Builder.KINDS) -> Sample:
    """Random programs with a scalar `objective`, of equations of some kinds."""
    builder = Builder(draw)
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most)):
        kind(builder)
    return builder.finish()
