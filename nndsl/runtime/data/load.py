"""From the `data` block to arrays: read, bind, split, learn from the training part, prepare every part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nndsl.diagnostics import Diagnostic, NNError, Report, problem
from nndsl.ir.equation import SAMPLE_WEIGHT
from nndsl.runtime.contract import Array, Arrays
from nndsl.runtime.data.binding import Binder, Bound, shape_problems
from nndsl.runtime.data.classes import class_weights, stratum
from nndsl.runtime.data.files import Reading
from nndsl.runtime.data.fitting import fit_recipes
from nndsl.runtime.data.learn import known_methods
from nndsl.runtime.data.preparation import Preparation, Rows
from nndsl.runtime.data.prepare import prepare
from nndsl.runtime.data.sources import kind_of
from nndsl.runtime.data.split import PARTS, split_rows
from nndsl.runtime.data.table import Outline, Table
from nndsl.runtime.data.wanted import Wanted
from nndsl.settings import DataSettings


@dataclass(frozen=True)
class Dataset:
    """Arrays to train on.

    Args:
        train, validation, test: input names, `target.` names and `sample weight` to arrays; None for a part that is not there.
        preparation: what was learnt of the training part.
    """

    train: Arrays
    validation: Arrays | None = None
    test: Arrays | None = None
    preparation: Preparation = field(default_factory=lambda: Preparation(()))


def load_data(settings: DataSettings, wanted: Wanted) -> Dataset:
    """The parts that a `data` block asks for; raises `NNError` with all that is wrong."""
    reading = Reading(settings.source, wanted.folder, wanted.allowed, wanted.text)
    kind = kind_of(reading)
    bounds = bind(kind.outline(reading), settings, wanted)
    table = kind.read(reading)
    samples = _samples(table, bounds, settings)
    parts = split_rows(samples, settings.split, stratum(table, bounds, settings, wanted.text))
    _refuse_empty(parts, settings, samples)
    preparation = fit_recipes(table, bounds, settings, parts["train"], wanted)
    arrays = {part: prepare(preparation, table, wanted, parts[part]) for part in PARTS if len(parts[part])}
    train = _class_weighted(arrays["train"], preparation, wanted)
    return Dataset(train, arrays.get("validation"), arrays.get("test"), preparation)


def check_data(settings: DataSettings, wanted: Wanted) -> tuple[Diagnostic, ...]:
    """What is wrong with a `data` block as far as names and shapes tell; no values are read."""
    reading = Reading(settings.source, wanted.folder, wanted.allowed, wanted.text)
    try:
        bind(kind_of(reading).outline(reading), settings, wanted)
    except NNError as error:
        return error.diagnostics
    return ()


def check_names(settings: DataSettings, wanted: Wanted) -> tuple[Diagnostic, ...]:
    """What is wrong with a `data` block where nothing is known of the model: its source, and the columns it names."""
    reading = Reading(settings.source, wanted.folder, wanted.allowed, wanted.text)
    report = Report()
    try:
        Binder(kind_of(reading).outline(reading), settings, (), (), wanted.text, report).look_up_columns()
    except NNError as error:
        return error.diagnostics
    return tuple(report)


def bind(outline: Outline, settings: DataSettings, wanted: Wanted) -> tuple[Bound, ...]:
    """What each port is made of; raises `NNError` where names or shapes do not fit."""
    report = Report()
    bounds = Binder(outline, settings, wanted.inputs, wanted.targets, wanted.text, report).bind()
    for transform in settings.transforms:
        methods = known_methods(transform.kind)
        if transform.method not in methods:
            report.add(wanted.unfit(transform, transform.names[0], "the methods are " + ", ".join(f"`{m}`" for m in methods)))
    report.stop_if_failed()
    shape_problems(bounds, outline, lambda bound, found: wanted.mismatch(bound, found, settings.source), report)
    report.stop_if_failed()
    return bounds


def _samples(table: Table, bounds: tuple[Bound, ...], settings: DataSettings) -> int:
    """The number of samples, which must be one for all columns in use, and not 0."""
    names = [c.name for b in bounds for c in b.columns] + ([settings.weight] if settings.weight else [])
    counts = {name: len(table.array(name)) if table.has(name) else 0 for name in names}
    if not counts or not all(counts.values()):
        raise NNError(problem("NN0515", None, title=table.outline.title))
    one, first = next(iter(counts.items()))
    for other, second in counts.items():
        if second != first:
            raise NNError(problem("NN0523", None, one=one, first=first, other=other, second=second))
    return first


def _refuse_empty(parts: Mapping[str, Rows], settings: DataSettings, samples: int) -> None:
    for part in PARTS:
        share = getattr(settings.split, part)
        if not len(parts[part]) and (share or part == "train"):
            raise NNError(problem("NN0516", None, part=part, share=share, samples=samples))


def _class_weighted(train: dict[str, Array], preparation: Preparation, wanted: Wanted) -> dict[str, Array]:
    if not wanted.class_weight:
        return train
    weights = class_weights(wanted.class_weight, preparation, train, wanted.text)
    if SAMPLE_WEIGHT in train:
        weights = weights * train[SAMPLE_WEIGHT]
    return {**train, SAMPLE_WEIGHT: weights.astype(wanted.precision)}
