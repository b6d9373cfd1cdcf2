"""What may follow a setting's name in `data` and `train`: kinds of values, and options by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nndsl.checking.constants import Constants, Known, NotConstant
from nndsl.checking.scope import Scope
from nndsl.checking.words import did_you_mean, listed, one_line
from nndsl.diagnostics import Label, Report, Span, problem
from nndsl.syntax.tree import Expression, Item, Name, Setting, String


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    Args:
        what: how messages call it.
        take: the value in the type that settings have; raises ValueError where it does not fit.
        words: the bare words that it may be; where there are any, a name is not looked up among the `let`s.
        alone: what the bare name of an option says, if it may stand alone.
    """

    what: str
    take: Callable[[Known], Any] = str
    words: tuple[str, ...] = ()
    alone: Known = None


def whole(least: int) -> Kind:
    """A whole number."""

    def take(value: Known) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1 or value < least:
            raise ValueError
        return int(value)

    return Kind(f"a whole number of at least {least}", take)


def number(what: str, fits: Callable[[float], bool]) -> Kind:
    """A number in some range; `what` names the range."""

    def take(value: Known) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not fits(value):
            raise ValueError
        return float(value)

    return Kind(what, take)


def _flag(value: Known) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def one_of(*words: str) -> Kind:
    """One of a few words."""
    return Kind(listed(words, "or"), words=words)


FLAG = Kind("`true` or `false`", _flag, alone=True)
SHARE = number("a share between 0% and 100%", lambda x: 0 <= x <= 1)
NOT_NEGATIVE = number("a number of at least 0", lambda x: 0 <= x < float("inf"))
FRACTION = number("a number above 0 and below 1", lambda x: 0 < x < 1)


@dataclass
class Reader:
    """Reads the settings of a block.

    Args:
        scope: the file's.
        report: gets the diagnostics.
        block: `data` or `train`.
    """

    scope: Scope
    report: Report
    block: str
    constants: Constants = field(init=False)

    def __post_init__(self) -> None:
        self.constants = Constants(self.scope.lets)

    def complain(self, code: str, span: Span, label: str = "", *, helps: tuple[str, ...] = (), also: tuple[Label, ...] = (),
                 **values: object) -> None:
        """Reports a mistake."""
        self.report.add(problem(code, span, label, helps=helps, also=also, **values))

    def known(self, settings: tuple[Setting, ...], table: Collection[str],
              repeatable: Collection[str] = ()) -> Iterator[Setting]:
        """The settings that are in `table`; complains about others, and about those given again that are not `repeatable`."""
        first: dict[str, Span] = {}
        for setting in settings:
            name = setting.name
            if name not in table:
                helps = did_you_mean(name, table) or (f"its settings are {listed(table)}",)
                self.complain("NN0401", setting.name_span, helps=helps, block=self.block, name=name)
            elif name in first and name not in repeatable:
                also = (Label(first[name], "given here first"),)
                self.complain("NN0403", setting.name_span, also=also, name=name)
            else:
                first.setdefault(name, setting.name_span)
                yield setting

    def value(self, setting: str, expression: Expression, kind: Kind) -> Any:
        """The value of an expression in the place of a kind, or None after a complaint."""
        if kind.words:
            return self._word(setting, expression, kind)
        try:
            return kind.take(self.constants.value(expression))
        except NotConstant as error:
            if error.name:
                self.complain("NN0101", error.span, helps=did_you_mean(error.name, self.scope.lets), name=error.name)
                return None
        except ValueError:
            pass
        self.complain("NN0402", expression.span, setting=setting, expected=kind.what, found=one_line(expression.span),
                      helps=_percent(kind, expression))
        return None

    def _word(self, setting: str, expression: Expression, kind: Kind) -> str | None:
        name = word_of(expression)
        if name in kind.words:
            return name
        helps = did_you_mean(name, kind.words) if name else ()
        self.complain("NN0402", expression.span, helps=helps, setting=setting, expected=kind.what, found=expression.span.text)
        return None

    def single(self, setting: Setting, kind: Kind) -> Any:
        """The one value of a setting such as `epochs 20`, or None after a complaint."""
        if not setting.items and kind.alone is not None:
            return kind.alone
        if not setting.items:
            self.complain("NN0404", setting.name_span, name=setting.name, expected=kind.what)
            return None
        first = setting.items[0]
        plain = len(first.values) == 1 and first.name is None and first.rule is None
        if not plain or len(setting.items) > 1:
            where = setting.items[1].span if plain else first.span
            self.complain("NN0405", where, name=setting.name, expected=kind.what)
            return None
        return self.value(setting.name, first.values[0], kind)

    def options(self, setting: str, items: tuple[Item, ...], table: Mapping[str, Kind]) -> dict[str, Any]:
        """The options of a setting: `patience = 5`, `seed 7`, or `stratify` alone. What is wrong is told and left out."""
        values: dict[str, Any] = {}
        places: dict[str, Span] = {}
        for item in items:
            name, span, expression = _option(item)
            if name not in table or item.rule is not None:
                helps = did_you_mean(name, table, "its options are")
                self.complain("NN0406", span, helps=helps, setting=setting, name=name)
            elif name in places:
                first = Label(places[name], "given here first")
                self.complain("NN0407", span, also=(first,), setting=setting, name=name)
            else:
                places[name] = span
                value = self._option_value(name, span, expression, table[name])
                values.update({} if value is None else {name: value})
        return values

    def _option_value(self, name: str, span: Span, expression: Expression | None, kind: Kind) -> Any:
        if expression is not None:
            return self.value(name, expression, kind)
        if kind.alone is None:
            self.complain("NN0404", span, name=name, expected=kind.what)
        return kind.alone


def _option(item: Item) -> tuple[str, Span, Expression | None]:
    """The name of an option, where it stands, and its value, if it has one."""
    if item.name is not None:
        start = item.span.start
        return item.name, Span(item.span.source, start, start + len(item.name)), item.values[0]
    first = item.values[0]
    if isinstance(first, Name) and len(item.values) <= 2:
        return first.name, first.span, item.values[1] if len(item.values) == 2 else None
    return one_line(item.span), item.span, None


def _percent(kind: Kind, expression: Expression) -> tuple[str, ...]:
    """A share was probably meant as a percentage."""
    text = expression.span.text
    return (f"did you mean `{text}%`?",) if kind is SHARE and text.isdigit() and 1 < int(text[:4]) <= 100 else ()


def word_of(expression: Expression) -> str:
    """A bare word or a quoted one; "" for anything else."""
    if isinstance(expression, Name):
        return expression.name
    return expression.value if isinstance(expression, String) else ""
