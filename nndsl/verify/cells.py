"""Memory of plain Python: every tensor has a place of its own, and an entry that was never stored cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.rules import applied

Key = tuple[str, int]
"""An entry: its tensor and its row-major position."""

GIVEN_ROLES = ("input", "target", "parameter", "state", "total")


def next_value(tensor: str) -> str:
    """The name of what a tensor that was given is set to."""
    return tensor + " next"


class Unstored(LookupError):
    """Something was read that nobody had stored, or that is no entry."""


@dataclass(frozen=True)
class Place:
    """Where a tensor stands.

    Args:
        start: its first entry.
        entries: which entry, row-major, each cell holds.
    """

    start: int
    entries: Sequence[int]


class Cells:
    """Cells for tensors of given extents.

    Args:
        shapes: by tensor.
        orders: axes from slowest to fastest in memory, where that is not the order of the shape.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], orders: Mapping[str, tuple[int, ...]] | None = None) -> None:
        self.shapes = dict(shapes)
        self.places: dict[str, Place] = {}
        self.owners: list[Key | None] = []
        for name, shape in shapes.items():
            entries = _entries(shape, (orders or {}).get(name, ()))
            self.places[name] = Place(len(self.owners), entries)
            self.owners += [*((name, k) for k in entries), None]
        self.values: list[Any] = [None] * len(self.owners)

    def fill(self, name: str, values: Sequence[Any]) -> None:
        """Store a tensor that is given, its entries row-major."""
        place = self.places[name]
        for position, entry in enumerate(place.entries):
            self.values[place.start + position] = values[entry]

    def tensor(self, name: str) -> list[Any]:
        """The entries of a tensor, row-major; None where nothing was stored."""
        place = self.places[name]
        found: list[Any] = [None] * len(place.entries)
        for position, entry in enumerate(place.entries):
            found[entry] = self.values[place.start + position]
        return found

    def get(self, position: int) -> Any:
        """What a cell holds."""
        value = self.values[position] if position >= 0 else None
        if value is None:
            raise Unstored(f"nothing was stored in {self.owners[position]}")
        return value

    def set(self, position: int, value: Any) -> None:
        """Store a number."""
        if position < 0 or self.owners[position] is None:
            raise Unstored("what is stored belongs to no tensor")
        self.values[position] = value

    def cut(self) -> None:
        """What was stored since the last cut is, from here on, looked at as entries."""

    def drawn(self, position: int) -> tuple[Any, ...]:
        """The kind, stream and number of the random number that a cell holds."""
        raise Unstored("numbers do not tell where they were drawn")


@dataclass
class Definitions:
    """How entries were computed.

    Args:
        algebra: of their values.
        forms: by the atom that stands for an entry, its form in terms of entries.
        keys: the entry that an atom stands for.
        private: whose entries are told apart: values that were overwritten after somebody had read them.
    """

    algebra: Algebra
    private: str = ""
    forms: dict[int, Value] = field(default_factory=dict)
    keys: dict[Key, int] = field(default_factory=dict)

    def define(self, key: Key, form: Value) -> Value:
        """The symbol for an entry with this form."""
        symbol = self.algebra.symbol(key, form.number)
        (((atom, _),),) = symbol.terms
        self.forms.pop(atom, None)  # it goes to the end: entries stand in the order of time
        self.forms[atom] = form
        self.keys[key] = atom
        return symbol

    def retire(self, key: Key) -> None:
        """Give the value that is about to be overwritten a name of its own, as others have read it."""
        atom = self.keys[key]
        old = self.algebra.symbol((self.private, len(self.forms), *key), self.forms[atom].number)
        (((new, _),),) = old.terms
        self.forms = {(new if a == atom else a): substituted(f, {atom: old}) for a, f in self.forms.items()}


class CutCells(Cells):
    """Cells in which every stored entry becomes a symbol, and what was stored its definition.

    Args:
        shapes, orders: as for `Cells`.
        definitions: where definitions go.
        given: tensors that hold something at first; what is stored in them counts as their next value.
        whole: tensors of whole numbers, which stay numbers.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], definitions: Definitions,
                 orders: Mapping[str, tuple[int, ...]] | None = None, given: frozenset[str] = frozenset(),
                 whole: frozenset[str] = frozenset()) -> None:
        super().__init__(shapes, orders)
        self.definitions, self.given, self.whole = definitions, given, whole
        self._written: dict[int, None] = {}
        self._read: set[int] = set()
        self._shared: set[int] = set()

    def get(self, position: int) -> Any:
        """What a cell holds."""
        self._read.add(position)
        return super().get(position)

    def set(self, position: int, value: Any) -> None:
        """Store a number."""
        super().set(position, value)
        self._written[position] = None

    def drawn(self, position: int) -> tuple[Any, ...]:
        """The kind, stream and number of the random number that a cell holds; empty for anything else."""
        algebra = self.definitions.algebra
        value = self.get(position)
        for forms in (self.definitions.forms, {}):
            if len(value.terms) != 1 or [e for m in value.terms for _, e in m] != [1] or list(value.terms.values()) != [1]:
                return ()
            (((atom, _),),) = value.terms
            value = forms.get(atom, value)
        key = algebra.atoms[atom].key
        return tuple(key[1:]) if key[0] == "random number" else ()

    def cut(self) -> None:
        """Turn what was stored since the last cut into symbols."""
        old = self._overwritten()
        for position in self._written:
            value, key = self.values[position], self.owners[position]
            assert key is not None
            if key[0] in self.whole:
                continue
            key = (next_value(key[0]), key[1]) if key[0] in self.given else key
            if position in self._shared and key in self.definitions.keys:
                self.definitions.retire(key)
                self._shared.discard(position)
            form = value if isinstance(value, Value) else self.definitions.algebra.constant(float(value))
            form = substituted(form, old) if old else form
            self.values[position] = self.definitions.define(key, form)
        self._shared |= {p for p in self._read if p not in self._written}
        self._written, self._read = {}, set()

    def _overwritten(self) -> dict[int, Value]:
        """What stood before in the entries stored anew, for those who read it just before."""
        definitions, found = self.definitions, {}
        for position in self._written:
            key = self.owners[position]
            assert key is not None
            key = (next_value(key[0]), key[1]) if key[0] in self.given else key
            if key in definitions.keys and position not in self._shared:
                found[definitions.keys[key]] = definitions.forms[definitions.keys[key]]
        return found


def substituted(value: Value, forms: Mapping[int, Value], done: dict[int, Value] | None = None) -> Value:
    """A value with forms in place of symbols, inside functions and brackets too.

    Args:
        value: the value.
        forms: what stands in place of which atom.
        done: atoms that were rewritten already with the same forms.
    """
    done = {} if done is None else done
    algebra, kept, result = value.algebra, {}, None
    for monomial, coefficient in value.terms.items():
        changed = [(atom, e, _rewritten(atom, forms, algebra, done)) for atom, e in monomial]
        if all(new is None for _, _, new in changed):
            kept[monomial] = coefficient
            continue
        term = Value(algebra, {tuple((a, e) for a, e, new in changed if new is None): coefficient}, value.number)
        for _, exponent, new in changed:
            if new is not None:
                term = term * (new if exponent == 1 else new.power(exponent))
        result = term if result is None else result + term
    if result is None:
        return value
    result = Value(algebra, kept, 0.0) + result
    result.number = value.number
    return result


def _rewritten(atom: int, forms: Mapping[int, Value], algebra: Algebra, done: dict[int, Value]) -> Value | None:
    """What an atom becomes; None if it stays."""
    if atom in forms:
        return forms[atom]
    found = algebra.atoms[atom]
    if not found.operands:
        return None
    if atom not in done:
        operands = [substituted(x, forms, done) for x in found.operands]
        same = all(new is old for new, old in zip(operands, found.operands, strict=True))
        unchanged = Value(algebra, {((atom, 1),): 1}, float("nan"))
        done[atom] = unchanged if same else _applied(algebra, found.kind, operands)
    new = done[atom]
    return None if new.terms == {((atom, 1),): 1} else new


def _applied(algebra: Algebra, kind: str, operands: Sequence[Value]) -> Value:
    """An atom's function, or its bracket, of other operands."""
    return operands[0] if kind == "group" else applied(algebra, kind, *operands)


def _entries(shape: tuple[int, ...], order: tuple[int, ...]) -> Sequence[int]:
    if not order or tuple(order) == tuple(range(len(shape))):
        return range(prod(shape))
    strides = [prod(shape[axis + 1:]) for axis in range(len(shape))]
    return [sum(i * strides[axis] for i, axis in zip(index, order, strict=True)) for index in
            product(*(range(shape[axis]) for axis in order))]
