"""The checkpoints of a run: which are kept, which is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nndsl.diagnostics import Diagnostic, NNError, problem
from nndsl.runtime.checkpoint import Damaged, read_checkpoint, read_manifest, set_aside_name, try_out, write_checkpoint
from nndsl.runtime.disk import Disk, LocalDisk
from nndsl.runtime.snapshot import Snapshot

SOURCE = "source"
"""The entry of an identity that must agree for a run to go on."""
Notice = Callable[[Diagnostic], None]


@dataclass(frozen=True)
class Store:
    """A folder of checkpoints, one folder each, named by its step.

    Args:
        folder: `checkpoints` in a run's folder.
        identity: what the run is: `source`, a hash of all that its bits depend on, and versions. A checkpoint with another
            `source` is refused; without the entry any is taken.
        disk: the file system.
        keep: how many of the newest are kept, beside those that they may come back to.
    """

    folder: Path
    identity: Mapping[str, str] = field(default_factory=dict)
    disk: Disk = field(default_factory=LocalDisk)
    keep: int = 2

    def steps(self) -> list[int]:
        """The steps there are checkpoints of, damaged ones among them, in order."""
        return sorted(int(name) for name in self.disk.names(self.folder) if name.isascii() and name.isdigit())

    def open(self) -> None:
        """Make the folder and remove what a killed run left half done; raises OSError."""
        self.disk.make_folder(self.folder)
        for name in self.disk.names(self.folder):
            if name.endswith(".tmp"):
                self.disk.remove(self.folder / name)

    def try_out(self, snapshot: Snapshot) -> None:
        """Write a checkpoint and remove it, to see that there is room; raises OSError or `Damaged`."""
        try_out(self.disk, self.folder, snapshot, self.identity)

    def save(self, snapshots: Iterable[Snapshot]) -> None:
        """Write checkpoints, the newest last; raises OSError or `Damaged`.

        A step that is there already, and whole, is not written again: the same step of the same run holds the same.
        """
        for snapshot in snapshots:
            if not self._whole(snapshot):
                write_checkpoint(self.disk, self.folder, snapshot, self.identity)

    def load(self, step: int) -> Snapshot:
        """One checkpoint; raises `Damaged`."""
        return read_checkpoint(self.disk, self.folder / str(step))

    def latest(self, notice: Notice, set_aside: bool = False) -> Snapshot:
        """The newest checkpoint that is whole; raises `NNError` if there is none, or if it belongs to another model.

        Args:
            notice: told of each damaged one.
            set_aside: whether to rename damaged ones, as a run that goes on must, since it may come to the same step again.
        """
        for step in reversed(self.steps()):
            path = self.folder / str(step)
            try:
                content = read_manifest(self.disk, path)
                found = self.load(step)
            except Damaged as damaged:
                notice(problem("NN0701", None, path=str(path), reason=damaged))
                if set_aside:
                    self.disk.rename(path, set_aside_name(self.disk, path))
                continue
            mine, its = self.identity.get(SOURCE), content["identity"].get(SOURCE)
            if mine is not None and its != mine:
                helps = ("train anew, or undo the change",)
                raise NNError(problem("NN0705", None, path=str(path), helps=helps))
            return found
        raise NNError(problem("NN0702", None, path=str(self.folder)))

    def chosen(self, notice: Notice) -> Snapshot:
        """The checkpoint to evaluate and predict with: the best where the run kept it, else the newest."""
        newest = self.latest(notice)
        if newest.chosen == newest.step:
            return newest
        try:
            return self.load(newest.chosen)
        except Damaged as damaged:
            notice(problem("NN0701", None, path=str(self.folder / str(newest.chosen)), reason=damaged,
                           helps=(f"the newest one, of step {newest.step}, is used instead",)))
            return newest

    def _whole(self, snapshot: Snapshot) -> bool:
        """Whether the checkpoint is on disk with the same manifest numbers and undamaged files."""
        try:
            found = self.load(snapshot.step)
        except Damaged:
            return False
        return (found.epoch, found.position, found.chosen) == (snapshot.epoch, snapshot.position, snapshot.chosen)

    def prune(self) -> None:
        """Remove all but the newest few and those they need, not counting damaged ones; raises OSError."""
        kept: set[int] = set()
        newest = 0
        for step in reversed(self.steps()):
            if newest == self.keep:
                break
            kept.add(step)
            try:
                kept.update(read_manifest(self.disk, self.folder / str(step))["needs"])
                newest += 1
            except Damaged:
                continue
        for step in self.steps():
            if step not in kept:
                self.disk.remove(self.folder / str(step))
