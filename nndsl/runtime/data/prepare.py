"""A model's arrays from a table, by what was learnt of the training part."""

from __future__ import annotations

import numpy as np

from nndsl.diagnostics import Diagnostic, NNError, Report, problem
from nndsl.ir.equation import SAMPLE_WEIGHT
from nndsl.runtime.contract import Array
from nndsl.runtime.data.binding import did_you_mean
from nndsl.runtime.data.places import port_label
from nndsl.runtime.data.preparation import Piece, PortRecipe, Preparation, Rows
from nndsl.runtime.data.step import Spoiled, shown
from nndsl.runtime.data.table import Table, plain_name
from nndsl.runtime.data.wanted import Wanted, shape_text
from nndsl.signature import Port

HELPS = {
    "NN0509": "encode it: `encode {column}: one_hot`, or `ordinal`",
    "NN0510": "fill it: `impute {column}: median`, or `mean`, `most_frequent`, `constant(0)`",
}


def prepare(preparation: Preparation, table: Table, wanted: Wanted, rows: Rows | None = None,
            targets: bool = True) -> dict[str, Array]:
    """Arrays as a network takes them; raises `NNError` with the first bad value of each port.

    Args:
        preparation: what was learnt.
        table: the data.
        wanted: the model's ports, and its text to point at.
        rows: which samples; all if None.
        targets: whether targets and sample weights are wanted too, which `predict` does without.
    """
    report, arrays = Report(), {}
    recipes = [r for r in preparation.recipes if targets or r.role == "input"]
    for recipe in recipes:
        try:
            arrays[recipe.key] = _port(recipe, table, rows, preparation.precision, wanted)
        except NNError as error:
            for diagnostic in error.diagnostics:
                report.add(diagnostic)
    report.stop_if_failed()
    samples = len(rows) if rows is not None else len(next(iter(arrays.values())))
    _refuse_lengths(arrays)
    if targets and preparation.weight is not None and _column(table, preparation.weight) is not None:
        arrays[SAMPLE_WEIGHT] = _weights(table, preparation.weight, rows, preparation.precision, wanted)
    for port in wanted.inputs:
        if port.name not in arrays and port.default is not None:
            dtype = np.int64 if port.dtype == "int" else preparation.precision
            arrays[port.name] = np.full((samples, *port.shape), port.default, dtype)
    return arrays


def _port(recipe: PortRecipe, table: Table, rows: Rows | None, precision: str, wanted: Wanted) -> Array:
    raws = _raws(recipe, table, wanted)
    if rows is None:
        rows = np.arange(len(raws[0]))
    out = np.empty((len(rows), recipe.width), np.int64 if recipe.port.dtype == "int" else precision)
    start = 0
    for piece, raw in zip(recipe.pieces, raws, strict=True):
        try:
            recipe.place(piece, raw, rows, out[:, start:start + piece.width])
        except Spoiled as spoiled:
            raise NNError(told(spoiled, table, piece, recipe, wanted)) from None
        start += piece.width
    return out.reshape(len(rows), *recipe.port.shape)


def _raws(recipe: PortRecipe, table: Table, wanted: Wanted) -> list[Array]:
    """The columns of each piece, (samples, entries): by their names, else from an array that has the port's name."""
    found = [_column(table, name) for name in recipe.columns]
    if None not in found:
        matrices = [table.matrix([_known(table, name) for name in piece.columns]) for piece in recipe.pieces]
        for piece, matrix in zip(recipe.pieces, matrices, strict=True):
            _refuse_width(recipe, sum(piece.sizes), matrix.shape[1], wanted)
        return matrices
    whole = _whole_port(recipe, table)
    if whole is None:
        lost = [name for name, known in zip(recipe.columns, found, strict=True) if known is None]
        raise NNError(*(problem("NN0506", None, title=table.outline.title, name=name,
                                helps=did_you_mean(name, table.outline.names)) for name in lost[:5]))
    bounds = np.cumsum([sum(piece.sizes) for piece in recipe.pieces])
    _refuse_width(recipe, int(bounds[-1]), whole.shape[1], wanted)
    return np.split(whole, bounds[:-1], axis=1)


def _whole_port(recipe: PortRecipe, table: Table) -> Array | None:
    """All columns of a port at once where their names are unknown: an array called like the port, or a table without names."""
    if recipe.port.name in table.outline.shapes:
        return table.matrix([recipe.port.name])
    names = list(table.outline.shapes)
    nameless = table.outline.rest and names == [f"column_{k}" for k in range(1, len(names) + 1)]
    return table.matrix(names) if nameless and len(names) == len(recipe.columns) else None


def _column(table: Table, name: str) -> str | None:
    known = table.outline.find(name)
    return known if known is not None and table.has(known) else None


def _known(table: Table, name: str) -> str:
    return table.outline.find(name) or name


def _refuse_width(recipe: PortRecipe, expected: int, found: int, wanted: Wanted) -> None:
    if expected != found:
        role = recipe.role
        raise NNError(problem("NN0508", None, role=role, port=recipe.port.name, expected=shape_text((expected,)),
                              found=shape_text((found,)), also=port_label(wanted.text, role, recipe.port.name, "here")))


def _refuse_lengths(arrays: dict[str, Array]) -> None:
    one = next(iter(arrays))
    for other, array in arrays.items():
        if len(array) != len(arrays[one]):
            raise NNError(problem("NN0523", None, one=one, first=len(arrays[one]), other=other, second=len(array)))


def _weights(table: Table, name: str, rows: Rows | None, precision: str, wanted: Wanted) -> Array:
    """The sample weights, one a sample, which must not be negative."""
    piece = Piece((name,), (1,))
    recipe = PortRecipe(SAMPLE_WEIGHT, Port(SAMPLE_WEIGHT, ()), (piece,))
    weights = _port(recipe, table, rows, precision, wanted)
    if (weights < 0).any():
        position = int(np.argmax(weights < 0))
        row = position if rows is None else int(rows[position])
        spoiled = Spoiled("NN0529", row, 0, value=shown(weights[position]))
        raise NNError(told(spoiled, table, piece, recipe, wanted))
    return weights


def told(spoiled: Spoiled, table: Table, piece: Piece, recipe: PortRecipe, wanted: Wanted) -> Diagnostic:
    """The diagnostic of a bad value, with its row and column."""
    column = piece.name_of(spoiled.column)
    where, labels = table.where(spoiled.row, column)
    also = labels + port_label(wanted.text, recipe.role, recipe.port.name, "goes here")
    helps = (HELPS[spoiled.code].format(column=plain_name(column)),) if spoiled.code in HELPS else ()
    return problem(spoiled.code, None, helps=helps, also=also, column=column, where=where, role=recipe.role,
                   port=recipe.port.name, **spoiled.values)
