"""What differs in meaning between two models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nndsl.checking.checked import Checked, Instance
from nndsl.checking.lower import lower
from nndsl.lint.changed_formulas import Change, Formulas
from nndsl.lint.layer_matching import Pairing, called_as_before, paired, with_tensors_called
from nndsl.settings import to_json

PROGRAMS = ("forward", "learn", "assess", "finish", "update", "initial", "final")
"""Those whose formulas are compared; a formula that several hold is told once."""

DIFFERENT = ("added", "removed", "changed", "sampled")
"""The kinds that count as differences; what was only sampled has not been shown to be the same."""


def changes(before: Checked, after: Checked) -> list[Change]:
    """Everything that differs: layers, parameters, ports, settings, formulas, in this order."""
    one, two = lower(before), lower(after)
    pairing = paired(one, two)
    called = called_as_before(pairing, [i.name for i in before.instances])
    found = [*_layers(pairing, before, after), *_variables(pairing, before, after)]
    found += _named(_ports(before), _ports(after))
    for block in ("data", "train"):
        found += _named(_settings(block, getattr(before, block)), _settings(block, getattr(after, block)))
    formulas: dict[Change, list[str]] = {}
    apart = tuple(i.name + "." for i in pairing.removed), tuple(called(i.name) + "." for i in pairing.added)
    for name in PROGRAMS:
        for change in Formulas(name, getattr(one, name), with_tensors_called(getattr(two, name), called), apart).changes():
            places = formulas.setdefault(replace(change, what=""), [])
            if change.what not in places:
                places.append(change.what)
    return [*found, *(replace(change, what=_listed(places)) for change, places in formulas.items())]


def _listed(places: list[str]) -> str:
    return " and ".join(places) if len(places) < 3 else f"{places[0]} and {len(places) - 1} more"


def _named(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield Change("removed", name, before[name])
        elif name not in before:
            yield Change("added", name, after[name])
        elif before[name] != after[name]:
            yield Change("changed", name, f"{before[name]} became {after[name]}")


# ---------------------------------------------------------------------------------------------------- layers and settings


def _layers(pairing: Pairing, before: Checked, after: Checked) -> Iterator[Change]:
    """Layers that one model lacks, or that take or give another shape; and the automatic names that changed, in one line."""
    old, new = ({i.name: i for i in m.instances} for m in (before, after))
    for instance in pairing.removed:
        yield Change("removed", instance.name, _shape(instance))
    for instance in pairing.added:
        yield Change("added", instance.name, _shape(instance))
    for name, other in pairing.same.items():
        if _shape(old[name]) != _shape(new[other]):
            yield Change("changed", name, f"{_shape(old[name])} became {_shape(new[other])}")
    moved = [(name, other) for name, other in pairing.same.items() if name != other]
    if moved:
        shown = [f"{name} is now {other}" for name, other in moved if "." not in name] or [f"{a} is now {b}" for a, b in moved]
        text = ", ".join(shown) if len(shown) <= 3 else f"{shown[0]}, ..., {shown[-1]}"
        yield Change("renamed", "layers", text)


def _shape(instance: Instance) -> str:
    inputs = ", ".join(map(_extents, instance.inputs)) or "nothing"
    return f"{instance.definition} {inputs} -> {', '.join(map(_extents, instance.outputs))}"


def _extents(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _variables(pairing: Pairing, before: Checked, after: Checked) -> Iterator[Change]:
    """Parameters and states of layers that both have; what the optimizer keeps is told once for all parameters."""
    called = called_as_before(pairing, [i.name for i in before.instances])
    gone = tuple(i.name + "." for i in pairing.removed), tuple(i.name + "." for i in pairing.added)
    tables = [{name(v.name): f"{v.kind} {_extents(v.shape)}{'' if v.trainable or v.kind != 'parameter' else ', not trained'}"
               for v in model.variables if v.kind != "optimizer" and not v.name.startswith(without)}
              for model, name, without in ((before, str, gone[0]), (after, called, gone[1]))]
    yield from _named(*tables)
    yield from _named(*({v.name.rpartition(":")[2]: "kept by the optimizer for every parameter" for v in m.variables
                         if v.kind == "optimizer"} for m in (before, after)))


def _ports(model: Checked) -> dict[str, str]:
    """Inputs, outputs, targets and metrics."""
    kinds = {"input": model.inputs, "output": model.outputs, "target": model.targets}
    ports = {f"{kind} {p.name}": f"{p.dtype} {_extents(p.shape)}" for kind, found in kinds.items() for p in found}
    return {**ports, **{f"metric {m.name}": "a figure of every epoch" for m in model.metrics}}


def _settings(block: str, value: Any) -> dict[str, str]:
    """The settings of a block by dotted names, without where they stand."""
    found: dict[str, str] = {}

    def collect(name: str, part: Any) -> None:
        if isinstance(part, dict):
            for key, inner in part.items():
                if key != "place":
                    collect(f"{name}.{key}", inner)
        elif isinstance(part, list) and any(isinstance(inner, dict) for inner in part):
            for number, inner in enumerate(part, 1):
                collect(f"{name}.{number}", inner)
        elif part is not None and part != []:
            found[name] = json.dumps(part, ensure_ascii=False)

    collect(block, to_json(value) or {})
    return found
