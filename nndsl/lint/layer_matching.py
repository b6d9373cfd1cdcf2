"""Which layer of one model is which of another, whatever numbers their automatic names carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from nndsl.checking.checked import Checked, Instance
from nndsl.ir.equation import Equation, Program, Scan
from nndsl.ir.expression import Expr, Read, rebuild
from nndsl.ir.printer import equation_text

OUTSIDE = "in"
"""What stands for a tensor of another layer where only a layer's own formulas count."""


@dataclass(frozen=True)
class Pairing:
    """The layers of two models.

    Args:
        same: the name in the second model of each layer of the first that it still has.
        removed, added: the others.
    """

    same: Mapping[str, str]
    removed: tuple[Instance, ...]
    added: tuple[Instance, ...]


def paired(before: Checked, after: Checked) -> Pairing:
    """Match the layers of two models: by the names that users gave, else in their order by what they compute.

    Args:
        before, after: with flat equations.
    """
    contents = [_contents(model) for model in (before, after)]
    pairs = dict(_matched(("", ""), before.instances, after.instances, contents))
    return Pairing(pairs, tuple(i for i in before.instances if i.name not in pairs),
                   tuple(i for i in after.instances if i.name not in pairs.values()))


def _matched(parents: tuple[str, str], before: Sequence[Instance], after: Sequence[Instance],
             contents: Sequence[Mapping[str, Hashable]]) -> Iterator[tuple[str, str]]:
    """The pairs among layers that stand in the same one, "" for none, and in turn among those inside of each."""
    levels = [[i for i in instances if _parent(i, instances) == parent]
              for instances, parent in zip((before, after), parents, strict=True)]
    for one, two in _level(levels[0], levels[1], contents):
        yield one.name, two.name
        yield from _matched((one.name, two.name), before, after, contents)


def _parent(instance: Instance, instances: Sequence[Instance]) -> str:
    """The layer that a layer stands in; "" if in none."""
    return max((i.name for i in instances if instance.name.startswith(i.name + ".")), key=len, default="")


def _level(before: Sequence[Instance], after: Sequence[Instance],
           contents: Sequence[Mapping[str, Hashable]]) -> Iterator[tuple[Instance, Instance]]:
    named = {i.name: i for i in before if not automatic(i)}
    fixed = [(named[i.name], i) for i in after
             if not automatic(i) and i.name in named and named[i.name].definition == i.definition]
    yield from fixed
    used = {id(i) for pair in fixed for i in pair}
    rest = [[i for i in instances if id(i) not in used] for instances in (before, after)]
    keys: tuple[Callable[[Instance, int], Hashable], ...] = (
        lambda i, side: (i.definition, i.inputs, i.outputs, contents[side][i.name]),
        lambda i, side: (i.definition, i.outputs, contents[side][i.name]),
        lambda i, side: (i.definition, i.inputs, i.outputs),
        lambda i, side: (i.definition, i.outputs),
        lambda i, side: i.definition,
    )
    yield from _aligned(rest[0], rest[1], keys)


def _aligned(before: Sequence[Instance], after: Sequence[Instance],
             keys: Sequence[Callable[[Instance, int], Hashable]]) -> Iterator[tuple[Instance, Instance]]:
    """Pairs in order whose first key agrees, and between them those whose next one does."""
    if not keys or not before or not after:
        return
    first, *others = keys
    matcher = SequenceMatcher(None, [first(i, 0) for i in before], [first(i, 1) for i in after], autojunk=False)
    for what, low, high, other_low, other_high in matcher.get_opcodes():
        if what == "equal":
            yield from zip(before[low:high], after[other_low:other_high], strict=True)
        else:
            yield from _aligned(before[low:high], after[other_low:other_high], others)


def automatic(instance: Instance) -> bool:
    """Whether a layer is called by its definition and a running number."""
    return re.fullmatch(re.escape(instance.definition) + r"_\d+", instance.name.rpartition(".")[2]) is not None


def _contents(model: Checked) -> dict[str, Hashable]:
    """Of each layer, its own formulas in training, as text in which only its own tensors have names."""
    names = sorted((i.name for i in model.instances), key=len, reverse=True)
    found: dict[str, list[str]] = {name: [] for name in names}
    for equation in model.learn.equations():
        owner = next((name for name in names if equation.out.startswith(name + ".")), None)
        if owner is not None:
            found[owner].append(equation_text(_alone(equation, owner)))
    return {name: tuple(texts) for name, texts in found.items()}


def _alone(equation: Equation, owner: str) -> Equation:
    def called(name: str) -> str:
        return name.removeprefix(owner + ".") if name.startswith(owner + ".") else OUTSIDE

    return replace(equation, out=called(equation.out), expr=_with_names(equation.expr, called))


def _with_names(expr: Expr, called: Callable[[str], str]) -> Expr:
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Read):
            return None
        other = None if node.other is None else _with_names(node.other, called)
        return replace(node, tensor=called(node.tensor), index=tuple(_with_names(i, called) for i in node.index), other=other)

    return rebuild(expr, change)


# ---------------------------------------------------------------------------------------------------- renaming


def called_as_before(pairing: Pairing, taken: Iterable[str]) -> Callable[[str], str]:
    """From a tensor's name in the second model to that in the first; those of layers that are new get names of their own."""
    new = {after: before for before, after in pairing.same.items()}
    new |= {i.name: f"{i.name} (new)" if i.name in set(taken) else i.name for i in pairing.added}
    names = sorted(new, key=len, reverse=True)

    def called(name: str) -> str:
        sign = "∂" if name.startswith("∂") else ""
        bare = name[len(sign):]
        lead = "target." if bare.startswith("target.") else ""
        owner = next((n for n in names if bare == n or bare.startswith((n + ".", n + ":"))), None)
        return name if owner is None or lead else sign + new[owner] + bare[len(owner):]

    return called


def with_tensors_called(program: Program, called: Callable[[str], str]) -> Program:
    """A program whose tensors are called otherwise."""
    def equation(old: Equation) -> Equation:
        return replace(old, out=called(old.out), index=tuple(_with_names(i, called) for i in old.index),
                       expr=_with_names(old.expr, called), winner=called(old.winner) if old.winner else "",
                       guard=tuple((_with_names(f, called), e) for f, e in old.guard))

    steps = tuple(replace(s, body=tuple(map(equation, s.body))) if isinstance(s, Scan) else equation(s) for s in program.steps)
    tensors = {called(name): replace(tensor, name=called(name)) for name, tensor in program.tensors.items()}
    return Program(tensors, steps)
