"""Modules made machine code by a copy of this process, while this one does something else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from nndsl import cache
from nndsl.runtime.network import CompiledNetwork
from nndsl.runtime.team import cores


def compiled_ahead(programs: Mapping[str, Sequence[str]]) -> Callable[[], None]:
    """Begin to compile models, on Linux and where there is another core for it; gives what waits for the end of it.

    Args:
        programs: the names of programs, by the key under which the cache keeps their model.
    """
    if cores() < 2 or sys.platform != "linux":
        return lambda: None
    try:
        child = os.fork()
    except OSError:  # no more processes are allowed
        return lambda: None
    if child == 0:
        try:
            _compile(programs)
        finally:  # whatever could not be compiled is when it is called; nothing of this copy may go on
            os._exit(0)

    def wait() -> None:
        os.waitpid(child, 0)

    return wait


def _compile(programs: Mapping[str, Sequence[str]]) -> None:
    """Run each program once, on one sample of zeros."""
    for key, names in programs.items():
        artifact = cache.stored(key)
        if artifact is not None:
            network = CompiledNetwork(artifact, cache.load_module(artifact))
            for name in names:
                network.run(name, 1)
