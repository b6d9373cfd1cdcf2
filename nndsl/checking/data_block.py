"""The `data` block: where the data come from, what makes which port, what is done to it, and how it is split."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nndsl.checking.options import FLAG, SHARE, Kind, Reader, number, whole, word_of
from nndsl.checking.ports import Ports
from nndsl.checking.words import did_you_mean, listed, word
from nndsl.diagnostics import Label, Span
from nndsl.settings import Binding, DataSettings, DataSource, Split, Transform, Value
from nndsl.syntax.tree import Call, Data, Expression, Item, Name, Setting, String

SOURCES: dict[str, tuple[int, int]] = {
    "sklearn": (1, 1),
    "csv": (1, 1),
    "parquet": (1, 1),
    "npz": (1, 1),
    "npy": (1, 2),
    "idx": (1, 2),
}
"""The kinds of sources, and how few and how many names stand in their brackets."""

NUMBER = number("a number", math.isfinite)
DIVISOR = number("a number other than 0", lambda x: math.isfinite(x) and x != 0)

METHODS: tuple[tuple[str, str, Kind | None], ...] = (
    ("impute", "mean", None),
    ("impute", "median", None),
    ("impute", "most_frequent", None),
    ("impute", "constant", NUMBER),
    ("encode", "one_hot", None),
    ("encode", "ordinal", None),
    ("scale", "standard", None),
    ("scale", "minmax", None),
    ("scale", "divide", DIVISOR),
)
"""What may be done to data: the setting, the method, and the number it takes in brackets, if it does."""

SPLIT: dict[str, Kind] = {
    "train": SHARE,
    "validation": SHARE,
    "test": SHARE,
    "stratify": FLAG,
    "shuffle": FLAG,
    "seed": whole(0),
}
"""The options of `split`."""

REPEATABLE = ("input", "target", "impute", "encode", "scale")
"""The settings that may stand several times."""

LONE_TARGET = ("y", "target")
"""What the target of a single output may be called beside that output's name."""

@dataclass
class DataReader:
    """Reads a `data` block.

    Args:
        reader: reads values.
        ports: the model's; None where there is none, so that nothing is known of them.
    """

    reader: Reader
    ports: Ports | None
    source: DataSource | None = None
    inputs: list[Binding] = field(default_factory=list)
    targets: list[Binding] = field(default_factory=list)
    weight: str | None = None
    transforms: list[Transform] = field(default_factory=list)
    split: Split = Split()
    bound: dict[tuple[str, str], Span] = field(default_factory=dict)

    def read(self, block: Data) -> DataSettings | None:
        """The settings, or None after a complaint without which there would be no source."""
        for setting in self.reader.known(block.settings, SETTINGS, REPEATABLE):
            SETTINGS[setting.name](self, setting)
        if all(setting.name != "source" for setting in block.settings):
            where = Span(block.span.source, block.span.start, block.span.start + len("data"))
            helps = ('write `source csv("f.csv")`, or leave the block out and give arrays from Python',)
            self.reader.complain("NN0410", where, helps=helps)
        if self.source is None:
            return None
        inputs, targets, transforms = tuple(self.inputs), tuple(self.targets), tuple(self.transforms)
        return DataSettings(self.source, inputs, targets, self.weight, transforms, self.split)

    def read_source(self, setting: Setting) -> None:
        """`source csv("f.csv")`"""
        call = setting.items[0].values[0] if setting.items else None
        if not isinstance(call, Call) or not isinstance(call.function, Name) or len(setting.items) > 1:
            self._unfit(setting, '`csv("f.csv")` or the like')
            return
        kind = call.function.name
        if kind not in SOURCES:
            helps = did_you_mean(kind, SOURCES, "there are")
            self.reader.complain("NN0409", call.function.span, helps=helps, name=kind)
            return
        names = tuple(a.value.value for a in call.arguments if isinstance(a.value, String) and a.name is None)
        least, most = SOURCES[kind]
        if len(names) != len(call.arguments) or not least <= len(names) <= most or not all(names):
            expected = f'`{kind}("name")`' + ("" if most == 1 else f' or `{kind}("first", "second")`')
            self.reader.complain("NN0402", call.span, setting="source", expected=expected, found=call.span.text)
            return
        self.source = DataSource(kind, names, setting.span.place)

    def read_binding(self, setting: Setting) -> None:
        """`input x = columns(a, b)`, `target y = c`"""
        if not setting.items:
            self._unfit(setting, f"`{setting.name} name = column`")
        for item in setting.items:
            columns = tuple(self._columns(setting, item))
            if item.name is None or not columns:
                continue
            self._check_port(setting.name, item.name, word(item.span, item.name))
            bindings = self.inputs if setting.name == "input" else self.targets
            bindings.append(Binding(item.name, columns, item.span.place))

    def _columns(self, setting: Setting, item: Item) -> Iterator[str]:
        """The columns on the right of a binding."""
        value = item.values[0]
        if item.name is None or len(item.values) > 1 or item.rule is not None:
            self.reader.complain("NN0404", item.span, name=setting.name, expected=f"`{setting.name} name = column`")
            return
        several = isinstance(value, Call) and value.function == Name("columns")
        parts = [a.value for a in value.arguments] if isinstance(value, Call) and several else [value]
        for part in parts:
            if word_of(part):
                yield word_of(part)
            else:
                self.reader.complain("NN0402", part.span, setting=item.name, expected="a column, or `columns(a, b)`",
                                     found=part.span.text)

    def _check_port(self, role: str, name: str, span: Span) -> None:
        if (role, name) in self.bound:
            first = Label(self.bound[role, name], "bound here first")
            self.reader.complain("NN0412", span, also=(first,), role=role, name=name)
        self.bound.setdefault((role, name), span)
        if self.ports is None:
            return
        known = self.ports.inputs if role == "input" else self.ports.outputs
        lone = LONE_TARGET if role == "target" and len(known) == 1 else ()
        if known and name not in (*known, *lone):
            what = f"its {'input' if role == 'input' else 'output'}{' is' if len(known) == 1 else 's are'}"
            self.reader.complain("NN0411", span, helps=did_you_mean(name, known, what), role=role, name=name)

    def read_weight(self, setting: Setting) -> None:
        """`weight c`"""
        item = setting.items[0] if setting.items else None
        if item is None or len(setting.items) > 1 or len(item.values) > 1 or item.name or not word_of(item.values[0]):
            self._unfit(setting, "a column")
        else:
            self.weight = word_of(item.values[0])

    def read_transform(self, setting: Setting) -> None:
        """`scale x: standard`, `encode a, b: one_hot`"""
        names: list[str] = []
        if not setting.items:
            self._unfit(setting, f"`{setting.name} name: method`")
        for item in setting.items:
            words = [word_of(value) for value in item.values]
            if not all(words) or item.name is not None:
                self._unfit(setting, "a column or a port")
                return
            names += words
            if item.rule is not None:
                method = self._method(setting, item.rule)
                if method is not None:
                    self.transforms.append(Transform(setting.name, tuple(names), *method, setting.span.place))
                names = []
        if names:
            self.reader.complain("NN0404", setting.items[-1].span, name=setting.name, expected=_methods(setting.name))

    def _method(self, setting: Setting, rule: Expression) -> tuple[str, Value] | None:
        """The method of a transform and its number."""
        name = rule.function if isinstance(rule, Call) else rule
        takes = {method: takes for kind, method, takes in METHODS if kind == setting.name}
        if word_of(name) not in takes:
            helps = did_you_mean(word_of(name), takes, "the methods are")
            self.reader.complain("NN0413", name.span, helps=helps, setting=setting.name, name=name.span.text)
            return None
        method, kind = word_of(name), takes[word_of(name)]
        arguments = rule.arguments if isinstance(rule, Call) else ()
        if len(arguments) != (kind is not None) or any(a.name for a in arguments):
            expected = "a method with one number in brackets" if kind else "a method without brackets"
            self.reader.complain("NN0402", rule.span, setting=method, expected=expected, found=rule.span.text)
            return None
        if kind is None:
            return method, None
        value = self.reader.value(method, arguments[0].value, kind)
        return None if value is None else (method, value)

    def read_split(self, setting: Setting) -> None:
        """`split train 70%, validation 10%, test 20%, stratify, seed 7`; what no share is given of is for training."""
        values = self.reader.options("split", setting.items, SPLIT)
        shares = {part: values[part] for part in ("train", "validation", "test") if part in values}
        rest = 1 - sum(shares.values())
        if rest < -1e-9:
            self.reader.complain("NN0408", setting.name_span, total=f"{100 * (1 - rest):.10g}%")
        elif values.get("train", rest) <= 1e-9:
            self.reader.complain("NN0420", setting.name_span)
        else:
            self.split = Split(**{"train": max(rest, 0.0), **values})

    def _unfit(self, setting: Setting, expected: str) -> None:
        if setting.items:
            self.reader.complain("NN0402", setting.items[0].span, setting=setting.name, expected=expected,
                                 found=setting.items[0].span.text)
        else:
            self.reader.complain("NN0404", setting.name_span, name=setting.name, expected=expected)


def _methods(setting: str) -> str:
    """What may stand after the colon."""
    return "a method: " + listed((method for known, method, _ in METHODS if known == setting), "or")


SETTINGS: dict[str, Callable[[DataReader, Setting], None]] = {
    "source": DataReader.read_source,
    "input": DataReader.read_binding,
    "target": DataReader.read_binding,
    "weight": DataReader.read_weight,
    "impute": DataReader.read_transform,
    "encode": DataReader.read_transform,
    "scale": DataReader.read_transform,
    "split": DataReader.read_split,
}
"""The lines of a `data` block."""
