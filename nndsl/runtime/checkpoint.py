"""A checkpoint on disk: a folder with two files of arrays and a manifest that vouches for them.

The folder is written under a temporary name, each file forced to the disk, the manifest last; it is read back and compared,
and only then gets its name. So a folder with the right name is whole, unless the disk damages it later; then the hashes tell.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from nndsl.runtime.contract import Array
from nndsl.runtime.disk import Disk
from nndsl.runtime.snapshot import Snapshot
from nndsl.settings import to_json

WEIGHTS, OPTIMIZER, MANIFEST = "weights.safetensors", "optimizer.safetensors", "manifest.json"
RUNNING = "total "
"""Before the names of running totals, which stand among the optimizer's states; its blank keeps them apart."""
FORMAT = 1
NUMBERS = ("step", "epoch", "position", "seed", "rate", "chosen", "needs", "state")


class Damaged(Exception):
    """A checkpoint that must not be used; the text says why."""


def write_checkpoint(disk: Disk, folder: Path, snapshot: Snapshot, identity: Mapping[str, str]) -> None:
    """Write a checkpoint as `folder/<step>`; raises OSError or `Damaged` if it could not be written as it should be.

    Args:
        disk: where.
        folder: of all checkpoints of the run; it must be there.
        snapshot: what is kept.
        identity: what it belongs to: hashes and versions.
    """
    final, temporary = folder / str(snapshot.step), folder / f".{snapshot.step}.{os.getpid()}.tmp"
    disk.remove(temporary)
    try:
        _fill(disk, temporary, snapshot, identity)
        before = folder / f".{snapshot.step}.{os.getpid()}.old.tmp"
        if disk.names(final):  # a damaged one, else it would not be written again
            disk.rename(final, before)
        disk.rename(temporary, final)
        disk.sync_folder(folder)
        disk.remove(before)
    except BaseException:
        _discard(disk, temporary)
        raise


def try_out(disk: Disk, folder: Path, snapshot: Snapshot, identity: Mapping[str, str]) -> None:
    """Write a checkpoint and remove it, to see that there is room."""
    temporary = folder / f".try.{os.getpid()}.tmp"
    disk.remove(temporary)
    try:
        _fill(disk, temporary, snapshot, identity)
    finally:
        _discard(disk, temporary)


def _fill(disk: Disk, folder: Path, snapshot: Snapshot, identity: Mapping[str, str]) -> None:
    running = {RUNNING + name: array for name, array in snapshot.running.items()}
    files = {WEIGHTS: _packed(snapshot.weights), OPTIMIZER: _packed({**snapshot.optimizer, **running})}
    files[MANIFEST] = _manifest(snapshot, identity, files)
    disk.make_folder(folder)
    for name, content in files.items():
        disk.write(folder / name, content)
    disk.sync_folder(folder)
    for name, content in files.items():
        if disk.read(folder / name) != content:
            raise Damaged(f"{name} was not stored as it was written")


def _discard(disk: Disk, path: Path) -> None:
    """Remove what is half done, if the disk still lets us; what is left over is removed by the next run."""
    try:
        disk.remove(path)
    except OSError:
        pass


def set_aside_name(disk: Disk, path: Path) -> Path:
    """A free name for a damaged checkpoint."""
    taken = disk.names(path.parent)
    return next(path.with_name(name) for k in range(1, len(taken) + 2)
                if (name := f"{path.name}.damaged{k if k > 1 else ''}") not in taken)


def _packed(arrays: Mapping[str, Array]) -> bytes:
    return save({name: np.array(array, order="C") for name, array in sorted(arrays.items())})


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _manifest(snapshot: Snapshot, identity: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    """The manifest, with a hash of itself: a checkpoint whose numbers were changed must not load either."""
    content = {"format": FORMAT, "identity": dict(identity), **{name: getattr(snapshot, name) for name in NUMBERS},
               "files": {name: {"sha256": _hash(data), "bytes": len(data)} for name, data in files.items()}}
    content = json.loads(_canonical(to_json(content)))  # as reading will give it
    text = json.dumps({"sha256": _hash(_canonical(content)), "content": content}, ensure_ascii=False, indent=1)
    return text.encode() + b"\n"


def read_manifest(disk: Disk, folder: Path) -> dict[str, Any]:
    """What a checkpoint's manifest says, once its own hash is found right; raises `Damaged`."""
    try:
        manifest = json.loads(disk.read(folder / MANIFEST))
        content = manifest["content"]
        if _hash(_canonical(content)) != manifest["sha256"]:
            raise Damaged("its manifest was changed")
    except OSError as error:
        raise Damaged(f"its manifest cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged("its manifest is not what was written") from error
    if content.get("format") != FORMAT:
        raise Damaged(f"its format is {content.get('format')}, not {FORMAT}")
    return dict(content)


def read_checkpoint(disk: Disk, folder: Path) -> Snapshot:
    """A checkpoint, once every hash is found right; raises `Damaged`."""
    content = read_manifest(disk, folder)
    try:
        weights, others = (_unpacked(disk, folder / name, content["files"][name]["sha256"]) for name in (WEIGHTS, OPTIMIZER))
        fields = {name: content[name] for name in NUMBERS} | {"needs": tuple(content["needs"])}
    except (KeyError, TypeError) as error:
        raise Damaged("its manifest lacks something") from error
    counts = [fields[name] for name in ("step", "epoch", "position", "seed", "chosen")] + [*fields["needs"]]
    if not all(type(n) is int for n in counts) or type(fields["rate"]) not in (int, float):
        raise Damaged("its manifest has numbers that are none")
    running = {name.removeprefix(RUNNING): array for name, array in others.items() if name.startswith(RUNNING)}
    optimizer = {name: array for name, array in others.items() if not name.startswith(RUNNING)}
    return Snapshot(weights=weights, optimizer=optimizer, running=running, **fields)


def _unpacked(disk: Disk, path: Path, expected: str) -> dict[str, Array]:
    try:
        content = disk.read(path)
    except OSError as error:
        raise Damaged(f"{path.name} cannot be read: {error.strerror or error}") from error
    if _hash(content) != expected:
        raise Damaged(f"{path.name} was changed or cut off")
    try:
        return dict(load(content))
    except (SafetensorError, ValueError) as error:
        raise Damaged(f"{path.name} holds no arrays") from error
