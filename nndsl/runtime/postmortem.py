"""What made a loss, a gradient or a weight stop being finite: the failing batch is found and computed once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nndsl.diagnostics import Diagnostic, Label, Source, problem
from nndsl.diagnostics.places import line_label
from nndsl.ir.blame import Culprit, blame
from nndsl.ir.equation import adjoint_name
from nndsl.ir.expression import Number
from nndsl.ir.printer import expression_text
from nndsl.ir.replay import Replay
from nndsl.passes.originals import Told, told
from nndsl.runtime.contract import Array
from nndsl.runtime.mark import Failure, Mark
from nndsl.runtime.network import CompiledNetwork
from nndsl.runtime.order import epoch_order
from nndsl.signature import Variable

GROWN = 1000.0
"""A weight that became so many times as large as the largest one was at the start is said to have grown."""

SLOPE_HELP = "the formula itself is a number there, its slope is not: keep its argument away from that point"
RATE_HELP = "try a smaller learning rate, or `clipnorm = 1`"
START_HELP = "no weight has been updated yet: look at the formula, at the first weights, and at how large the data are"


@dataclass(frozen=True)
class Batch:
    """The first batch after which something was not finite.

    Args:
        before: the moment before it; the network is put back there.
        rows: its samples.
        wrong: the tensor that is not finite: the loss, a gradient, or a weight after the update.
        arrays: every variable after it.
    """

    before: Mark
    rows: npt.NDArray[np.int64]
    wrong: str
    arrays: Mapping[str, Array]


def explain(network: CompiledNetwork, source: Source, settings: Mapping[str, str], failure: Failure) -> Diagnostic | None:
    """What is said about a run that stopped being finite; the network is left with the last good weights.

    Args:
        network: which was trained.
        source, settings: the model file and the hyperparameters given with it.
        failure: what is known of the run.

    Returns:
        the diagnostic; None where no batch since the mark does it again.
    """
    found = first_bad(network, failure)
    if found is None:
        return None
    found.before.put_back(network)
    culprit = None if found.wrong in failure.sizes else _culprit(network, source, settings, failure, found)
    return _Words(network, source, failure, found).diagnostic(culprit)


def first_bad(network: CompiledNetwork, failure: Failure) -> Batch | None:
    """The first batch since the mark whose loss, gradients or update are not finite."""
    failure.mark.put_back(network)
    for epoch, position, rows in _batches(network, failure):
        before = Mark.at(network, epoch, position)
        done = network.train(failure.data, rows, 0, len(rows), failure.settings.batch)
        wrong = network.artifact.objective if done < len(rows) else _wrong_weight(network)
        if wrong:
            return Batch(before, rows, wrong, {name: array.copy() for name, array in network.arrays.items()})
    return None


def _batches(network: CompiledNetwork, failure: Failure) -> Iterator[tuple[int, int, npt.NDArray[np.int64]]]:
    samples, size = len(next(iter(failure.data.values()))), failure.settings.batch
    for epoch in range(failure.mark.epoch, failure.epoch + 1):
        order = epoch_order(network.seed, epoch, samples, failure.settings.shuffle)
        first = failure.mark.position if epoch == failure.mark.epoch else 0
        yield from ((epoch, at, order[at:at + size]) for at in range(first, samples, size))


def _wrong_weight(network: CompiledNetwork) -> str:
    """The first gradient that is not finite, else the first weight, else ""."""
    gradients, arrays = network.gradients, network.arrays
    names = [v.name for v in network.variables]
    bad = [adjoint_name(n) for n in names if n in gradients and not np.isfinite(gradients[n]).all()]
    return next(iter([*bad, *(n for n in names if not np.isfinite(arrays[n]).all())]), "")


def _culprit(network: CompiledNetwork, source: Source, settings: Mapping[str, str], failure: Failure,
             found: Batch) -> Culprit | None:
    # SymPy takes half a second to import, and only a run that failed needs the equations again
    from nndsl.compiler import compile_source

    stages = compile_source(source, settings, network.artifact.precision)
    program = stages.passes.learn
    known = {**network.arrays, **network.batch(failure.data, found.rows)}
    arrays = {name: array for name, array in known.items() if name in program.tensors}
    replay = Replay(program, arrays, batch=len(found.rows), step=network.step, seed=network.seed, rate=network.rate,
                    dtype=np.dtype(network.artifact.precision))
    culprit = blame(replay, found.wrong)
    return None if culprit is None else _in_user_s_words(culprit, told(stages.adjoints.learn, stages.checked.learn))


def _in_user_s_words(culprit: Culprit, copies: Told) -> Culprit:
    """The culprit without the copies that only the compiler made of what the user named."""
    equation = culprit.equation
    if equation is None:
        return culprit
    operands = tuple((copies.formula(expr, equation), value) for expr, value in culprit.operands)
    return replace(culprit, expr=copies.formula(culprit.expr, equation), operands=operands)


# ---------------------------------------------------------------------------------------------------- words


def number_text(value: Any) -> str:
    """A number for people; what is none is said to be none."""
    if isinstance(value, float) and value != value:
        return "not a number"
    return str(value) if isinstance(value, (bool, int)) else f"{value:.6g}"


@dataclass(frozen=True)
class _Words:
    """What is said about a failing batch."""

    network: CompiledNetwork
    source: Source
    failure: Failure
    batch: Batch

    def diagnostic(self, culprit: Culprit | None) -> Diagnostic:
        """The whole message."""
        wrong, objective = self.batch.wrong, self.network.artifact.objective
        weight = wrong.removeprefix(adjoint_name(""))
        kind = "the weight" if wrong == weight else "the gradient of"
        what = "the loss" if wrong == objective else f"{kind} `{weight}`"
        reason = self._updated(weight) if wrong in self.failure.sizes else self._reason(culprit) if culprit else self._edge()
        grown, rate = self._grown(), RATE_HELP if self.batch.before.step or wrong in self.failure.sizes else START_HELP
        helps = ((f"{grown}: {RATE_HELP}",) if grown else () if self._given(culprit) or self._mended(culprit) else (rate,))
        labels = self._labels(culprit)
        return problem("NN0601", labels[0].span if labels else None, labels[0].text if labels else "", also=labels[1:],
                       what=what, step=self.batch.before.step, epoch=self.batch.before.epoch + 1,
                       reason=f": {reason}",
                       helps=(*helps, *((hint,) if (hint := self._mended(culprit)) and not grown else ())))

    def _reason(self, culprit: Culprit) -> str:
        text, value = f"`{expression_text(culprit.expr)}`", number_text(culprit.value)
        where = self._where(culprit)
        if culprit.equation is None:
            return f"{text} is given as {value}{where}"
        if culprit.reduced:
            return f"{culprit.equation.reduce or 'accumulating'} over {text} is {value}{where}, " \
                   f"though every term is finite (the largest is {number_text(culprit.operands[0][1])})"
        values = [f"`{expression_text(e)}` = {number_text(v)}" for e, v in culprit.operands if not isinstance(e, Number)]
        told = f"{text} is {value}{where}" + (f", where {' and '.join(dict.fromkeys(values))}" if values else "")
        return told + ("; ∂v is the slope of the loss in v" if "∂" in told else "")

    def _edge(self) -> str:
        """What is said where NumPy computes finite numbers from the same batch."""
        precision = self.network.artifact.precision
        return f"NumPy finds finite numbers for the same batch, so some lie at the edge of what {precision} can tell"

    def _where(self, culprit: Culprit) -> str:
        if culprit.sample is None:
            return ""
        return f" at sample {culprit.sample} of the batch (row {self.batch.rows[culprit.sample]} of the training part)"

    def _updated(self, name: str) -> str:
        entry = tuple(int(i) for i in np.argwhere(~np.isfinite(self.batch.arrays[name]))[0])
        where = f"[{','.join(map(str, entry))}]" if entry else ""
        old, new = (float(arrays[name][entry]) for arrays in (self.batch.before.arrays, self.batch.arrays))
        gradient = self.network.gradients.get(name.split(":")[0])
        slope = f", its gradient {number_text(float(gradient[entry]))}" if gradient is not None else ""
        return f"the update made `{name}{where}` {number_text(new)}; it was {number_text(old)}{slope}"

    # ------------------------------------------------------------------------------------------ what to do

    def _grown(self) -> str:
        """Which parameter grew most since the start, if any grew out of all proportion."""
        arrays, sizes = self.batch.before.arrays, self.failure.sizes
        start = max((sizes[v.name] for v in self._parameters()), default=0.0)
        now = {v.name: float(np.max(np.abs(arrays[v.name]), initial=0.0)) for v in self._parameters()}
        name = max(now, key=lambda n: now[n], default="")
        if not name or now[name] <= GROWN * max(start, 1e-3):
            return ""
        return f"`{name}` grew from at most {number_text(sizes[name])} to {number_text(now[name])} " \
               f"in {self.batch.before.step} steps"

    def _parameters(self) -> list[Variable]:
        return [v for v in self.network.variables if v.kind == "parameter"]

    @staticmethod
    def _given(culprit: Culprit | None) -> bool:
        return culprit is not None and culprit.equation is None

    def _mended(self, culprit: Culprit | None) -> str:
        """How to mend the operation itself, where it has no value at its operands."""
        operation = getattr(culprit.expr, "operation", "") if culprit and not culprit.reduced else ""
        slope = culprit is not None and culprit.equation is not None and culprit.equation.origin.note.startswith("adjoint")
        return (SLOPE_HELP if slope else MENDED[operation]) if operation in MENDED else ""

    # ------------------------------------------------------------------------------------------ places

    def _labels(self, culprit: Culprit | None) -> tuple[Label, ...]:
        if culprit is None:
            return ()
        if culprit.equation is None:
            places = {v.name: v.place for v in self.network.variables}
            return self._label(places.get(culprit.tensor, ""), "")
        text = expression_text(culprit.expr)
        short = "" if culprit.reduced else f"`{text}` is {number_text(culprit.value)} here"
        note = culprit.equation.origin.note.replace("adjoint of ", "in the gradient that comes back from ")
        owner = max((i for i in self.network.artifact.instances if _owns(i.name, culprit.tensor)),
                    key=lambda i: len(i.name), default=None)
        used = self._label(owner.place, f"used as `{owner.name}`") if owner else ()
        first = self._label(culprit.equation.origin.place, f"{short} ({note})" if note and short else short or note)
        return (*first, *(u for u in used if not first or u.span != first[0].span))

    def _label(self, place: str, text: str) -> tuple[Label, ...]:
        return line_label(place, text, self.source)


def _owns(instance: str, tensor: str) -> bool:
    bare = tensor.removeprefix(adjoint_name(""))
    return bare == instance or bare.startswith(instance + ".")


MENDED = {
    "log": "a logarithm wants its argument above 0: give it a floor, as in `log(max(x, 1e-7))`",
    "div": "keep the divisor away from 0, as in `a / (b + 1e-7)`",
    "sqrt": "a root wants its argument above 0, and its slope has no value at 0: add a little, as in `sqrt(x + 1e-12)`",
    "pow": "a power below 1 of a number at 0 or below has no slope, or no value: keep its base above 0",
    "exp": "the exponent is too large: bound it, as in `exp(min(x, 80))`, or subtract the largest first",
}
"""Of each operation that is not a number everywhere, or grows too fast: what to do about it."""
