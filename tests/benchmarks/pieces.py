"""Single pieces: the bandwidth of optimizers' updates, and activations with their gradients; the library's, and the same
written by a user in own.nn.

    python tests/benchmarks/pieces.py

measures whatever of nndsl and PyTorch the interpreter can import, on one thread, best of many.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ENTRIES = 10_000_000
SHAPE = (256, 1024)
OWN = Path(__file__).with_name("own.nn")
OPTIMIZERS = {"sgd": 3, "own_sgd": 3, "sgd(momentum = 0.9)": 5, "adam": 7, "own_adam": 7}
"""How many arrays an update reads and writes: the weights, the gradient, the states."""
ACTIVATIONS = ("selu", "own_selu", "gelu", "own_gelu", "softmax", "own_softmax")


def best(work: Callable[[], object], times: int) -> float:
    """Seconds, of the quickest of several."""
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def arrays() -> tuple[np.ndarray, np.ndarray]:
    """Where an activation is evaluated, and what comes back to it."""
    generator = np.random.default_rng(0)
    return tuple(generator.normal(size=SHAPE).astype(np.float32) for _ in range(2))  # type: ignore[return-value]


def streams() -> Iterator[tuple[str, float]]:
    """Gigabytes a second that plain loops over arrays of the same length move: what the machine's memory gives."""
    import numba

    @numba.njit
    def add(a, b, c):  # type: ignore[no-untyped-def]
        for i in range(a.size):
            a[i] = b[i] + c[i]

    @numba.njit
    def increase(a, b):  # type: ignore[no-untyped-def]
        for i in range(a.size):
            a[i] += b[i]

    a, b, c = (np.ones(ENTRIES, np.float32) for _ in range(3))
    yield "a = b + c", 3 * a.nbytes / best(lambda: add(a, b, c), 10) / 1e9
    yield "a += b", 3 * a.nbytes / best(lambda: increase(a, b), 10) / 1e9


def updates() -> Iterator[tuple[str, float]]:
    """Gigabytes a second of each optimizer's update."""
    import nndsl

    for optimizer, streams in OPTIMIZERS.items():
        model = nndsl.loads(f"{OWN.read_text()}\n"
                            f"model m {{ input x[1]\n param w[{ENTRIES}] = 0.5\n output y = x\n penalty sum(w) }}\n"
                            f"train {{ optimizer {optimizer}\n batch 1 }}\n")
        model.loss_and_gradients(np.zeros((1, 1)))
        yield optimizer, 4 * streams * ENTRIES / best(model.network.update, 10) / 1e9


def ours() -> Iterator[tuple[str, float, float]]:
    """Microseconds of each activation with its gradient: as in a model, and through Python with its copies."""
    import nndsl

    x, upstream = arrays()
    for name in ACTIVATIONS:
        activation = nndsl.activation(name, precision="float32", source=str(OWN))
        whole = best(lambda: activation.gradient(x, upstream), 200)  # noqa: B023
        network, = activation.chosen.built.values()
        _, rows = network._rows("learn", 1)
        memory = [network._arenas[kind] for kind in ("real", "whole", "total")]
        inside = best(lambda: network._module.learn(*memory, rows, 1, 0, 0, 1.0), 200)  # noqa: B023
        yield name, inside * 1e6, whole * 1e6


def theirs() -> Iterator[tuple[str, float]]:
    """Microseconds of PyTorch's, forward and backward."""
    import torch

    torch.set_num_threads(1)
    functions = {"selu": torch.selu, "gelu": torch.nn.functional.gelu, "softmax": lambda t: torch.softmax(t, -1)}
    x, upstream = (torch.tensor(a) for a in arrays())
    x.requires_grad_()
    for name, function in functions.items():
        def work() -> None:
            x.grad = None
            function(x).backward(upstream)  # noqa: B023

        yield name, best(work, 200) * 1e6


def main() -> None:
    if importlib.util.find_spec("nndsl"):
        for loop, speed in streams():
            print(f"{loop:22} {speed:6.1f} GB/s")
        for optimizer, speed in updates():
            print(f"{optimizer:22} {speed:6.1f} GB/s")
        for name, inside, whole in ours():
            print(f"{name:11} nndsl   {inside:6.0f} us, through Python {whole:6.0f} us")
    if importlib.util.find_spec("torch"):
        for name, spent in theirs():
            print(f"{name:11} PyTorch {spent:6.0f} us")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
