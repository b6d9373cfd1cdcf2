"""Threads that do one step's work together."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Thread
from types import ModuleType
from typing import Any

import numpy as np

from nndsl.runtime.sharing import Cutter, Rows, contract, gemm, nest, shared, work

ENOUGH = 4_000_000
"""A step with less work than this, in multiply-adds, is left to one thread: the others would mostly wait."""


def cutters(module: ModuleType) -> dict[int, Cutter]:
    """How the rows of a generated module's operations are cut."""
    found = {operation: nest(*cells) for operation, cells in getattr(module, "SHARED", {}).items()}
    known = {"GEMM": gemm, "CONTRACT": contract}
    return found | {getattr(module, name): cutter for name, cutter in known.items() if hasattr(module, name)}


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def members(asked: int | None, rows: Rows, module: ModuleType) -> int:
    """How many threads do a step: as many as were asked for, or as there are cores, if there is enough work."""
    most = asked or cores()
    return most if most > 1 and work(rows, cutters(module)) >= ENOUGH else 1


def tables(rows: Rows, split: int, threads: int, module: ModuleType) -> tuple[list[Rows], int]:
    """The rows of each thread, and how many come before the loss is looked at."""
    return ([rows], split) if threads == 1 else shared(rows, split, cutters(module), threads, module.MEET)


def together(threads: int, work: Callable[[Any, int], Any]) -> Any:
    """Let every thread do its part; gives what the first one gives.

    Args:
        threads: how many.
        work: given the place where they meet and a thread's number; it must not hold Python's lock for long.
    """
    meeting = np.zeros(32, np.int64)
    others = [Thread(target=work, args=(meeting, number), daemon=True) for number in range(1, threads)]
    for thread in others:
        thread.start()
    found = work(meeting, 0)
    for thread in others:
        thread.join()
    return found
