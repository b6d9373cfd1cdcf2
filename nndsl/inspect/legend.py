"""What the signs and names in gradients mean, each told only where it occurs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from nndsl.inspect.layers import innermost
from nndsl.inspect.reading import SELDOM, Group, Reading
from nndsl.ir.equation import SAMPLE_WEIGHT, target_name
from nndsl.ir.expression import BATCH, Apply, Derivative, Draw, Expr, Read, Scalar, walk
from nndsl.passes.starts import MARK

HOW_TO_READ = ("Each formula of the model stands over the slopes that the chain rule gives from it, which are indented. Read "
               "from top to bottom, from L to the weights: a line uses only what stands above it, and values of the forward "
               "pass.")
WINNER = "winner of "


def symbols(reading: Reading, groups: Sequence[Group]) -> Iterator[tuple[str, str]]:
    """Each sign or name that needs a word, and its meaning.

    Args:
        reading: the model's gradients.
        groups: those that are told.
    """
    lines = [line for group in groups for line in group.lines]
    written = [e for g in groups for e in (*g.formulas, *g.safe)] + [line.equation for line in lines]
    nodes = [node for e in written for formula in (*e.index, e.expr) for node in walk(formula)]
    names = dict.fromkeys([*(node.tensor for node in nodes if isinstance(node, Read)), *(e.out for e in written)])
    yield "L", "what training makes small" + (f": `{reading.loss.out}`" if reading.loss is not None else "")
    yield "δv", "short for ∂L/∂v: how much L changes with the entry v"
    yield "n", "counts the samples of a batch; other indices run along the axes that they stand in"
    if any(isinstance(node, Scalar) and node.name == BATCH for node in nodes):
        yield "batch", "the number of samples in a batch"
    if SAMPLE_WEIGHT in names:
        yield SAMPLE_WEIGHT, "how much a sample counts, 1 unless the data say otherwise"
    yield from _of_names(reading, names)
    yield from _of_signs(nodes, names)
    if any(line.equation.accumulate for line in lines):
        yield "+=", "adds to a slope that has several sources; all start at 0"
    if any(line.steps for line in lines):
        yield "for t = ...", "such lines belong to one recurrence, and are run together, step after step"


def _of_names(reading: Reading, names: Collection[str]) -> Iterator[tuple[str, str]]:
    for output in reading.outputs:
        if target_name(output) in names:
            yield target_name(output), f"what {output} should be, from the data"
    for name in names:
        owner = innermost(name, reading.instances)
        inside = re.fullmatch(r"(\w+)\.(\w+)", name[len(owner.name) + 1 :] if owner else name)
        if inside and inside[1] != "target" and not name.startswith(("δ", "∂")) and name in reading.users:
            yield name, f"the {inside[2]} that {inside[1]} is applied to{f' in {owner.name}' if owner else ''}"
            return  # one of them shows how the others are meant


def _of_signs(nodes: Sequence[Expr], names: Collection[str]) -> Iterator[tuple[str, str]]:
    operations = {node.operation for node in nodes if isinstance(node, Apply)}
    if "where" in operations:
        yield "where(condition, a, b)", "a where the condition holds, else b"
    yield from ((f"{name}(z)", meaning) for name, meaning in SELDOM.items() if name in operations)
    if any(isinstance(node, Read) and node.other is not None for node in nodes):
        yield "(x[i] else 0)", "0 where there is no entry x[i]"
    if any(isinstance(node, Read) and node.tensor.startswith(WINNER) for node in nodes):
        yield "winner of m", "the place of the entry that is the maximum or minimum m, counted from 0"
    if any(isinstance(node, Derivative) for node in nodes):
        yield "d(u, x)", "∂u/∂x, which a formula asks for; ∂²u/∂x∂x is d(u, x, x)"
    if any(isinstance(node, Draw) for node in nodes):
        yield "normal(), ...", "a random number, the same one as in the forward pass"
    if any(name.endswith(MARK) for name in names):
        yield f"h{MARK}", "h, moved along by what stands before its first entry"
