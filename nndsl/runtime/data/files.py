"""Which files a `data` block may read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nndsl.diagnostics import Diagnostic, NNError, Source, nearest, problem
from nndsl.runtime.data.places import word_span
from nndsl.settings import DataSource

LARGEST = 16 * 2**30
"""No file, and no array unpacked from one, may be larger: bytes."""


@dataclass(frozen=True)
class Reading:
    """A `source` setting and what is needed to follow it.

    Args:
        setting: the setting.
        folder: that of the model file; paths are relative to it and must not lead out of it.
        allowed: further folders that may be read.
        text: the model file, to point at in messages; None if there is none.
    """

    setting: DataSource
    folder: Path
    allowed: tuple[Path, ...] = ()
    text: Source | None = None

    def problem(self, code: str, word: str, *, helps: tuple[str, ...] = (), **values: Any) -> Diagnostic:
        """A diagnostic about the setting, pointing at `word` in it."""
        return problem(code, word_span(self.text, self.setting.place, word), helps=helps, **values)

    def one_name(self, expected: str) -> str:
        """What stands in the brackets, which must be one name; `expected` says so."""
        kind, names = self.setting.kind, self.setting.names
        if len(names) != 1:
            raise NNError(self.problem("NN0528", kind, kind=kind, expected=expected, found=len(names)))
        return names[0]

    def path(self, name: str) -> Path:
        """The file called `name`; an error if it is missing, not a plain file, too large or out of bounds."""
        path = (self.folder / name).resolve()
        roots = [root.resolve() for root in (self.folder, *self.allowed)]
        if not any(path.is_relative_to(root) for root in roots):
            raise NNError(self.problem("NN0502", name, path=name, helps=("copy it beside the model file",)))
        if not path.is_file():
            raise NNError(self.problem("NN0501", name, path=name, helps=self._alike(path)))
        if path.stat().st_size > LARGEST:
            raise NNError(self.too_large(name, path.stat().st_size))
        return path

    def unreadable(self, name: str, reason: object) -> NNError:
        """That the file `name` is not what it should be."""
        return NNError(self.problem("NN0504", name, path=name, reason=reason))

    def too_large(self, name: str, size: int) -> Diagnostic:
        """That the file `name` takes more than is allowed."""
        return self.problem("NN0525", name, path=name, size=f"{size:,} bytes", limit=f"{LARGEST:,}")

    def _alike(self, path: Path) -> tuple[str, ...]:
        found = nearest(path.name, (entry.name for entry in path.parent.iterdir())) if path.parent.is_dir() else None
        return (f"did you mean `{found}`?",) if found else ()
