"""A kernel's parameters: arrays as views that start where the loops do, and the extents and strides its loops run by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from nndsl.emit.names import KERNEL, Names
from nndsl.ir.access import accesses
from nndsl.ir.affine import Affine, Poly, extent, flat, index_and_rest, number
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Expr, Extent, Index, Number


@dataclass(frozen=True)
class View:
    """An array parameter.

    Args:
        name: in the kernel.
        tensor: which tensor.
        offset: the entry at which the view starts; the index of a scan around may stand in it.
    """

    name: str
    tensor: str
    offset: Affine


@dataclass(frozen=True)
class Place:
    """An entry of a view.

    Args:
        view: the array's name.
        terms: texts that add up to the affine part of the position.
        rest: pairs of a stride's text and an integer formula, for what is not affine.
    """

    view: str
    terms: tuple[str, ...]
    rest: tuple[tuple[str, Expr], ...]


@dataclass
class Parameters:
    """What a kernel is called with; grows while the kernel is written.

    Args:
        tensors: by name.
        written: those that the kernel writes. Of each there is one view only, since views are taken not to overlap.
        sliced: those of them of which there is a view for each slice that a scan keeps apart.
        outer: the index of the outermost loop, where its turns may be shared between threads.
        steps: by view, how far each of its entries goes from one turn of that loop to the next.
    """

    tensors: Mapping[str, Tensor]
    written: frozenset[str] = frozenset()
    sliced: frozenset[str] = frozenset()
    outer: str = ""
    steps: dict[str, set[str]] = field(default_factory=dict)
    views: dict[tuple[str, str], View] = field(default_factory=dict)
    numbers: dict[str, Poly | Index] = field(default_factory=dict)
    scalars: dict[str, None] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names(KERNEL))
    _loops: dict[str, tuple[Poly, str]] = field(default_factory=dict)
    _sizes: dict[tuple[str, Poly], str] = field(default_factory=dict)

    def loop(self, index: str, reach: Poly, name: str) -> str:
        """Enter a loop over `index`, called `name` in the kernel; gives the text of its extent."""
        if (name, reach) not in self._sizes:
            self._sizes[name, reach] = self.number(f"{name}_size", reach)
        self._loops[index] = (reach, self._sizes[name, reach])
        return self._sizes[name, reach]

    def spans(self, index: str, reach: Extent) -> bool:
        """Whether the loop over `index` runs exactly so far."""
        return index in self._loops and self._loops[index][0] == extent(reach)

    def stride(self, value: Poly) -> str:
        """The text of a stride that belongs to no array."""
        return self._stride(value, Affine())

    def number(self, name: str, value: Poly) -> str:
        """A new integer parameter."""
        found = self.names.new(name)
        self.numbers[found] = value
        return found

    def scalar(self, name: str) -> str:
        """A number known only at run time, as `step`."""
        self.scalars[name] = None
        return name

    def running(self, index: str) -> str:
        """The index of a scan around, as an integer parameter."""
        known = next((name for name, value in self.numbers.items() if value == Index(index)), None)
        if known is None:
            known = self.names.new(index)
            self.numbers[known] = Index(index)
        return known

    def view(self, tensor: str, offset: Affine) -> View:
        """The array parameter for a tensor from an entry on."""
        key = (tensor, offset_text(offset))
        if key not in self.views:
            self.views[key] = View(self.names.new(_short(tensor)), tensor, offset)
        return self.views[key]

    def place(self, tensor: str, index: tuple[Expr, ...], names: Mapping[str, str]) -> Place:
        """Where `tensor[index]` stands.

        Args:
            tensor: its name.
            index: one formula an axis.
            names: what the indices are called in the kernel.
        """
        where = flat(self.tensors[tensor], index)
        start = self._start(tensor, index, where.form, names)
        form = where.form + start.scaled(number(-1))
        terms = [self._times(form.of(i), names.get(i) or self.running(i), form) for i in form.coefficients]
        if form.constant:
            terms.append(str(form.constant) if form.constant.constant is not None else self._stride(form.constant, Affine()))
        rest = tuple(("" if s == number(1) else self._stride(s, form), e) for s, e in where.rest)
        view = self.view(tensor, start).name
        step = form.of(self.outer)
        self.steps.setdefault(view, set()).add("" if not step else "1" if step == number(1) else self._stride(step, form))
        return Place(view, tuple(terms), rest)

    def _start(self, tensor: str, index: tuple[Expr, ...], form: Affine, names: Mapping[str, str]) -> Affine:
        """The part of a position that is the same all over the kernel, from which a view starts."""
        if tensor in self.written:
            fixed = (i if tensor in self.sliced and _is_slice(i, names) else Number(0) for i in index)
            return flat(self.tensors[tensor], tuple(fixed)).form
        if any(c < 0 for i, step in form.coefficients.items() if i in names for c in step.powers):
            return Affine()  # what is left for the loops must not be negative
        running = {i: c for i, c in form.coefficients.items() if i not in names}
        ahead = bool(running) or all(c >= 0 for c in form.constant.powers)
        return Affine(running, form.constant if ahead else Poly())

    def _times(self, coefficient: Poly, name: str, form: Affine) -> str:
        return name if coefficient == number(1) else f"{name} * {self._stride(coefficient, form)}"

    def _stride(self, value: Poly, form: Affine) -> str:
        """The text of a stride: the extent of the next faster index where the entries lie packed, else a parameter."""
        if value == number(-1):
            return "-1"
        for inner, (reach, text) in self._loops.items():
            step = form.of(inner)
            if step and step != value and step * reach == value:
                return text if step == number(1) else f"{text} * {self._stride(step, form)}"
        known = next((n for n, v in self.numbers.items() if v == value and n.startswith("stride")), None)
        return known or self.number("stride", value)


def sliced(tensor: str, equations: Iterable[Equation]) -> bool:
    """Whether every entry of a tensor that a kernel touches lies in a slice that the index of a scan around numbers.

    Slices of different numbers never overlap, so each may be a view of its own.
    """
    axes: set[int] | None = None
    for equation in equations:
        loops = [name for name, _ in equation.ranges]
        for access in accesses(equation):
            if access.tensor == tensor:
                found = {axis for axis, formula in enumerate(access.index) if _is_slice(formula, loops)}
                axes = found if axes is None else axes & found
    return bool(axes)


def _is_slice(formula: Expr, loops: Collection[str]) -> bool:
    """Whether an index formula is the index of a scan and a number."""
    found = index_and_rest(formula)
    return found is not None and found[0] not in loops


def offset_text(offset: Affine, names: Mapping[str, str] | None = None) -> str:
    """A position as Python text over the name `batch`.

    Args:
        offset: the position.
        names: what the indices of scans are called.
    """
    steps = [f"{_factor(c)}{(names or {}).get(i, i)}" for i, c in offset.coefficients.items()]
    return " + ".join([*([str(offset.constant)] if offset.constant else []), *steps]).replace("+ -", "- ")


def _factor(value: Poly) -> str:
    text = str(value)
    return {"1": "", "-1": "-"}.get(text, f"({text})*" if " " in text else f"{text}*")


def _short(tensor: str) -> str:
    """The last part of a dotted name, with its sign of a gradient."""
    sign = "∂" * (len(tensor) - len(tensor.lstrip("∂")))
    return sign + tensor.lstrip("∂").rsplit(".", 1)[-1]
