"""All advice on a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from nndsl.checking import check_model
from nndsl.checking.checked import Checked
from nndsl.derive.dependence import dependent
from nndsl.diagnostics import Diagnostic, Source
from nndsl.ir.equation import Program
from nndsl.lint.domains import leaving
from nndsl.lint.growth import growing
from nndsl.lint.material import Array, Material
from nndsl.lint.points import saturating, without_gradient
from nndsl.lint.rates import too_fast
from nndsl.lint.reach import ranges
from nndsl.lint.targets import given, unreachable
from nndsl.lint.updates import unsafe_updates
from nndsl.runtime.data import Wanted, load_data, source_of
from nndsl.settings import DataSettings

SCALES = (0.0, 1.0, 100.0)
"""Inputs so many times as large as usual show what small and large ones do."""


def advice(source: Source, settings: Mapping[str, str], data: Path | None = None) -> tuple[Diagnostic, ...]:
    """Everything that is advised about a model file, in the order of the codes.

    Args:
        source: the text.
        settings: hyperparameters by name, as `--set` gives them.
        data: a file in the place of the source that the `data` block names; None for that source.

    Raises:
        NNError: with every mistake of the file, or what is wrong with its data.
    """
    checked = check_model(source, settings)
    material = Material(source, checked, _data(source, checked, data))
    found = [*growing(material), *leaving_domains(material), *unsafe_updates(material), *unreachable(material)]
    if checked.objective:
        fading = any(d.code == "NN0801" for d in found)
        found += [*without_gradient(material, fading), *saturating(material), *too_fast(material, settings)]
    return tuple(sorted(found, key=lambda d: d.code))


def leaving_domains(material: Material) -> Iterator[Diagnostic]:
    """Advice on operations that can leave their domain, in training or in inference; each once."""
    trained = [v.name for v in material.checked.variables if v.kind == "parameter" and v.trainable]
    told: dict[Diagnostic, None] = {}
    inference = material.forward.assess if material.checked.objective else material.forward.forward
    for program in (material.forward.learn, inference):
        told.update(dict.fromkeys(_leaving(material, program, trained)))
    yield from told


def _leaving(material: Material, program: Program, trained: list[str]) -> Iterator[Diagnostic]:
    varying = dependent(program, [name for name in trained if name in program.tensors])
    steps = tuple(s for s in program.steps if not hasattr(s, "out") or program.tensors[s.out].role != "total")
    program = replace(program, steps=steps)
    reach = ranges(program, given(material, program))
    runs = [material.replay(program, material.scaled(scale)) for scale in SCALES]
    yield from leaving(program, reach, lambda read: read.tensor in varying and not read.stop, runs, material)


def _data(source: Source, checked: Checked, file: Path | None) -> Mapping[str, Array] | None:
    """The training part of the data; None where there are none."""
    settings = checked.data
    if file is not None:
        chosen = source_of(file)
        settings = DataSettings(chosen) if settings is None else replace(settings, source=chosen)
    if settings is None:
        return None
    precision = checked.train.precision if checked.train else "float32"
    weights = checked.train.class_weight if checked.train else {}
    allowed = () if file is None else (file.resolve().parent,)
    folder = Path(source.name).parent
    return load_data(settings, Wanted(checked.inputs, checked.targets, precision, folder, allowed, source, weights)).train
