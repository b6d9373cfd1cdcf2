"""`einsum` and its kin: sums of products whose indices stand in a text that a setting gives."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.checking.elaborate.arrays import reduced
from nndsl.checking.elaborate.builder import SAMPLE, free
from nndsl.checking.elaborate.evaluate import as_array, describe, evaluate, known, whole
from nndsl.checking.elaborate.frame import Place
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.values import Array, Value
from nndsl.diagnostics import Span
from nndsl.ir.expression import Apply, Expr, Extent, Index, Number
from nndsl.syntax.tree import Call

DOTS = "..."
SAMPLES = "the batch"
"""What the letter of the batch stands for."""


@dataclass(frozen=True)
class Operand:
    """What a term of the equation stands for.

    Args:
        value: the tensor; None where only its shape is known.
        shape: its extents, None for those that are not known; without the batch.
        span: where it is given.
    """

    value: Array | None
    shape: tuple[int | None, ...]
    span: Span

    @property
    def batched(self) -> bool:
        """Whether there is one for each sample."""
        return self.value is not None and SAMPLE in free(self.value.expr)


def einsum(node: Call, place: Place) -> Value:
    """`einsum("ab,bc->ac", x, w)`: the products of the operands, summed over what the result lacks."""
    span, (*terms, result) = node.arguments[0].value.span, _terms(node, place)
    operands = [_operand(node, number, place) for number in range(1, len(node.arguments))]
    if None in operands or len(operands) != len(terms):
        raise _wrong(span, result, f"has {len(terms)} terms for {len(operands)} operands")
    given = [one for one in operands if one is not None]
    reader = _Reader(span)
    for term, operand in zip(terms, given, strict=True):
        reader.read(term, operand)
    out = reader.letters(result, None)
    if reader.batch and out[:1] != (reader.batch,):
        raise _wrong(span, result, f"must keep `{reader.batch}`, the batch, in front")
    kept = [letter for letter in out if letter != reader.batch]
    if missing := [letter for letter in kept if letter not in reader.sizes]:
        raise _wrong(span, result, f"has `{missing[0]}`, which no operand has")
    return _contraction(reader, [reader.letters(t, o) for t, o in zip(terms, given, strict=True)], given, kept, place)


def _contraction(reader: _Reader, letters: list[tuple[str, ...]], operands: list[Operand], kept: list[str],
                 place: Place) -> Array:
    """The sum of products over the letters that are not kept."""
    index = {letter: place.builder.indices.new(_index_name(letter), extent) for letter, extent in reader.sizes.items()}
    product: Expr | None = None
    for term, operand in zip(letters, operands, strict=True):
        if operand.value is not None:
            entry = operand.value.at(tuple(Index(index[letter]) for letter in term if letter != reader.batch))
            product = entry if product is None else Apply("mul", (product, entry))
    axes: tuple[tuple[str, Extent], ...] = tuple((index[letter], reader.sizes[letter]) for letter in kept)
    body = Array(axes, Number(1) if product is None else product)
    summed = tuple((index[letter], extent) for letter, extent in reader.sizes.items() if letter not in kept)
    return reduced("sum", summed, body, place.builder) if summed else body


def _index_name(letter: str) -> str:
    return letter if letter.isidentifier() else "i"


def shape(node: Call, place: Place) -> Value:
    """`einsum_shape("ab,bc->ac", 1, x, none, [5])`: the shape of one term, told by those of others."""
    span, terms = node.arguments[0].value.span, _terms(node, place)
    number = whole(known(node.arguments[1].value, place), node.arguments[1].value.span)
    operands = [_operand(node, at, place) for at in range(2, len(node.arguments))]
    if len(operands) != len(terms) or not 0 <= number < len(terms):
        raise _wrong(span, terms[-1], f"has {len(terms)} terms, the result included, for {len(operands)} shapes")
    reader = _Reader(span)
    for term, operand in sorted(zip(terms, operands, strict=True), key=lambda pair: pair[1] is None or None in pair[1].shape):
        if operand is not None:
            reader.read(term, operand)
    wanted = [letter for letter in reader.letters(terms[number], None) if letter != reader.batch]
    if missing := [letter for letter in wanted if letter not in reader.sizes]:
        raise _wrong(span, terms[number], f"has `{missing[0]}`, of which nothing says how large it is")
    return tuple(reader.sizes[letter] for letter in wanted)


def terms(node: Call, place: Place) -> Value:
    """`einsum_terms("ab,bc->ac")` is `["ab", "bc", "ac"]`."""
    return tuple(_terms(node, place))


def _terms(node: Call, place: Place) -> list[str]:
    """The terms of an equation, the result last; it is a text, or already a list of them.

    Raises:
        Mistake: it is no equation.
    """
    value, span = known(node.arguments[0].value, place), node.arguments[0].value.span
    if isinstance(value, str):
        left, arrow, right = value.replace(" ", "").partition("->")
        found = [*left.split(","), right]
        if not arrow:
            raise _wrong(span, value, "has no `->`")
    elif isinstance(value, tuple) and any(isinstance(x, str) for x in value):
        found = [x for x in value if isinstance(x, str)]
    else:
        raise mistake("NN0206", span, expected="an equation such as `\"ab,bc->ac\"`", found=describe(value))
    for term in found:
        if not term.replace(DOTS, "", 1).isalpha() and term.replace(DOTS, "", 1):
            raise _wrong(span, term, "has other signs than letters and one `...`")
    return found


def _operand(node: Call, number: int, place: Place) -> Operand | None:
    """What an argument stands for: a tensor, a shape where it is a list or a lone number, or None for `none`."""
    argument = node.arguments[number].value
    value = evaluate(argument, place.inner())
    if value is None:
        return None
    if isinstance(value, (tuple, int)) and not isinstance(value, bool):
        items = value if isinstance(value, tuple) else (value,)
        return Operand(None, tuple(None if x is None else whole(x, argument.span) for x in items), argument.span)
    found = as_array(value, argument.span, place)
    return Operand(found, tuple(int(extent) for extent in found.shape), argument.span)


def _wrong(span: Span, term: str, reason: str) -> Mistake:
    return mistake("NN0258", span, term=term, reason=reason)


class _Reader:
    """Finds out what the letters of an equation stand for.

    Args:
        span: the equation.
    """

    def __init__(self, span: Span) -> None:
        self.span = span
        self.sizes: dict[str, int] = {}
        self.batch = ""
        self.dots = 0

    def read(self, term: str, operand: Operand) -> None:
        """Take the extents of an operand for its letters.

        Raises:
            Mistake: it has more or fewer axes than letters, or a letter has two extents.
        """
        letters = [x for x in self.letters(term, operand) if x != self.batch]
        if operand.value is None and len(letters) != len(operand.shape):  # a stated shape may leave out what `...` stands for
            letters = [x for x in letters if not x.startswith(DOTS)]
        if len(letters) != len(operand.shape):
            raise _wrong(self.span, term, f"names {len(letters)} axes of {list(operand.shape)}")
        for letter, extent in zip(letters, operand.shape, strict=True):
            if extent is not None and self.sizes.setdefault(letter, extent) != extent:
                raise _wrong(operand.span, term, f"makes `{letter}` {extent}, where it is {self.sizes[letter]} already")

    def letters(self, term: str, operand: Operand | None) -> tuple[str, ...]:
        """The letters of a term, one an axis, `...` taken apart, the batch's included."""
        plain = term.replace(DOTS, "")
        if operand is not None:
            self._count(term, plain, operand)
        inside = tuple(f"{DOTS}{k}" for k in range(self.dots))
        before, found, after = term.partition(DOTS)
        return (*before, *(inside if found else ()), *after)

    def _count(self, term: str, plain: str, operand: Operand) -> None:
        """Find out which letter is the batch's, and how many axes `...` stands for."""
        spare = len(operand.shape) - len(plain)
        sampled = operand.value is None or operand.batched
        if plain and (spare == -1 if DOTS not in term else sampled and not term.startswith(DOTS)):
            self.batch = self.batch or plain[0]
        if DOTS in term:
            spare += bool(self.batch) and self.batch in plain
            self.dots = spare if operand.value is not None else self.dots or spare
