"""Which columns or arrays make which input and target, and what is done to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from nndsl.diagnostics import Diagnostic, Report, Source, nearest, problem
from nndsl.runtime.data.places import word_span
from nndsl.runtime.data.table import Outline
from nndsl.settings import Binding, DataSettings, Transform
from nndsl.signature import Port

Role = Literal["input", "target"]
ORDER = ("impute", "encode", "scale")
"""Whatever their order in the file: gaps are filled first, then text becomes numbers, then numbers are scaled."""
TARGET_NAMES = ("y", "target")
"""What a lone target may be called beside the name of its output."""
PAST = dict(zip(ORDER, ("imputed", "encoded", "scaled"), strict=True))


@dataclass(frozen=True)
class Column:
    """A column, or an array, of the data and what is done to it before it enters a port."""

    name: str
    transforms: tuple[Transform, ...] = ()


@dataclass(frozen=True)
class Bound:
    """A port and what it is made of.

    Args:
        port: the model's.
        role: whether it is an input or a target.
        columns: side by side, in this order.
        place: `file:line` of the binding; "" where nothing was said.
    """

    port: Port
    role: Role
    columns: tuple[Column, ...]
    place: str = ""

    @property
    def key(self) -> str:
        """The name of the port's array, as a network takes it."""
        return self.port.name if self.role == "input" else "target." + self.port.name


@dataclass
class Binder:
    """Follows the bindings of a `data` block and collects what is wrong with them.

    Args:
        outline: the names and shapes there are.
        settings: the block.
        inputs, targets: the model's ports.
        text: the model file, to point at.
        report: where mistakes go.
    """

    outline: Outline
    settings: DataSettings
    inputs: tuple[Port, ...]
    targets: tuple[Port, ...]
    text: Source | None
    report: Report

    def bind(self) -> tuple[Bound, ...]:
        """Every port that something is bound to; inputs that may be left out are left out."""
        said = self._all_said()
        followed = not self.report.failed  # else what could not be followed would be told again, as missing
        bounds: list[Bound] = []
        roles: tuple[tuple[Role, tuple[Port, ...]], ...] = (("input", self.inputs), ("target", self.targets))
        for role, number, port in [(role, k, port) for role, ports in roles for k, port in enumerate(ports)]:
            bound = said.get((role, port.name)) or self._unsaid(port, role, number, tuple(said.values()))
            if bound:
                bounds.append(bound)
            elif port.default is None and followed:
                self._unbound(role, port)
        self._weight()
        return self._transformed(bounds)

    def look_up_columns(self) -> None:
        """Complain about columns that the data lack, whatever they are for."""
        for setting in (*self.settings.inputs, *self.settings.targets):
            for name in setting.columns:
                self._column(name, setting.place)
        self._weight()

    def _all_said(self) -> dict[tuple[Role, str], Bound]:
        said: dict[tuple[Role, str], Bound] = {}
        roles: tuple[tuple[Role, tuple[Binding, ...]], ...]
        roles = (("input", self.settings.inputs), ("target", self.settings.targets))
        for role, setting in [(role, setting) for role, settings in roles for setting in settings]:
            bound = self._said(role, setting)
            if bound and (role, bound.port.name) in said:
                self._add("NN0531", setting.place, setting.port, role=role, port=setting.port)
            if bound:
                said[role, bound.port.name] = bound
        return said

    def _add(self, code: str, place: str, word: str, helps: tuple[str, ...] = (), **values: Any) -> None:
        self.report.add(problem(code, word_span(self.text, place, word), helps=helps, **values))

    def port_named(self, name: str, role: Role) -> Port | None:
        """The port a user calls `name`."""
        ports = self.inputs if role == "input" else self.targets
        found = next((p for p in ports if p.name == name), None)
        if found is None and role == "target" and len(ports) == 1 and name in TARGET_NAMES:
            return ports[0]
        return found

    def _said(self, role: Role, setting: Binding) -> Bound | None:
        port = self.port_named(setting.port, role)
        if port is None:
            ports = self.inputs if role == "input" else self.targets
            self._add("NN0526", setting.place, setting.port, did_you_mean(setting.port, [p.name for p in ports]),
                      role=role, name=setting.port)
        columns = [self._column(name, setting.place) for name in setting.columns]
        if port is None or None in columns:
            return None
        return Bound(port, role, tuple(Column(c) for c in columns if c is not None), setting.place)

    def _column(self, name: str, place: str) -> str | None:
        found = self.outline.find(name)
        if found is None:
            self._add("NN0506", place, name, did_you_mean(name, self.outline.names), title=self.outline.title, name=name)
        return found

    def _unsaid(self, port: Port, role: Role, number: int, said: Iterable[Bound]) -> Bound | None:
        """What a port is made of when the file does not say."""
        names = [port.name, *(TARGET_NAMES if role == "target" and len(self.targets) == 1 else ())]
        found = next((n for n in map(self.outline.find, names) if n is not None), None)
        if found is not None:
            return Bound(port, role, (Column(found),))
        usual = self.outline.inputs if role == "input" else self.outline.targets
        if len(usual) == len(self.inputs if role == "input" else self.targets):
            return Bound(port, role, (Column(usual[number]),))
        if role == "input" and self.outline.rest and len(self.inputs) == 1 and self.settings.targets:
            used = {c.name for b in said for c in b.columns} | {self.settings.weight}
            return Bound(port, role, tuple(Column(n) for n in self.outline.shapes if n not in used))
        return None

    def _unbound(self, role: str, port: Port) -> None:
        example = f"{role} {port.name} = " + ("columns(a, b)" if role == "input" else "a")
        self.report.add(problem("NN0507", word_span(self.text, self.settings.source.place, self.settings.source.kind),
                                helps=(f"add `{example}` to the data block, with columns of {self.outline.title}",),
                                role=role, port=port.name))

    def _weight(self) -> None:
        if self.settings.weight is not None:
            self._column(self.settings.weight, self.settings.source.place)

    def _transformed(self, bounds: list[Bound]) -> tuple[Bound, ...]:
        """The bindings, each column with its transforms."""
        ordered = sorted(self.settings.transforms, key=lambda t: ORDER.index(t.kind) if t.kind in ORDER else len(ORDER))
        for transform in ordered:
            for name in transform.names:
                bounds = self._apply(transform, name, bounds)
        return tuple(bounds)

    def _apply(self, transform: Transform, name: str, bounds: list[Bound]) -> list[Bound]:
        port = self.port_named(name, "input") or self.port_named(name, "target")
        if port is not None:
            return [self._marked(b, transform, lambda _: True, name) if b.port is port else b for b in bounds]
        column = self.outline.find(name)
        opened = [self._opened(b, column) for b in bounds]
        if column is None or not any(c.name == column for b in opened for c in b.columns):
            used = [c.name for b in bounds for c in b.columns]
            known = [p.name for p in (*self.inputs, *self.targets)] + [n for n in self.outline.names if n in used]
            self._add("NN0519", transform.place, name, did_you_mean(name, known), name=name)
            return bounds
        return [self._marked(b, transform, lambda c: c.name == column, name) for b in opened]

    def _opened(self, bound: Bound, column: str | None) -> Bound:
        """The binding with an array replaced by its columns, if `column` is one of them."""
        members = self.outline.members
        columns = tuple(Column(part, c.transforms) for c in bound.columns
                        for part in (members[c.name] if column in members.get(c.name, ()) else (c.name,)))
        return replace(bound, columns=columns)

    def _marked(self, bound: Bound, transform: Transform, chosen: Callable[[Column], bool], name: str) -> Bound:
        if any(chosen(c) and any(t.kind == transform.kind for t in c.transforms) for c in bound.columns):
            self._add("NN0527", transform.place, name, name=name, done=PAST.get(transform.kind, "changed"))
            return bound
        return replace(bound, columns=tuple(replace(c, transforms=(*c.transforms, transform)) if chosen(c) else c
                                            for c in bound.columns))


def did_you_mean(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """A hint at the nearest name, or the names there are if they are few."""
    found = nearest(name, known) if len(name) > 1 else None  # of a single letter every other is near, which helps nobody
    if found:
        return (f"did you mean `{found}`?",)
    return ("there are " + ", ".join(f"`{k}`" for k in known),) if 0 < len(known) <= 8 else ()


def shape_problems(bounds: Iterable[Bound], outline: Outline, mismatch: Callable[[Bound, tuple[int, ...]], Diagnostic],
                   report: Report) -> None:
    """Report ports whose shape the data cannot have, as far as shapes tell; how wide `encode` makes a column, values tell."""
    for bound in bounds:
        if any(t.kind == "encode" for c in bound.columns for t in c.transforms):
            continue
        shapes = [outline.shapes[c.name] for c in bound.columns]
        found = shapes[0] if len(shapes) == 1 else (sum(math.prod(s) for s in shapes),)
        if not fits(found, bound.port.shape):
            report.add(mismatch(bound, found))


def fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether data of one shape may be read as another: axes of size 1 come and go, and a flat row fills any shape in order."""
    one, other = ([n for n in shape if n != 1] for shape in (found, wanted))
    return one == other or (min(len(one), len(other)) <= 1 and math.prod(found) == math.prod(wanted))
