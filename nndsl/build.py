"""From a model file to a compiled model, through the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from nndsl import cache
from nndsl.artifact import Artifact
from nndsl.diagnostics import Source

Precision = Literal["float32", "float64"]


def build(source: Source, settings: Mapping[str, str], precision: Precision | None = None) -> Artifact:
    """The compiled form of a model file, from the cache or made anew.

    Args:
        source: the text.
        settings: hyperparameters by name, as `--set` gives them.
        precision: of the model; None for what the file says.

    Raises:
        NNError: with every mistake of the file.
    """
    name = cache.key("file", source.name, source.text, dict(settings), precision)
    found = cache.stored(name)
    if found is not None and cache.module_path(found).exists():
        return found
    # SymPy takes half a second to import, which a run from the cache need not spend
    from nndsl.compiler import compile_source

    stages = compile_source(source, settings, precision)
    folder = Path(source.name).parent
    files = {str(folder / p): hashlib.sha256((folder / p).read_bytes()).hexdigest() for p in stages.artifact.imports}
    cache.store(name, stages.artifact, stages.code, files)
    return stages.artifact


def as_run(source: Source, settings: Mapping[str, str], artifact: Artifact) -> str:
    """The source with the hyperparameters it was run with written in."""
    text = source.text
    for written in sorted(artifact.hyperparameters, key=lambda w: -w.start):
        if written.name in settings:
            text = text[: written.start] + settings[written.name] + text[written.end :]
    return text
