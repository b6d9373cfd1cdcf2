"""Prints any part of a syntax tree as .nn source: parsed again, the text gives an equal tree.

What stood on one line stays on one line; everything else has a statement a line. Comments are no part of the tree:
`layout.format_file` puts them back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nndsl.diagnostics import NOWHERE
from nndsl.syntax import tree
from nndsl.syntax.formulas import ELSE, INLINE, OR, inline, listed, quoted

INDENT = 4
WIDEST = 120
"""Columns of a line that printed ones keep to where they can be broken."""

UP_TO_BRACE = re.compile(r"(?:[^}#]|#[^\n]*)*")


@dataclass(frozen=True)
class Line:
    """A line of printed source.

    Args:
        depth: in how many blocks it stands.
        text: what it says.
        start: the offset at which that began in the source; -1 if it never stood in one.
        end: the offset after it.
    """

    depth: int
    text: str
    start: int
    end: int

    def shown(self) -> str:
        """The line with its indentation."""
        return " " * (INDENT * self.depth) + self.text


@dataclass(frozen=True)
class Section:
    """`head { statements }`; `after` is the offset after the head."""

    head: str
    statements: Sequence[tree.Node]
    after: int


def text(node: tree.Node) -> str:
    """The source text of a node; that of a file ends in a line end.

    Raises:
        ValueError: the node says something that cannot be written: a NaN, or quotes inside a string.
    """
    if type(node) in INLINE:
        return inline(node, ELSE)
    return "\n".join(line.shown() for line in lines(node)) + "\n" * isinstance(node, tree.File)


def lines(node: Any, depth: int = 0) -> Iterator[Line]:
    """The lines of a statement, a block or a file."""
    start, end = (node.span.start, node.span.end) if node.span is not NOWHERE else (-1, -1)
    if isinstance(node, tree.File):
        for item in node.items:
            yield from lines(item, depth)
    elif type(node) in STATEMENTS:
        yield Line(depth, _statement(node, depth), start, end)
    elif _is_formula(node):
        yield Line(depth, _formula(node), start, node.body[0].span.end)
        yield from _attributes(node, depth)
    else:
        yield from _block(node, depth)
        if isinstance(node, tree.Definition):
            yield from _attributes(node, depth)


def _attributes(node: tree.Definition, depth: int) -> Iterator[Line]:
    for attribute in node.attributes:
        yield from lines(attribute, depth + 1)


# ---------------------------------------------------------------------------------------------------- blocks


def _block(node: Any, depth: int) -> Iterator[Line]:
    sections = SECTIONS[type(node)](node)
    written = node.span is not NOWHERE
    whole = _on_one_line(sections)
    block_end = node.attributes[0].span.start if getattr(node, "attributes", ()) else node.span.end
    if written and "\n" not in node.span.source.text[node.span.start : block_end].rstrip() and "\n" not in whole:
        yield Line(depth, whole, node.span.start, block_end)
        return
    opening, start, last = "", node.span.start if written else -1, 0
    for section in sections:
        last = max(last, section.after)
        yield Line(depth, f"{opening}{section.head} {{", start, last if written else -1)
        width = _width(section.statements)
        for statement in section.statements:
            for line in _inner(statement, depth + 1, width):
                yield line
                last = max(last, line.end)
        start = _brace(node, last) if written else -1
        opening = "} "
    yield Line(depth, "}", start, start + 1)


def _inner(statement: tree.Node, depth: int, width: int) -> Iterator[Line]:
    """The lines of a statement in a block; the words of settings are followed by spaces up to `width`."""
    for line in lines(statement, depth):
        if isinstance(statement, tree.Setting):
            items = line.text[len(statement.name) :]
            yield replace(line, text=f"{statement.name:<{width}}{items}".rstrip())
        else:
            yield line


def _brace(node: tree.Node, offset: int) -> int:
    """Where the first `}` from `offset` on stands that is in no comment."""
    match = UP_TO_BRACE.match(node.span.source.text, offset)
    assert match is not None
    return match.end()


def _on_one_line(sections: Sequence[Section]) -> str:
    """A block whose statements are separated by `;`."""
    shown = []
    for section in sections:
        inner = "; ".join(line for statement in section.statements for line in _single(statement))
        shown.append(f"{section.head} {{ {inner} }}" if inner else f"{section.head} {{}}")
    return " ".join(shown)


def _single(statement: tree.Node) -> Iterator[str]:
    if type(statement) in STATEMENTS:
        yield STATEMENTS[type(statement)](statement)
    else:
        yield _on_one_line(SECTIONS[type(statement)](statement))


def _width(statements: Sequence[tree.Node]) -> int:
    return max((len(s.name) for s in statements if isinstance(s, tree.Setting)), default=0)


def _is_formula(node: Any) -> bool:
    """Whether a definition is written `kind name(...) = formula`."""
    body = node.body if isinstance(node, tree.Definition) else ()
    return len(body) == 1 and isinstance(body[0], tree.Output) and body[0].target is None


def _formula(node: tree.Definition) -> str:
    """`kind name(...) = formula`, on two lines where one is too short."""
    signature, value = _signature(node), inline(node.body[0].value)  # type: ignore[union-attr]
    space = " " if len(signature) + len(value) + 3 <= WIDEST else "\n" + " " * INDENT
    return f"{signature} ={space}{value}"


def _signature(node: tree.Definition) -> str:
    """`kind name(...)`, its settings on as many lines as they need."""
    shown = f"{'override ' if node.override else ''}{node.kind} {node.name}("
    margin, column = len(shown), len(shown)
    for number, parameter in enumerate(node.parameters):
        entry = inline(parameter) + ("," if number + 1 < len(node.parameters) else ")")
        fits = number == 0 or column + 1 + len(entry) + 2 <= WIDEST  # and ` {`
        shown += ("" if number == 0 else " " if fits else "\n" + " " * margin) + entry
        column = (column + 1 if fits else margin) + len(entry)
    return shown if node.parameters else f"{shown})"


def _ifs(node: tree.If) -> list[Section]:
    """`if a { } else if b { } else { }`"""
    sections = [Section(f"if {inline(node.condition)}", node.then, node.condition.span.end)]
    while len(node.otherwise) == 1 and isinstance(node.otherwise[0], tree.If):
        node = node.otherwise[0]
        sections.append(Section(f"else if {inline(node.condition)}", node.then, node.condition.span.end))
    return [*sections, Section("else", node.otherwise, 0)] if node.otherwise else sections


def _definition(node: tree.Definition) -> list[Section]:
    last = node.parameters[-1].span if node.parameters else node.name_span
    return [Section(_signature(node), node.body, last.end)]


SECTIONS: dict[type, Callable[[Any], list[Section]]] = {
    tree.If: _ifs,
    tree.Definition: _definition,
    tree.Model: lambda node: [Section(f"model {node.name}", node.body, node.name_span.end)],
    tree.Data: lambda node: [Section("data", node.settings, node.span.start)],
    tree.Train: lambda node: [Section(f"train {node.model}" if node.model else "train", node.settings, node.span.start)],
}
"""The parts of a block."""


# ---------------------------------------------------------------------------------------------------- statements


def _statement(node: Any, depth: int) -> str:
    """A statement on its line; a pipeline too long for one goes on below its first arrow."""
    shown = STATEMENTS[type(node)](node)
    value = getattr(node, "value", None)
    if len(shown) + INDENT * depth <= WIDEST or not isinstance(value, tree.Pipe):
        return shown
    stages = []
    while isinstance(value, tree.Pipe):
        stages.append(inline(value.function, OR))
        value = value.value
    arrows = "".join(f" -> {stage}" for stage in reversed(stages))
    if not shown.endswith(arrows):  # the whole stands in brackets
        return shown
    broken = shown[: -len(arrows)]
    margin = column = INDENT * depth + len(broken)
    for stage in reversed(stages):
        fits = column == margin or column + len(stage) + 4 <= WIDEST
        broken += f" -> {stage}" if fits else f"\n{' ' * margin} -> {stage}"
        column = (column if fits else margin) + len(stage) + 4
    return broken


def _word(word: str, value: tree.Expression) -> str:
    """`output formula`; a list needs brackets around it, because `output[` would begin with a name."""
    shown = inline(value)
    return f"{word} ({shown})" if shown.startswith("[") else f"{word} {shown}"


def _output(node: tree.Output) -> str:
    return _word("output", node.value) if node.target is None else f"output {inline(node.target)} = {inline(node.value)}"


STATEMENTS: dict[type, Callable[[Any], str]] = {
    tree.Import: lambda node: f"import {quoted(node.path)}" + (f" as {node.name}" if node.name else ""),
    tree.Let: lambda node: f"let {node.name} = {inline(node.value)}",
    tree.Input: lambda node: f"{'inputs' if node.several else 'input'} {inline(node.declaration)}",
    tree.Param: lambda node: f"param {inline(node.declaration)}",
    tree.State: lambda node: f"state {inline(node.declaration)}",
    tree.Shape: lambda node: f"shape {inline(node.declaration)}",
    tree.Total: lambda node: f"total {inline(node.target)} = {inline(node.value)}",
    tree.Final: lambda node: f"final {inline(node.target)} = {inline(node.value)}",
    tree.Output: _output,
    tree.Penalty: lambda node: _word("penalty", node.value),
    tree.Count: lambda node: _word("count", node.value),
    tree.Require: lambda node: f"{_word('require', node.condition)}, {quoted(node.message)}",
    tree.Use: lambda node: _word("use", node.value),
    tree.Equation: lambda node: f"{inline(node.target)} = {inline(node.value)}",
    tree.Update: lambda node: f"{inline(node.target)} <- {inline(node.value)}",
    tree.Stable: lambda node: _word("stable", node.value),
    tree.Exact: lambda node: _word("exact", node.value),
    tree.Example: lambda node: f"{_word('example', node.value)} = {inline(node.expected)}",
    tree.Also: lambda node: f"also {', '.join(node.names)}",
    tree.Setting: lambda node: f"{node.name} {listed(node.items)}".rstrip(),
}
"""How a statement is written."""
