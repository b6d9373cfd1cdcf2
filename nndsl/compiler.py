"""From text to a generated module: the whole compiler, one stage a line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import update_wrapper
from os.path import relpath
from pathlib import Path
from typing import Literal

from nndsl.artifact import Artifact, Written
from nndsl.checking import check
from nndsl.checking.checked import Checked
from nndsl.checking.lower import lower
from nndsl.checking.pieces import Built
from nndsl.checking.scope import Scope
from nndsl.derive import adjoints, derive, differentiate
from nndsl.derive.model import states_last
from nndsl.diagnostics import Source
from nndsl.emit.assemble import assemble
from nndsl.ir.equation import Program
from nndsl.passes.constants import constants
from nndsl.passes.copies import copies
from nndsl.passes.dead import dead
from nndsl.passes.distribute import distribute
from nndsl.passes.factors import factors
from nndsl.passes.halos import halos
from nndsl.passes.layout import layout
from nndsl.passes.modes import modes
from nndsl.passes.narrow import narrow
from nndsl.passes.pad import pad
from nndsl.passes.quotients import quotients
from nndsl.passes.reciprocals import reciprocals
from nndsl.passes.share import share
from nndsl.passes.simplify import powers, simplify
from nndsl.passes.spread import spread
from nndsl.passes.stabilise import stabilise, stabilise_slopes
from nndsl.passes.starts import starts
from nndsl.syntax.tree import Let

Precision = Literal["float32", "float64"]
Pass = Callable[[Program], Program]
PlacingPass = Callable[[Program, Collection[str]], Program]
"""One that must know which temporaries are read from outside."""

PROGRAMS = ("forward", "assess", "learn", "update", "finish", "initial", "final")


@dataclass(frozen=True)
class Passes:
    """Which passes a model goes through, in order.

    Args:
        before, after, last: before derivation, after it (that of `d(u, x)` too), and after dropping what nobody reads.
        placing: before `last`: they decide in which tensor an entry stands.
        join: whether equations that are neighbours share loops.
    """

    before: tuple[Pass, ...] = (constants, distribute, starts, simplify, stabilise, spread, pad, factors)
    after: tuple[Pass, ...] = (distribute, simplify, stabilise_slopes, share, quotients, reciprocals, narrow)
    placing: tuple[PlacingPass, ...] = (copies, halos, layout)
    last: tuple[Pass, ...] = (powers, modes)
    join: bool = True


ALL = Passes()


@dataclass(frozen=True)
class Stages:
    """A model at every stage of its way.

    Args:
        checked: names, kinds, shapes and settings decided.
        equations: formulas flattened to one operation over indices each.
        forward: after the passes that come before derivation, each `d(u, x)` replaced by equations.
        adjoints: with the backward pass.
        passes: after all passes.
        artifact, code: what a run needs to know, and the generated module.
    """

    checked: Checked
    equations: Checked
    forward: Checked
    adjoints: Checked
    passes: Checked
    artifact: Artifact
    code: str


def compile_source(source: Source, settings: Mapping[str, str], precision: Precision | None = None) -> Stages:
    """Compile a model file.

    Args:
        source: the text.
        settings: hyperparameters by name, as `--set` gives them.
        precision: of the model; None for what the file says.

    Raises:
        NNError: with every mistake of the file.
    """
    opened = check(source, settings)
    stages = compile_checked(opened.must_have_model(), precision)
    written, imports = _hyperparameters(opened.scope), _imports(opened.scope)
    return replace(stages, artifact=replace(stages.artifact, hyperparameters=written, imports=imports))


def compile_checked(checked: Checked, precision: Precision | None = None, passes: Passes = ALL) -> Stages:
    """Compile a checked model.

    Args:
        checked: the model.
        precision: of its arithmetic; None for what the file says.
        passes: those it goes through; `modes`, or another that clears what accumulates, must be among them.
    """
    equations = lower(checked)
    forward = differentiate(through(equations, passes.before), passes.after)
    return _finished(checked, equations, forward, derive(forward), precision, (), passes)


def compile_piece(built: Built, precision: Precision, *, training: bool = True) -> Stages:
    """Compile a single piece of the library.

    Args:
        built: the piece, and what of it to differentiate.
        precision: of its arithmetic.
        training: whether gradients are those of training mode, or of inference.
    """
    equations = lower(built.checked)
    equations = equations if training else replace(equations, learn=equations.forward)
    forward = differentiate(through(equations, ALL.before), ALL.after)
    learn = states_last(adjoints(forward.learn, built.seeds, built.wanted)) if built.seeds else forward.learn
    return _finished(built.checked, equations, forward, replace(forward, learn=learn), precision, ("loss",))


def _finished(checked: Checked, equations: Checked, forward: Checked, derived: Checked, precision: Precision | None,
              more: tuple[str, ...], passes: Passes = ALL) -> Stages:
    """The stages after derivation; temporaries called as in `more` are looked at too."""
    seen = (*looked_at(checked), *more)
    ready = through(derived, late_passes(passes, seen))
    wanted = precision or (checked.train.precision if checked.train else "float32")
    artifact, code = assemble(ready, wanted, seen, join=passes.join)
    return Stages(checked, equations, forward, derived, ready, artifact, code)


def late_passes(passes: Passes, seen: Collection[str]) -> tuple[Pass, ...]:
    """The passes after derivation, in order; `seen` are the temporaries that are looked at from outside."""
    return (*passes.after, *(_bound(change, seen) for change in (dead, *passes.placing)), *passes.last)


def _bound(change: PlacingPass, seen: Collection[str]) -> Pass:
    """A pass that must know what is looked at, under its own name."""
    def changed(program: Program) -> Program:
        return change(program, seen)

    return update_wrapper(changed, change)


def through(checked: Checked, passes: tuple[Pass, ...]) -> Checked:
    """Every program of a model after `passes`, one after the other."""
    programs = {name: getattr(checked, name) for name in PROGRAMS}
    for change in passes:
        programs = {name: change(program) for name, program in programs.items()}
    return replace(checked, **programs)


def looked_at(checked: Checked) -> tuple[str, ...]:
    """The temporaries that are read from outside."""
    return (*checked.output_tensors, *filter(None, [checked.objective]))


def _hyperparameters(scope: Scope) -> tuple[Written, ...]:
    lets = [item for item in (scope.file.items if scope.file else ()) if isinstance(item, Let)]
    return tuple(Written(let.name, let.value.span.start, let.value.span.end) for let in lets)


def _imports(scope: Scope) -> tuple[str, ...]:
    folder = Path(scope.source.name).parent
    found: dict[str, None] = {}
    for other in scope.imports:
        found[relpath(other.source.name, folder)] = None
        below = Path(other.source.name).parent
        found.update(dict.fromkeys(relpath(below / p, folder) for p in _imports(other)))
    return tuple(found)
