"""From a model file to a network ready to run, through the cache of compiled models."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from nndsl import cache
from nndsl.artifact import Artifact
from nndsl.diagnostics import Source


def build(source: Source, settings: Mapping[str, str], precision: Literal["float32", "float64"] | None = None) -> Artifact:
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
    # SymPy and Lark take most of a second to import, which a run from the cache need not spend
    from nndsl.compiler import compile_source

    stages = compile_source(source, settings, precision)
    files = {str(p): hashlib.sha256(Path(p).read_bytes()).hexdigest() for p in stages.files}
    cache.store(name, stages.artifact, stages.code, files)
    return stages.artifact
