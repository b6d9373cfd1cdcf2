"""Predictions as files: the ending of the name says which kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nndsl.diagnostics import NNError, problem
from nndsl.runtime.contract import Array, Arrays
from nndsl.runtime.disk import LocalDisk, write_whole
from nndsl.runtime.escape import spreadsheet_text


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays, first axis the samples, as `.csv`, `.npz` or `.npy`; raises `NNError` for another ending."""
    writer = dict(WRITERS).get(path.suffix.lower())
    if writer is None or (writer is _npy and len(arrays) != 1):
        reason = "its ending is none of .csv, .npz" + (", .npy" if len(arrays) == 1 else ": there are several outputs")
        raise NNError(problem("NN0606", None, path=str(path), reason=reason))
    try:
        write_whole(LocalDisk(), path, writer(arrays))
    except OSError as error:
        raise NNError(problem("NN0606", None, path=str(path), reason=error.strerror or error)) from error


def columns(arrays: Arrays) -> dict[str, Array]:
    """Arrays as columns: `p`, or `p_0`, `p_1`, ... where a sample has several entries."""
    found: dict[str, Array] = {}
    for name, array in arrays.items():
        flat = array.reshape(len(array), -1)
        found |= {name if flat.shape[1] == 1 else f"{name}_{k}": flat[:, k] for k in range(flat.shape[1])}
    return found


def _csv(arrays: Arrays) -> bytes:
    table, text = columns(arrays), io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([spreadsheet_text(name) for name in table])
    writer.writerows(zip(*(_texts(column) for column in table.values()), strict=True))
    return text.getvalue().encode()


def _texts(column: Array) -> list[str]:
    """The shortest text that reads back as the same number."""
    return [spreadsheet_text(v) if isinstance(v, str) else str(v) for v in column]


def _npz(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **dict(arrays))  # type: ignore[arg-type]
    return buffer.getvalue()


def _npy(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, next(iter(arrays.values())), allow_pickle=False)
    return buffer.getvalue()


WRITERS: tuple[tuple[str, Callable[[Arrays], bytes]], ...] = ((".csv", _csv), (".npz", _npz), (".npy", _npy))
