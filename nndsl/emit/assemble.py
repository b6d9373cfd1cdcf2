"""A model's programs as one module, and the list of what a run needs to know about it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from nndsl.artifact import FORMAT, Artifact, PartPlan, Placed
from nndsl.checking.checked import Checked
from nndsl.emit.module import Module, Part, Section
from nndsl.ir.equation import SAMPLE_WEIGHT, Equation, Program, Step, Tensor, adjoint_name, target_name
from nndsl.passes.apart import first_values
from nndsl.passes.fuse import fuse
from nndsl.passes.plan import FOREVER, Life, lives

PARTS: dict[str, tuple[str, ...]] = {
    "initial": ("initial", "begin"), "learn": ("learn", "update"), "assess": ("assess",), "forward": ("forward",),
    "finish": ("finish",), "final": ("final",)}
"""The parts of the module and the programs in each. What trains together stands together."""

DOUBLE = ("finish",)
"""Parts that compute in float64 whatever the model's precision: what they sum up are whole epochs."""

RARE = ("initial", "finish", "final")
"""Parts that run so seldom that the time to compile them counts more than their own."""

KEPT_ROLES = ("parameter", "state", "gradient", "total", "result")
"""What stays from step to step; the gradient of an input, which has one entry a sample, does not."""


def assemble(checked: Checked, precision: Literal["float32", "float64"], seen: Collection[str], *,
             join: bool = True) -> tuple[Artifact, str]:
    """The artifact and the generated module's text.

    Args:
        checked: its programs passed all passes.
        precision: of parameters and arithmetic.
        seen: temporaries that are looked at after a program ran.
        join: whether equations that are neighbours share loops.
    """
    module = Module("f4" if precision == "float32" else "f8")
    parts = [part for part in (_part(name, checked, join) for name in PARTS) if any(s.tasks for s in part.sections)]
    for part in parts:
        module.add(part)
    fed = _fed(checked)
    trained = any(p.name == "learn" for p in parts) and checked.objective
    text = module.text(f"The model {checked.name}, compiled by nndsl.", fed if trained else ())
    plans = tuple(_plan(part, seen, module) for part in parts)
    artifact = Artifact(
        FORMAT, checked.name, precision, hashlib.sha256(text.encode()).hexdigest(), checked.inputs, checked.targets,
        checked.outputs, checked.output_tensors, checked.variables, checked.instances, checked.metrics, checked.objective,
        _kept(checked, parts, module), plans, bool(checked.final.steps), checked.data, checked.train)
    return artifact, text


def _part(name: str, checked: Checked, join: bool) -> Part:
    programs = _first_values(checked) if name == "initial" else {p: getattr(checked, p) for p in PARTS[name]}
    tensors = {n: t for p in programs.values() for n, t in p.tensors.items()}
    sections = (Section(p, first_values(program) if name in RARE else fuse(program, join=join))
                for p, program in programs.items())
    return Part(name, tensors, tuple(sections), name in DOUBLE, name in RARE)


def _first_values(checked: Checked) -> dict[str, Program]:
    """First values of the model's variables, and of the optimizer's, which may start from the model's."""
    late = {v.name for v in checked.variables if v.kind == "optimizer"}
    steps: dict[str, list[Step]] = {"initial": [], "begin": []}
    for step in checked.initial.steps:
        steps["begin" if isinstance(step, Equation) and step.out in late else "initial"].append(step)
    return {name: Program(checked.initial.tensors, tuple(found)) for name, found in steps.items()}


def _fed(checked: Checked) -> list[tuple[str, str]]:
    """The tensors that a step of training is given, with their dtypes."""
    ports = [(p.name, p.dtype) for p in checked.inputs] + [(target_name(p.name), p.dtype) for p in checked.targets]
    return [*((n, str(d)) for n, d in ports), (SAMPLE_WEIGHT, "real")]


def _stays(tensor: Tensor) -> bool:
    return tensor.role in KEPT_ROLES and not tensor.batched


def _plan(part: Part, seen: Collection[str], module: Module) -> PartPlan:
    tasks = [task for s in part.sections for task in s.tasks]
    wanted = {n for n, t in part.tensors.items() if t.role == "gradient" or n in seen}
    life: Mapping[str, Life] = lives(tasks, part.tensors, wanted)
    given = {n: Life(-1, FOREVER if n in wanted else -1) for n, t in part.tensors.items() if t.role in ("input", "target")}
    placed = [_placed(n, part, module, life.get(n) or given[n]) for n, t in part.tensors.items()
              if not _stays(t) and (n in life or n in given)]
    return PartPlan(part.name, tuple(s.name for s in part.sections), tuple(placed))


def _kept(checked: Checked, parts: Iterable[Part], module: Module) -> tuple[Placed, ...]:
    found: dict[str, Part] = {}
    for part in parts:
        found.update({n: part for n, t in part.tensors.items() if _stays(t) and n not in found})
    first = [v.name for v in checked.variables if v.kind == "parameter"]
    order = [*first, *(adjoint_name(n) for n in first), *(v.name for v in checked.variables)]
    names = [n for n in dict.fromkeys(order) if n in found]
    names += [n for n in found if n not in set(names)]
    return tuple(_placed(n, found[n], module, Life(0, 0)) for n in names)


def _placed(name: str, part: Part, module: Module, life: Life) -> Placed:
    tensor = part.tensors[name]
    return Placed(name, module.place(name), tuple(tensor.shape), part.arena(name), life.first, life.last)
