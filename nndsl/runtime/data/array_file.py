"""NumPy's own files, and the IDX files of MNIST."""

from __future__ import annotations

import gzip
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from nndsl.diagnostics import NNError
from nndsl.runtime.contract import Array
from nndsl.runtime.data.files import LARGEST, Reading
from nndsl.runtime.data.table import Outline, Shape, Table

BROKEN = (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError,
          SyntaxError, tokenize.TokenError, RecursionError, MemoryError)
"""What reading a file that is not what its name says can raise; NumPy takes its headers apart as Python does its texts."""

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def _header(file: IO[bytes]) -> tuple[Shape, int]:
    """Shape and bytes of an array in NumPy's format, from its first bytes."""
    version = np.lib.format.read_magic(file)
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = reader(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    return shape, math.prod(shape) * dtype.itemsize


def _plain(array: Array) -> Array:
    """Text as objects, all else as it is."""
    if array.dtype.kind not in "USbiuf":
        raise ValueError(f"it holds values of type {array.dtype}")
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    return array.astype(object) if array.dtype.kind == "U" else array


def npz_outline(reading: Reading) -> Outline:
    """Names and shapes of the arrays of an `.npz` file."""
    name, path = _one_path(reading)
    shapes = {}
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(member.file_size for member in archive.infolist())
            if total > LARGEST:
                raise NNError(reading.too_large(name, total))
            for member in archive.infolist():
                with archive.open(member) as file:
                    shape, size = _header(file)
                if size > member.file_size:
                    raise ValueError(f"{member.filename} is cut off")
                shapes[member.filename.removesuffix(".npy")] = shape
    except BROKEN as error:
        raise reading.unreadable(name, error) from error
    return Outline(f"`{name}`", {key: shape[1:] for key, shape in shapes.items() if shape})


def npz(reading: Reading) -> Table:
    """The arrays of an `.npz` file, by name; numbers without an axis are left out."""
    name, path = _one_path(reading)
    outline = npz_outline(reading)
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: _plain(archive[key]) for key in outline.shapes}
    except BROKEN as error:
        raise reading.unreadable(name, error) from error
    return Table(outline, arrays)


def npy_outline(reading: Reading) -> Outline:
    """Shapes of the arrays of some `.npy` files, each under its file's name without the ending."""
    shapes = {}
    for name in reading.setting.names:
        path = reading.path(name)
        try:
            with open(path, "rb") as file:
                shape, size = _header(file)
                if size > path.stat().st_size or not shape:
                    raise ValueError("it is cut off" if shape else "it holds a single number")
        except BROKEN as error:
            raise reading.unreadable(name, error) from error
        shapes[Path(name).stem] = shape[1:]
    return _in_order(reading, shapes)


def npy(reading: Reading) -> Table:
    """The arrays of some `.npy` files."""
    outline = npy_outline(reading)
    arrays = {}
    for name in reading.setting.names:
        try:
            arrays[Path(name).stem] = _plain(np.load(reading.path(name), allow_pickle=False))
        except BROKEN as error:
            raise reading.unreadable(name, error) from error
    return Table(outline, arrays)


def _in_order(reading: Reading, shapes: Mapping[str, Shape]) -> Outline:
    """The files' arrays: the last is the target, those before it the inputs, unless the file says otherwise."""
    names = tuple(shapes)
    title = f"{reading.setting.kind}({', '.join(reading.setting.names)})"
    return Outline(title, shapes, inputs=names[:-1] or names, targets=names[-1:] if len(names) > 1 else ())


def idx_outline(reading: Reading) -> Outline:
    """Shapes of the arrays of some IDX files, packed by gzip or not."""
    found = {}
    for name in reading.setting.names:
        try:
            with _open_idx(reading.path(name)) as file:
                found[_idx_stem(name)] = _idx_header(file)[1][1:]
        except BROKEN as error:
            raise reading.unreadable(name, error) from error
    return _in_order(reading, found)


def idx(reading: Reading) -> Table:
    """The arrays of some IDX files."""
    outline = idx_outline(reading)
    arrays = {}
    for name in reading.setting.names:
        try:
            with _open_idx(reading.path(name)) as file:
                kind, shape = _idx_header(file)
                size = math.prod(shape) * np.dtype(kind).itemsize
                if size > LARGEST:
                    raise NNError(reading.too_large(name, size))
                content = file.read(size + 1)  # one more than there should be, so that a longer file is noticed
        except BROKEN as error:
            raise reading.unreadable(name, error) from error
        if len(content) != size:
            raise reading.unreadable(name, f"it should hold {size:,} bytes of values")
        arrays[_idx_stem(name)] = np.frombuffer(content, kind).reshape(shape)
    return Table(outline, arrays)


def _idx_stem(name: str) -> str:
    return Path(name).name.removesuffix(".gz")


def _open_idx(path: Path) -> IO[bytes]:
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else open(path, "rb")  # type: ignore[return-value]


def _idx_header(file: IO[bytes]) -> tuple[str, Shape]:
    zero, kind, axes = struct.unpack(">HBB", file.read(4))
    if zero or kind not in IDX_TYPES or not axes:
        raise ValueError("it is no IDX file")
    return IDX_TYPES[kind], struct.unpack(f">{axes}I", file.read(4 * axes))


def _one_path(reading: Reading) -> tuple[str, Path]:
    name = reading.one_name("one path")
    return name, reading.path(name)
