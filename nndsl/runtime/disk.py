"""The few things that checkpoints ask of a file system."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """A file system. Each method may raise OSError; what was asked may then be done, half done or not done."""

    def make_folder(self, path: Path) -> None:
        """Make a folder, and those above it; no error if it is there."""

    def write(self, path: Path, content: bytes) -> None:
        """Write a new file and force it to the disk."""

    def read(self, path: Path) -> bytes:
        """All of a file."""

    def rename(self, old: Path, new: Path) -> None:
        """Rename in one step: afterwards either the one or the other name is there."""

    def sync_folder(self, path: Path) -> None:
        """Force a folder's names to the disk."""

    def remove(self, path: Path) -> None:
        """Remove a file or a whole folder; no error if it is not there."""

    def names(self, path: Path) -> list[str]:
        """What is in a folder, sorted; nothing if the folder is not there."""


@dataclass(frozen=True)
class LocalDisk:
    """The file system of this machine."""

    def make_folder(self, path: Path) -> None:
        """Make a folder, and those above it; no error if it is there."""
        path.mkdir(parents=True, exist_ok=True)

    def write(self, path: Path, content: bytes) -> None:
        """Write a new file and force it to the disk."""
        with open(path, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def read(self, path: Path) -> bytes:
        """All of a file."""
        return path.read_bytes()

    def rename(self, old: Path, new: Path) -> None:
        """Rename in one step: afterwards either the one or the other name is there."""
        os.replace(old, new)

    def sync_folder(self, path: Path) -> None:
        """Force a folder's names to the disk."""
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, path: Path) -> None:
        """Remove a file or a whole folder; no error if it is not there."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def names(self, path: Path) -> list[str]:
        """What is in a folder, sorted; nothing if the folder is not there."""
        return sorted(os.listdir(path)) if path.is_dir() else []


def write_whole(disk: Disk, path: Path, content: bytes) -> None:
    """Write a file so that its name always stands for the whole of the old or the whole of the new content."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    disk.remove(temporary)
    disk.write(temporary, content)
    disk.rename(temporary, path)
    disk.sync_folder(path.parent)
