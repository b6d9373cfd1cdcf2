"""Parquet files, through pyarrow, which comes with the extra `parquet`."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import numpy as np

from nndsl.diagnostics import NNError
from nndsl.runtime.contract import Array
from nndsl.runtime.data.files import Reading
from nndsl.runtime.data.table import Outline, Table


def _pyarrow(reading: Reading) -> Any:
    if importlib.util.find_spec("pyarrow") is None:
        helps = ("pip install 'nndsl[parquet]'",)
        raise NNError(reading.problem("NN0522", "parquet", what="reading parquet", package="pyarrow", helps=helps))
    return importlib.import_module("pyarrow.parquet")


def _file(reading: Reading) -> Any:
    module, name = _pyarrow(reading), reading.one_name("one path")
    path = reading.path(name)
    try:
        return module.ParquetFile(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are kinds of ValueError
        raise reading.unreadable(name, error) from error


def peek(reading: Reading) -> Outline:
    """The columns' names."""
    names = _file(reading).schema_arrow.names
    return Outline(f"`{reading.setting.names[0]}`", dict.fromkeys(names, ()), rest=True)


def read(reading: Reading) -> Table:
    """The columns: numbers with NaN and text with None where there is no value."""
    outline = peek(reading)
    table = _file(reading).read()
    return Table(outline, {name: _plain(table.column(name)) for name in outline.shapes})


def _plain(column: Any) -> Array:
    values: Array = column.to_numpy()
    if values.dtype.kind in "biuf":
        return values
    present = [v for v in values if v is not None]
    if all(isinstance(v, bool) for v in present):
        return np.array([np.nan if v is None else float(v) for v in values])
    return np.array([None if v is None else str(v) for v in values], dtype=object)
