"""Finding patterns in formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from nndsl.ir.expression import Apply, Expr, Number, Read, apply, walk
from nndsl.passes.patterns import Bound, Rule, Term, instantiate, is_hole, negated, root, variables_fit

Part = tuple[bool, Expr]
"""A term of a sum and whether it is subtracted, or a factor of a product and whether it is divided by."""

Unfold = Callable[[Read], Expr | None]
"""The formula that defines an entry, or None where it is not to be looked into."""

DEPTH = 4  # how many definitions one behind the other are looked through


def never(entry: Read) -> Expr | None:
    """Look into no entry."""
    return None


# ---------------------------------------------------------------------------------------------------- sums and products


@dataclass(frozen=True)
class Family:
    """Sums, or products: what can be taken apart and joined in any order."""

    joined: str
    parted: str
    unit: int

    def parts(self, expr: Expr, unfold: Unfold = never, depth: int = DEPTH) -> list[Part]:
        """The terms of a sum, or the factors of a product, in the order written; a sign is a factor -1."""
        if self.joined == "mul":
            negative, expr = _without_sign(expr)
            return [*self._flat(expr, False, unfold, depth), *([(False, Number(-1))] if negative else [])]
        return self._flat(expr, False, unfold, depth)

    def _flat(self, expr: Expr, flipped: bool, unfold: Unfold, depth: int) -> list[Part]:
        match expr:
            case Apply(operation, (left, right)) if operation in (self.joined, self.parted):
                other = flipped != (operation == self.parted)
                return [*self._flat(left, flipped, unfold, depth), *self._flat(right, other, unfold, depth)]
            case Read() if depth and (inner := unfold(expr)) and _heads(inner, (self.joined, self.parted, "neg")):
                return self._flat(inner, flipped, unfold, depth - 1)
            case _ if self.joined == "add":
                negative, rest = _without_sign(expr)
                return self._flat(rest, flipped != negative, unfold, depth) if negative else [(flipped, expr)]
            case Number(1) | Number(1.0):
                return []
            case _:
                return [(flipped, expr)]

    def join(self, parts: list[Part]) -> Expr:
        """A sum or product of parts, in their order, those subtracted or divided by last; a factor -1 becomes a sign."""
        if self.joined == "mul" and len(parts) > 1 and (False, Number(-1)) in parts:
            rest = list(parts)
            rest.remove((False, Number(-1)))
            return negated(self.join(rest))
        plain = [expr for flipped, expr in parts if not flipped]
        flipped = [expr for turned, expr in parts if turned]
        if plain or self.joined == "mul":
            total = plain.pop(0) if plain else Number(self.unit)
        else:
            total = negated(flipped.pop(0))
        for part in plain:
            total = apply(self.joined, total, part)
        if self.joined == "mul" and flipped:
            return apply(self.parted, total, self.join([(False, part) for part in flipped]))
        for part in flipped:
            total = apply(self.parted, total, part)
        return total


SUM = Family("add", "sub", 0)
PRODUCT = Family("mul", "div", 1)
FAMILIES = {"add": SUM, "sub": SUM, "mul": PRODUCT, "div": PRODUCT}


def _heads(expr: Expr, operations: tuple[str, ...]) -> bool:
    return isinstance(expr, Apply) and expr.operation in operations


def _without_sign(expr: Expr) -> tuple[bool, Expr]:
    """Whether a formula is written as a negative one, and the formula without that sign."""
    match expr:
        case Number(value) if value < 0:
            return True, Number(-value)
        case Apply("neg", (inner,)):
            negative, rest = _without_sign(inner)
            return not negative, rest
        case Apply("mul" | "div" as operation, (left, right)):
            (first, left), (second, right) = _without_sign(left), _without_sign(right)
            return first != second, apply(operation, left, right)
        case _:
            return False, expr


def same(one: Expr, two: Expr) -> bool:
    """Whether two formulas are equal up to the order of terms and factors."""
    return one == two or _key(one) == _key(two)


def _key(expr: Expr) -> str:
    family = FAMILIES.get(expr.operation) if isinstance(expr, Apply) else None
    if family:
        return family.joined + str(sorted((flipped, _key(part)) for flipped, part in family.parts(expr)))
    if isinstance(expr, Apply):
        return expr.operation + str([_key(x) for x in expr.operands])
    return repr(expr)


# ---------------------------------------------------------------------------------------------------- matching


@dataclass(frozen=True)
class Matcher:
    """Looks for patterns in formulas, and through `unfold` in those behind their entries."""

    unfold: Unfold = never

    def rewritten(self, expr: Expr, rule: Rule) -> Expr | None:
        """The formula rewritten by a rule at its root, or None if the rule does not fit there."""
        matcher = self if rule.across else Matcher()
        pattern = rule.pattern.expr
        family = FAMILIES.get(pattern.operation) if isinstance(pattern, Apply) else None
        if family is None:
            found = next((bound for bound in matcher.match(pattern, expr, {}) if rule.given(bound)), None)
            return None if found is None else instantiate(rule.replacement.expr, found)
        if not (isinstance(expr, Apply) and FAMILIES.get(expr.operation) is family):
            return None
        return matcher._part_of(family, expr, rule)

    def _part_of(self, family: Family, expr: Expr, rule: Rule) -> Expr | None:
        """Some parts of a sum or product are rewritten, the others stay; of a sum also with all signs turned."""
        wanted = family.parts(rule.pattern.expr)
        for parts, turned in product(self._openings(family, expr), (False, True) if family is SUM else (False,)):
            given = [(flipped != turned, part) for flipped, part in parts]
            for bound, rest in self._assign(family, wanted, given, {}):
                if rule.given(bound):
                    at = next(i for i in range(len(given)) if i >= len(rest) or given[i] is not rest[i])
                    new = (False, instantiate(rule.replacement.expr, bound))
                    return family.join([(flipped != turned, part) for flipped, part in [*rest[:at], new, *rest[at:]]])
        return None

    def _openings(self, family: Family, expr: Expr) -> Iterator[list[Part]]:
        """The parts of a sum or product, first as written, then with one entry at a time opened."""
        parts = family.parts(expr)
        yield parts
        for number, (flipped, part) in enumerate(parts):
            inner = family.parts(part, self.unfold)
            if inner != [(False, part)]:
                yield [*parts[:number], *((flipped != turned, x) for turned, x in inner), *parts[number + 1:]]

    def match(self, pattern: Expr, expr: Expr, bound: Bound) -> Iterator[Bound]:
        """Every way in which a pattern fits a whole formula."""
        match pattern:
            case Read(tensor) if is_hole(pattern):
                if tensor in bound:
                    yield from [bound] if same(bound[tensor], expr) else []
                elif variables_fit(tensor, expr):
                    yield {**bound, tensor: expr}
            case Number(value):
                yield from [bound] if isinstance(expr, Number) and expr.value == value else []
            case Apply("neg", (inner,)):
                yield from self.match(inner, negated(expr), bound)
            case Apply(operation) if operation in FAMILIES:
                yield from self._whole(FAMILIES[operation], pattern, expr, bound)
            case Apply(operation, operands):
                seen = self._seen_through(expr)
                if isinstance(seen, Apply) and seen.operation == operation:
                    yield from self._each(operands, seen.operands, bound)

    def _seen_through(self, expr: Expr) -> Expr:
        """What is behind an entry."""
        for _ in range(DEPTH):
            inner = self.unfold(expr) if isinstance(expr, Read) else None
            if inner is None:
                break
            expr = inner
        return expr

    def _each(self, patterns: tuple[Expr, ...], exprs: tuple[Expr, ...], bound: Bound) -> Iterator[Bound]:
        if not patterns:
            yield bound
            return
        for first in self.match(patterns[0], exprs[0], bound):
            yield from self._each(patterns[1:], exprs[1:], first)

    def _whole(self, family: Family, pattern: Expr, expr: Expr, bound: Bound) -> Iterator[Bound]:
        wanted = family.parts(pattern)
        for parts in self._openings(family, expr):
            for found, rest in self._assign(family, wanted, parts, bound):
                if not rest:
                    yield found

    def _assign(self, family: Family, wanted: list[Part], parts: list[Part],
                bound: Bound) -> Iterator[tuple[Bound, list[Part]]]:
        """Every way to find the wanted parts among those given, and what is left; a lone variable takes all that is left."""
        wanted = sorted(wanted, key=lambda part: is_hole(part[1]))  # what says most is looked for first
        if not wanted:
            yield bound, parts
            return
        (flipped, pattern), *others = wanted
        if is_hole(pattern) and not others and parts:
            taken = family.join([(turned != flipped, part) for turned, part in parts])
            yield from ((found, []) for found in self.match(pattern, taken, bound))
            return
        for position, (turned, part) in enumerate(parts):
            if turned == flipped:
                for found in self.match(pattern, part, bound):
                    yield from self._assign(family, others, parts[:position] + parts[position + 1:], found)


def rewritten(expr: Expr, rules: tuple[Rule, ...], unfold: Unfold = never) -> Expr:
    """A formula with all rules applied, outermost first, until none fits; index formulas stay as they are."""
    there = _operations(expr, unfold, DEPTH)
    possible = tuple(rule for rule in rules if rule.needs <= there)
    return _rewritten(expr, rules, possible, Matcher(unfold)) if possible else expr


def _rewritten(expr: Expr, rules: tuple[Rule, ...], possible: tuple[Rule, ...], matcher: Matcher) -> Expr:
    for rule in possible:
        new = matcher.rewritten(expr, rule) if rule.root == root(expr) else None
        if new is not None:
            return rewritten(new, rules, matcher.unfold)
    inner = _with_operands(expr, lambda x: _rewritten(x, rules, possible, matcher))
    return expr if inner == expr else rewritten(inner, rules, matcher.unfold)


def _operations(expr: Expr, unfold: Unfold, depth: int) -> set[str]:
    """The operations in a formula, and in those behind its entries."""
    found = {node.operation for node in walk(expr) if isinstance(node, Apply)}
    for entry in {node.tensor: node for node in walk(expr) if isinstance(node, Read)}.values():
        inner = unfold(entry) if depth else None
        found |= set() if inner is None else _operations(inner, unfold, depth - 1)
    return found


def _with_operands(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    match expr:
        case Apply(operation, operands):
            return Apply(operation, tuple(change(x) for x in operands))
        case Read(tensor, index, other, stop) if other is not None:
            return Read(tensor, index, change(other), stop)
        case _:
            return expr


def exactly(rule: Rule, expr: Expr) -> Expr | None:
    """A formula rewritten by a rule that must fit its root as it is written, but for the two sides of `+` and `*`."""
    found = fits(rule.pattern, expr, rule.given)
    return None if found is None else instantiate(rule.replacement.expr, found)


def fits(pattern: Term, expr: Expr, given: Callable[[Bound], bool] = lambda bound: True) -> Bound | None:
    """What a pattern's variables stand for if it fits a formula as it is written; None if it does not."""
    return next((bound for bound in _exact(pattern.expr, expr, {}) if given(bound)), None)


def _exact(pattern: Expr, expr: Expr, bound: Bound) -> Iterator[Bound]:
    match pattern, expr:
        case Read(tensor), _ if is_hole(pattern):
            if bound.get(tensor, expr) == expr and variables_fit(tensor, expr):
                yield {**bound, tensor: expr}
        case Number(value), Number(other):
            yield from [bound] if value == other else []
        case Apply(operation, operands), Apply(other_operation, others) if operation == other_operation:
            orders = [others, others[::-1]] if operation in ("add", "mul") else [others]
            for order in orders:
                yield from _exact_each(operands, order, bound)


def _exact_each(patterns: tuple[Expr, ...], exprs: tuple[Expr, ...], bound: Bound) -> Iterator[Bound]:
    if not patterns:
        yield bound
        return
    for first in _exact(patterns[0], exprs[0], bound):
        yield from _exact_each(patterns[1:], exprs[1:], first)
