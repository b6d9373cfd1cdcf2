"""Definitions as pieces of their own: with the first settings, and on the first shapes, that fit each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import product

from nndsl.checking.elaborate import Special, elaborate
from nndsl.checking.names import flattened
from nndsl.checking.pieces import (
    Built,
    Piece,
    Setting,
    Shape,
    activation,
    initializer,
    input_ports,
    layer,
    loss,
    metric,
    optimizer,
    regularizer,
    schedule,
)
from nndsl.checking.rules import PIPE, RULES
from nndsl.checking.scope import Found
from nndsl.checking.signature import signature
from nndsl.checking.studies import Studies
from nndsl.checking.training import TrainFormulas
from nndsl.diagnostics import NNError, Report, Source
from nndsl.signature import Port
from nndsl.syntax import parse
from nndsl.syntax.tree import (
    Argument,
    Call,
    Comparison,
    Constant,
    Definition,
    Example,
    Expression,
    Input,
    ListOf,
    Model,
    Name,
    Node,
    Number,
    String,
    Unary,
)

SHAPES: tuple[Shape, ...] = ((3,), (4, 3), (4, 4, 2), (3, 4, 4, 2), ())
"""Shapes that are tried, until one fits a definition."""

SETTINGS: tuple[Setting, ...] = (2, 0.5, "tanh", "ab,bc->ac", [1], [3], [2, 1], [4, 1], Piece("layer", "activation", ("tanh",)))
"""Values that are tried for settings of which nothing says what they may be."""

MOST = 1500
"""Combinations that are tried."""


@dataclass(frozen=True)
class Specimen:
    """A definition with settings, on shapes.

    Args:
        found: the definition.
        piece: it, with its settings.
        built: its programs.
    """

    found: Found
    piece: Piece
    built: Built

    @property
    def title(self) -> str:
        """`layer dense(units = 2)`"""
        given = ", ".join(f"{name} = {_text(value)}" for name, value in self.piece.named.items())
        return f"{self.piece.kind} {self.piece.name}" + (f"({given})" if given else "")


@dataclass
class Specimens:
    """Finds specimens; those of layers serve as settings of others.

    Args:
        layers: definitions of layers to try where a setting wants one.
    """

    layers: Sequence[Found] = ()
    _first: dict[int, Specimen | None] = field(default_factory=dict)

    def first(self, found: Found, source: str = "") -> Specimen | None:
        """A definition at its defaults, what must be given chosen so that it fits; None if nothing was found that does."""
        key = id(found.definition)
        if key not in self._first:
            self._first[key] = None  # a layer is no setting of itself
            plain = self._needed(found, layers=False)
            self._first[key] = next(self._fitting(found, plain, source), None) or self._changed(found, plain, source) or next(
                self._fitting(found, self._needed(found, layers=True), source), None)
        return self._first[key]

    def _changed(self, found: Found, needed: Mapping[str, Sequence[Setting]], source: str) -> Specimen | None:
        """A definition whose defaults ask for larger shapes than are tried: with another value for one of them."""
        assert isinstance(found.definition, Definition)
        tried = (self._fitting(found, {**needed, n: v}, source) for n, v in alternatives(found.definition).items())
        return next((s for each in tried for s in each), None)

    def varied(self, found: Found, source: str = "") -> Iterator[Specimen]:
        """The same with each of its settings changed, one at a time, where another value fits."""
        first = self.first(found, source)
        if first is None or not isinstance(found.definition, Definition):
            return
        for name, values in alternatives(found.definition).items():
            for value in values:
                given = {**{n: [v] for n, v in first.piece.named.items()}, name: [value]}
                other = next(self._fitting(found, given, source), None)
                if other is not None:
                    yield other

    def _needed(self, found: Found, *, layers: bool) -> dict[str, Sequence[Setting]]:
        """The settings that must be given, each with values to try: those of the first example, if there is one, and layers."""
        definition = found.definition
        assert isinstance(definition, Definition)
        stated = _stated(definition)
        slots = signature(found, Studies().uses(found)).settings
        return {s.name: [stated[s.name]] if s.name in stated else self._tried(s.expected, layers) for s in slots if s.required}


    def _tried(self, expected: tuple[str, ...], layers: bool) -> Sequence[Setting]:
        pipes = layers and set(expected) & set(PIPE)
        return [s.piece for f in self.layers if (s := self.first(f))] if pipes else SETTINGS

    def _fitting(self, found: Found, settings: Mapping[str, Sequence[Setting]], source: str) -> Iterator[Specimen]:
        build = BUILDERS.get(found.kind)
        if build is None:
            return
        for count, (values, shapes) in enumerate(product(product(*settings.values()), product(SHAPES, SHAPES))):
            if count > MOST:
                return
            piece = Piece(found.kind, found.definition.name, (), dict(zip(settings, values, strict=True)), source)
            try:
                yield Specimen(found, piece, build(piece, found, shapes))
            except (NNError, TypeError):
                continue


def alternatives(definition: Definition) -> dict[str, list[Setting]]:
    """Other values for settings that have a default: the other truth value, the texts they are compared with, numbers."""
    compared = _compared_texts(definition)
    found: dict[str, list[Setting]] = {}
    for p in definition.parameters:
        match p.default:
            case Constant(bool() as value):
                found[p.name] = [not value]
            case String(value):
                found[p.name] = [text for text in compared.get(p.name, ()) if text != value]
            case Constant(None):
                found[p.name] = [*compared.get(p.name, ()), 0.5, 2, [1]]
            case Number(value):
                other = (3 if value == 2 else 2) if isinstance(value, int) and value else (0.5 if value == 0.25 else 0.25)
                found[p.name] = [other]
    return found


def _compared_texts(definition: Definition) -> dict[str, list[str]]:
    """The texts that each setting is compared with, or looked for among, in the body."""
    found: dict[str, dict[str, None]] = {}
    todo: list[object] = [definition.body]
    while todo:
        node = todo.pop()
        if isinstance(node, tuple):
            todo += node
        elif isinstance(node, Node):
            inner = [getattr(node, part.name) for part in fields(node) if part.name != "span"]
            if isinstance(node, (Comparison, Call)):
                flat = list(_leaves(inner))
                texts = [x.value for x in flat if isinstance(x, String)]
                for name in (x.name for x in flat if isinstance(x, Name)):
                    found.setdefault(name, {}).update(dict.fromkeys(texts))
            todo += inner
    return {name: list(texts) for name, texts in found.items()}


def _leaves(nodes: Sequence[object]) -> Iterator[object]:
    for node in nodes:
        if isinstance(node, (tuple, list)):
            yield from _leaves(node)
        elif isinstance(node, (Name, String)):
            yield node
        elif isinstance(node, (Argument, ListOf, Unary)):
            yield from _leaves([getattr(node, n.name) for n in fields(node) if n.name != "span"])


def _stated(definition: Definition) -> dict[str, Setting]:
    """The settings of a definition's first example."""
    lines = (*definition.body, *definition.attributes)
    call = next((s.value for s in lines if isinstance(s, Example) and isinstance(s.value, Call)), None)
    if call is None:
        return {}
    rule = RULES[definition.kind]
    names = [p.name for p in definition.parameters if p.name not in rule.filled]
    positional = [a.value for a in call.arguments if a.name is None]
    given = {**dict(zip(names, positional, strict=False)), **{a.name: a.value for a in call.arguments if a.name is not None}}
    return {n: literal(v) for n, v in given.items() if n in names[rule.arguments:] and _is_plain(v)}


def _is_plain(node: Expression) -> bool:
    match node:
        case Number() | String() | Constant() | Name() | Unary("-", Number()):
            return True
        case ListOf(items):
            return all(map(_is_plain, items))
    return False


def literal(node: Expression) -> Setting:
    """A plain number, text, name or list as a setting."""
    match node:
        case Number(value) | String(value) | Constant(value):
            return value
        case Name(name):
            return name
        case Unary("-", Number(value)):
            return -value
        case ListOf(items):
            return [literal(item) for item in items]
    raise TypeError(f"{node.span.text} is no plain value")


def _text(value: Setting) -> str:
    if isinstance(value, Piece):
        return value.name
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "none"}[value]
    return repr(value)


# ----------------------------------------------------------------------------------------------------------- building


def _layer(piece: Piece, found: Found, shapes: tuple[Shape, Shape]) -> Built:
    inputs = [s for s, _ in flattened(found.definition.body) if isinstance(s, Input) and s.declaration.default is None]
    count = 2 if any(s.several for s in inputs) else len(inputs)
    return layer(piece, input_ports(piece, [shapes[k % 2] for k in range(count)]))


def _metric(piece: Piece, found: Found, shapes: tuple[Shape, Shape]) -> Built:
    assert isinstance(found.definition, Definition)
    bound = found.definition.parameters[0].bound
    return metric(piece, Port("q", shapes[1], "int" if bound is not None and bound.kind == "int" else "real"), shapes[0])


def _function(piece: Piece, found: Found, shapes: tuple[Shape, Shape]) -> Built:
    """A function of arrays, seen from the file it stands in: a file's functions are its own."""
    assert isinstance(found.definition, Definition)
    names = [f"x{k}" for k, _ in enumerate(found.definition.parameters)]
    inputs = (f"input {name}[{', '.join(map(str, shapes[k % 2]))}]".replace("[]", "") for k, name in enumerate(names))
    lines = "\n".join((*inputs, f"output y = function.{piece.name}({', '.join(names)})"))
    model = parse(Source("<piece>", f"model piece {{\n{lines}\n}}\n")).items[0]
    assert isinstance(model, Model)
    report = Report()
    scope = replace(found.scope, trained=model)
    checked = elaborate(scope, TrainFormulas(), None, None, report, Special(bare=True, learns=True))
    report.stop_if_failed()
    assert checked is not None
    read = tuple(n for n in names if n in checked.learn.tensors)
    return Built(checked, dict.fromkeys(checked.output_tensors), read)


BUILDERS: Mapping[str, Callable[[Piece, Found, tuple[Shape, Shape]], Built]] = {
    "activation": lambda piece, found, shapes: activation(piece, shapes[0]),
    "regularizer": lambda piece, found, shapes: regularizer(piece, shapes[0]),
    "loss": lambda piece, found, shapes: loss(piece, *shapes),
    "metric": _metric,
    "schedule": lambda piece, found, shapes: schedule(piece),
    "initializer": lambda piece, found, shapes: initializer(piece, shapes[0]),
    "optimizer": lambda piece, found, shapes: optimizer(piece, ((2, 3), (3,))),
    "layer": _layer,
    "function": _function,
}
"""How a definition of each kind is built as a piece."""
