"""Random syntax trees, all of which can be written down."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from nndsl.syntax import tree
from nndsl.syntax.words import ATTRIBUTES, INSIDE, KINDS, OUTSIDE

T = TypeVar("T")
NAMES = ("x", "y", "β_1", "dense", "as", "pi", "n2", *OUTSIDE, *INSIDE, *ATTRIBUTES)
OPERATORS = ("or", "and", "+", "-", "*", "/", "//", "^")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
LETTERS = "aZ 9#'{[(;\\\t\rß层\x07€\u2028"


class Grower:
    """Grows random trees.

    Args:
        seed: decides all.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one_of(self, *makers: Callable[[], T]) -> T:
        return self.random.choice(makers)()

    def maybe(self, maker: Callable[[], T]) -> T | None:
        return maker() if self.random.random() < 0.4 else None

    def many(self, maker: Callable[[], T], least: int = 0, most: int = 3) -> tuple[T, ...]:
        return tuple(maker() for _ in range(self.random.randint(least, most)))

    def word(self) -> str:
        return self.random.choice(NAMES)

    def text(self) -> str:
        return "".join(self.many(lambda: self.random.choice(LETTERS), 0, 6))

    # formulas

    def name(self) -> tree.Name:
        return tree.Name(self.word())

    def number(self) -> tree.Number:
        return tree.Number(self.one_of(
            lambda: self.random.randrange(20),
            lambda: self.random.randrange(10**18),
            lambda: self.random.random(),
            lambda: 10.0 ** self.random.randint(-320, 308) * self.random.random(),
        ))

    def leaf(self) -> tree.Expression:
        return self.one_of(
            self.name, self.name, self.number, lambda: tree.String(self.text()),
            lambda: tree.Constant(self.random.choice((True, False, None))))

    def formula(self, size: int = 4) -> tree.Expression:
        """A formula in which at most `size` others stand inside each other."""
        if size == 0 or self.random.random() < 0.2:
            return self.leaf()

        def inner() -> tree.Expression:
            return self.formula(size - 1)

        return self.one_of(
            lambda: tree.ListOf(self.many(inner)),
            lambda: tree.Group(self.many(lambda: self.one_of(inner, tree.Dots), 2)),
            lambda: tree.Group((tree.Dots(),)),
            lambda: tree.Unary(self.random.choice(("-", "not")), inner()),
            lambda: tree.Binary(self.random.choice(OPERATORS), inner(), inner()),
            lambda: tree.Binary(self.random.choice(OPERATORS), inner(), inner()),
            lambda: self.comparison(inner),
            lambda: tree.Otherwise(inner(), inner()),
            lambda: tree.Pipe(inner(), inner()),
            lambda: self.call(inner),
            lambda: tree.Indexed(inner(), self.axes(size - 1)),
            lambda: self.member(),
        )

    def comparison(self, inner: Callable[[], tree.Expression]) -> tree.Comparison:
        operators = self.many(lambda: self.random.choice(COMPARISONS), 1, 3)
        return tree.Comparison(operators, tuple(inner() for _ in range(len(operators) + 1)))

    def member(self) -> tree.Member:
        return tree.Member(self.one_of(self.name, self.member), self.word())

    def call(self, inner: Callable[[], tree.Expression]) -> tree.Call:
        function = self.one_of(self.name, self.member, lambda: tree.Indexed(self.name(), self.axes(1)),
                               lambda: tree.Call(self.name(), ()))
        return tree.Call(function, self.many(lambda: tree.Argument(self.maybe(self.word), inner())))

    def axes(self, size: int = 2) -> tuple[tree.Axis, ...]:
        def axis() -> tree.Axis:
            return tree.Axis(self.formula(size), *(self.maybe(lambda: self.formula(size)) for _ in range(2)))

        return self.many(lambda: self.one_of(axis, lambda: tree.Axis(tree.Dots())))

    # statements

    def target(self) -> tree.Expression:
        return self.one_of(self.name, lambda: tree.Indexed(self.name(), self.axes()))

    def bound(self) -> tree.Bound:
        return tree.Bound(self.word(), self.maybe(lambda: self.formula(1)))

    def declaration(self) -> tree.Declaration:
        return tree.Declaration(self.word(), self.maybe(self.axes), self.maybe(self.bound), self.maybe(self.formula))

    def attribute(self) -> tree.Attribute:
        return self.one_of(
            lambda: tree.Stable(self.formula()),
            lambda: tree.Exact(self.formula()),
            lambda: tree.Example(self.formula(), self.formula()),
            lambda: tree.Also(self.many(self.word, 1)),
        )

    def statement(self, size: int = 2) -> tree.Statement:
        def inner() -> tree.Statement:
            return self.statement(size - 1)

        if size and self.random.random() < 0.3:
            return tree.If(self.formula(2), self.many(inner), self.many(inner))
        return self.one_of(
            lambda: tree.Let(self.word(), self.formula()),
            lambda: tree.Input(self.declaration(), several=self.random.random() < 0.5),
            lambda: tree.Param(self.declaration()),
            lambda: tree.State(self.declaration()),
            lambda: tree.Total(self.target(), self.formula()),
            lambda: tree.Output(self.maybe(self.target), self.formula()),
            lambda: tree.Penalty(self.formula()),
            lambda: tree.Count(self.formula()),
            lambda: tree.Shape(tree.Declaration(self.word(), self.axes())),
            lambda: tree.Require(self.formula(), self.text()),
            lambda: tree.Final(self.target(), self.formula()),
            lambda: tree.Use(self.formula()),
            lambda: tree.Equation(self.target(), self.formula()),
            lambda: tree.Update(self.target(), self.formula()),
            self.attribute,
        )

    # settings and files

    def item(self) -> tree.Item:
        return self.one_of(
            lambda: tree.Item((self.formula(),)),
            lambda: tree.Item((self.name(), self.leaf())),
            lambda: tree.Item((self.formula(),), self.word()),
            lambda: tree.Item(self.many(self.name, 1), None, self.formula()),
        )

    def setting(self) -> tree.Setting:
        items: tuple[tree.Item, ...] = ()
        for item in self.many(self.item):
            lone = item.rule is None and item.name is None and len(item.values) == 1
            if not (lone and items and items[0].rule is not None):  # else it would share the rule of the next one
                items = (item, *items)
        return tree.Setting(self.word(), items)

    def parameter(self) -> tree.Parameter:
        return tree.Parameter(self.word(), self.maybe(self.word), self.maybe(self.axes), self.maybe(self.bound),
                              self.maybe(self.formula))

    def definition(self) -> tree.Definition:
        return tree.Definition(self.random.choice(KINDS), self.word(), self.many(self.parameter), self.many(self.statement),
                               self.many(self.attribute), self.random.random() < 0.5)

    def file(self) -> tree.File:
        def item() -> Any:
            return self.one_of(
                lambda: tree.Import(self.text(), self.maybe(self.word)),
                lambda: tree.Let(self.word(), self.formula()),
                self.definition,
                lambda: tree.Model(self.word(), self.many(self.statement)),
                lambda: tree.Data(self.many(self.setting)),
                lambda: tree.Train(self.maybe(self.word), self.many(self.setting)),
            )

        return tree.File(self.many(item, 1))

    def with_comments(self, text: str) -> str:
        """`text` with comments at the ends of some lines and on lines of their own."""
        lines = text.split("\n")
        for comment in self.many(lambda: f"# {self.text()}", 0, 6):
            lines[self.random.randrange(len(lines))] += self.random.choice((comment, f"\n\n  {comment}", f"\n{comment}"))
        return "\n".join(lines)
