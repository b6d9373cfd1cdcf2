"""What the training part teaches: a recipe for each port."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from nndsl.diagnostics import NNError, Report
from nndsl.runtime.contract import Array
from nndsl.runtime.data.binding import Bound, Column, fits
from nndsl.runtime.data.learn import learn
from nndsl.runtime.data.preparation import Piece, PortRecipe, Preparation, Rows
from nndsl.runtime.data.prepare import told
from nndsl.runtime.data.step import Spoiled, Step, Unfit, refuse_gaps, refuse_text
from nndsl.runtime.data.table import Table
from nndsl.runtime.data.wanted import Wanted
from nndsl.settings import DataSettings, Transform


def fit_recipes(table: Table, bounds: tuple[Bound, ...], settings: DataSettings, rows: Rows, wanted: Wanted) -> Preparation:
    """Every port's recipe, learnt from the samples `rows`; raises `NNError` with the mistakes of all columns."""
    report = Report()
    recipes = [_recipe(table, bound, rows, wanted, report) for bound in bounds]
    report.stop_if_failed()
    for bound, recipe in zip(bounds, recipes, strict=True):
        if _encoded(bound) and not fits((recipe.width,), bound.port.shape):
            report.add(wanted.mismatch(bound, (recipe.width,), settings.source))
    report.stop_if_failed()
    return Preparation(tuple(recipes), settings.weight, wanted.precision)


def _recipe(table: Table, bound: Bound, rows: Rows, wanted: Wanted, report: Report) -> PortRecipe:
    pieces: list[Piece] = []
    for names, transforms in _alike(table, bound):
        try:
            pieces.append(_piece(table, bound, names, transforms, rows, wanted))
        except NNError as error:
            for diagnostic in error.diagnostics:
                report.add(diagnostic)
    return PortRecipe(bound.key, bound.port, tuple(pieces))


def _encoded(bound: Bound) -> bool:
    return any(t.kind == "encode" for c in bound.columns for t in c.transforms)


def _alike(table: Table, bound: Bound) -> Iterator[tuple[tuple[str, ...], tuple[Transform, ...]]]:
    """Runs of neighbouring columns with the same transforms, text apart from numbers."""
    def key(column: Column) -> tuple[tuple[Transform, ...], bool]:
        return column.transforms, table.holds_text(column.name)

    for (transforms, _), run in itertools.groupby(bound.columns, key):
        yield tuple(c.name for c in run), transforms


def _piece(table: Table, bound: Bound, names: tuple[str, ...], transforms: tuple[Transform, ...], rows: Rows,
           wanted: Wanted) -> Piece:
    raw = table.matrix(names)
    piece = Piece(names, tuple(table.size(name) for name in names))
    for transform in transforms:
        try:
            piece = replace(piece, steps=(*piece.steps, _step(piece, raw, transform, rows)))
        except Unfit as unfit:
            raise NNError(wanted.unfit(transform, names[0], str(unfit))) from None
        except Spoiled as spoiled:
            raise NNError(told(spoiled, table, piece, PortRecipe(bound.key, bound.port, ()), wanted)) from None
    return piece


def _step(piece: Piece, raw: Array, transform: Transform, rows: Rows) -> Step:
    def blocks() -> Iterator[Array]:
        for start, block in piece.blocks(raw, rows):
            if transform.kind == "scale":
                refuse_text(block, raw)
                try:
                    refuse_gaps(block)
                except Spoiled as spoiled:
                    raise spoiled.at(int(rows[start + spoiled.row])) from None
            yield block

    return learn(transform, blocks)
