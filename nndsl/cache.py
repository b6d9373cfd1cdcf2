"""Compiled models kept on disk: a private folder, files named by what they hold, nothing run that was tampered with."""

from __future__ import annotations

import atexit
import hashlib
import importlib.util
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from nndsl.artifact import FORMAT, Artifact
from nndsl.settings import from_json, to_json


@cache
def folder() -> Path:
    """The folder for compiled models: NNDSL_CACHE_DIR, or `nndsl` in the user's cache folder.

    It must be the user's own, closed to others and no link; where that cannot be had, a temporary one that goes with the
    process.
    """
    root = os.environ.get("NNDSL_CACHE_DIR")
    wanted = Path(root) if root else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nndsl"
    try:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = wanted.lstat()
        private = stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o022 and status.st_uid == os.getuid()
        if private and os.access(wanted, os.W_OK):
            return wanted
    except OSError:
        pass
    temporary = Path(tempfile.mkdtemp(prefix="nndsl-"))
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return temporary


@cache
def stamp() -> str:
    """What compiled code depends on besides the model: this package's files, Python, Numba and the processor."""
    package = Path(__file__).parent
    files = sorted(p for p in package.rglob("*") if p.suffix in (".py", ".nn", ".lark"))
    found = hashlib.sha256(sys.version.encode())
    for path in files:
        status = path.stat()
        found.update(f"{path.relative_to(package)} {status.st_mtime_ns} {status.st_size}\n".encode())
    found.update(f"{FORMAT} {_numba_version()} {_processor()}".encode())
    return found.hexdigest()


def _numba_version() -> str:
    from importlib.metadata import version  # a few milliseconds that only a build needs

    return version("numba")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return "".join(line for line in lines[:40] if line.startswith(("model name", "flags")))


def key(*parts: object) -> str:
    """A name for what was compiled from `parts`, under the present stamp."""
    found = hashlib.sha256(stamp().encode())
    for part in parts:
        found.update(json.dumps(to_json(part), sort_keys=True).encode() + b"\0")
    return found.hexdigest()[:40]


def stored(name: str) -> Artifact | None:
    """The artifact kept under a key, if it is whole and the files it came from are as they were."""
    try:
        kept: dict[str, Any] = json.loads((folder() / f"{name}.json").read_text())
        if any(_digest(Path(path)) != digest for path, digest in kept["files"].items()):
            return None
        return from_json(Artifact, kept["artifact"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def store(name: str, artifact: Artifact, text: str, files: Mapping[str, str]) -> None:
    """Keep an artifact and its module.

    Args:
        name: from `key`.
        artifact: what was compiled.
        text: the generated module.
        files: imported files and the SHA-256 of each.
    """
    _write(module_path(artifact), text)
    _write(folder() / f"{name}.json", json.dumps({"files": dict(files), "artifact": to_json(artifact)}))


def module_path(artifact: Artifact) -> Path:
    """Where the generated module of an artifact stands."""
    return folder() / f"nndsl_{artifact.module[:32]}.py"


def load_module(artifact: Artifact) -> ModuleType:
    """The generated module, imported; its text is checked against the artifact first.

    Raises:
        OSError: if it is not there or is not what was compiled.
    """
    path = module_path(artifact)
    name = path.stem
    if name in sys.modules:
        return sys.modules[name]
    if hashlib.sha256(path.read_bytes()).hexdigest() != artifact.module:
        raise OSError(f"{path} is not what was compiled")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Numba looks the module up there to find its own cache
    spec.loader.exec_module(module)
    return module


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, text: str) -> None:
    """Write at once or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(temporary).replace(path)
