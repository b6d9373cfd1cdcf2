"""The kinds of sources: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nndsl.diagnostics import NNError, nearest, problem
from nndsl.runtime.data import array_file, bundled, csv_file, parquet_file
from nndsl.runtime.data.files import Reading
from nndsl.runtime.data.table import Outline, Table
from nndsl.settings import DataSource


@dataclass(frozen=True)
class Kind:
    """How a kind of source is read.

    Args:
        outline: names and shapes alone, quickly.
        read: all of it.
        suffixes: endings of files of this kind.
    """

    outline: Callable[[Reading], Outline]
    read: Callable[[Reading], Table]
    suffixes: tuple[str, ...] = ()


SOURCES: dict[str, Kind] = {
    "sklearn": Kind(bundled.peek, bundled.read),
    "csv": Kind(csv_file.peek, csv_file.read, (".csv", ".tsv", ".txt")),
    "parquet": Kind(parquet_file.peek, parquet_file.read, (".parquet", ".pq")),
    "npz": Kind(array_file.npz_outline, array_file.npz, (".npz",)),
    "npy": Kind(array_file.npy_outline, array_file.npy, (".npy",)),
    "idx": Kind(array_file.idx_outline, array_file.idx),
}


def kind_of(reading: Reading) -> Kind:
    """The row of a `source` setting."""
    name = reading.setting.kind
    if name not in SOURCES:
        meant = nearest(name, SOURCES)
        helps = (f"did you mean `{meant}`?",) if meant else ("there are " + ", ".join(SOURCES),)
        raise NNError(reading.problem("NN0524", name, kind=name, helps=helps))
    return SOURCES[name]


def open_file(path: Path) -> Table:
    """The data of a file named on the command line, of the kind its ending says."""
    kind = source_of(path).kind
    return SOURCES[kind].read(Reading(DataSource(kind, (path.name,)), path.parent, (path.resolve().parent,)))


def source_of(path: Path) -> DataSource:
    """A file named on the command line, as the setting of a `data` block; its kind is that of its ending."""
    name = next((name for name, kind in SOURCES.items() if path.suffix.lower() in kind.suffixes), None)
    if name is None:
        known = ", ".join(suffix for kind in SOURCES.values() for suffix in kind.suffixes)
        raise NNError(problem("NN0504", None, path=str(path), reason=f"its ending is none of {known}"))
    return DataSource(name, (str(path.resolve()),))
