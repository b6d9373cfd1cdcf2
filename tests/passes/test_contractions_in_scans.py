"""Matrix products within a recurrence: each step's are found, and every way to do them gives the interpreter's numbers."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from plain_module import plain_network

from nndsl import cache as modules
from nndsl.checking import check
from nndsl.compiler import ALL, Passes, Stages, compile_checked
from nndsl.diagnostics import Source
from nndsl.ir.equation import Equation, Program, Scan
from nndsl.ir.expression import BATCH
from nndsl.ir.interpreter import run
from nndsl.kernels import contract, entry
from nndsl.passes.contract import Product, product
from nndsl.passes.contraction import Contraction, ways, whole
from nndsl.runtime.network import CompiledNetwork

RECURRENCES = {
    "gates": ("x[5, {a}]", """input x[T, In]
    param W[In, 4 * {u}] = glorot_uniform
    param R[{u}, 4 * {u}] = orthogonal
    z[t, g < 4, u] = sum[i](x[t, i] * W[i, (g, u)]) + sum[k]((h[t - 1, k] else 0) * R[k, (g, u)])
    c[t, u] = sigmoid(z[t, 1, u]) * (c[t - 1, u] else 0) + sigmoid(z[t, 0, u]) * tanh(z[t, 2, u])
    output h[t < T, u < {u}] = sigmoid(z[t, 3, u]) * tanh(c[t, u])"""),
    "two steps back": ("x[5, {a}]", """input x[T, In]
    param W[In, {u}] = glorot_uniform
    param A[{u}, {u}] = orthogonal
    param B[{u}, {u}] = orthogonal
    output h[t, u] = tanh(sum[i](x[t, i] * W[i, u]) + sum[k]((h[t - 1, k] else 0.1) * A[k, u])
                          - sum[k]((h[t - 2, k] else 0.1) * B[k, u]))"""),
    "from the end": ("x[5, {a}]", """input x[T, In]
    param W[In, {u}] = glorot_uniform
    param R[{u}, {u}] = orthogonal
    output h[t, u] = tanh(sum[i](x[t, i] * W[i, u]) + sum[k]((h[t + 1, k] else 0.2) * R[k, u]))"""),
    "a window in each step": ("x[4, 7, {a}]", """input x[T, N, C]
    param W[3, C, {u}] = glorot_uniform
    param R[3, {u}, {u}] = glorot_uniform
    output h[t < T, p < N, f] = tanh(sum[i, c]((x[t, p + i - 1, c] else 0) * W[i, c, f])
                                     + sum[i, c]((h[t - 1, p + i - 1, c] else 0) * R[i, c, f]))"""),
    "heads of their own": ("x[4, {a}]", """input x[T, In]
    param W[3, In, {u}] = glorot_uniform
    param R[3, {u}, {u}] = orthogonal
    output h[t, g, u] = tanh(sum[i](x[t, i] * W[g, i, u]) + sum[k]((h[t - 1, g, k] else 0) * R[g, k, u]))"""),
}
SIZES = {"small and odd": (3, 5), "a tile and more": (6, 33), "several tiles": (20, 64)}
CASES = [(name, size) for name in RECURRENCES for size in SIZES]


@entry
def compute(numbers, a, b, c):  # type: ignore[no-untyped-def]
    contract(numbers, 0, a, b, c)


@cache
def compiled(name: str, size: str, passes: Passes = ALL) -> Stages:
    (a, u), (inputs, body) = SIZES[size], RECURRENCES[name]
    inputs, body = (part.format(a=a, u=u) for part in (inputs, body))
    text = f"layer f() {{\n    {body}\n}}\nmodel m {{\n    input {inputs}\n    output p = x -> f\n}}\ntrain {{ loss mse }}\n"
    return compile_checked(check(Source("m.nn", text), {}).must_have_model(), "float64", passes)


def in_scans(program: Program) -> list[tuple[Scan, Equation]]:
    """Every equation that runs within a recurrence."""
    return [(step, equation) for step in program.steps if isinstance(step, Scan) for equation in step.body]


def moves(found: Product | Contraction, index: str) -> bool:
    """Whether a factor or the result begins elsewhere in each step."""
    return any(index in start.offset.coefficients for start in (found.a, found.b, found.c))


@pytest.mark.parametrize(("name", "size"), CASES)
def test_each_step_is_a_product_forwards_and_backwards(name: str, size: str) -> None:
    if size == "small and odd":
        size = "a tile and more"
    learn = compiled(name, size).passes.learn
    found = [(scan, product_) for scan, equation in in_scans(learn) if (product_ := whole(equation, learn.tensors))]
    assert all(moves(one, scan.index) for scan, one in found)
    assert {scan.reverse for scan, _ in found} == {False, True}, "one recurrence runs forwards, the other backwards"


def numbers(way: Contraction, samples: int) -> np.ndarray:
    """A contraction as its kernel takes it."""
    dims = (*way.turns, *way.rows, *way.inner)
    found = [way.columns.size, way.columns.b, *(x for d in dims for x in (d.size, *d.steps))]
    first, second, *rest = (x.at(samples) for x in found)
    counts = [len(way.turns), len(way.rows), len(way.inner)]
    return np.array([way.equation.accumulate, first, second, *counts, *rest], np.int64)


@pytest.mark.parametrize("samples", [1, 3, 8])
@pytest.mark.parametrize(("name", "size"), CASES)
def test_every_way_gives_the_sums_at_every_step(name: str, size: str, samples: int) -> None:
    learn = compiled(name, size).passes.learn
    random, seen = np.random.default_rng(4), 0
    for scan, equation in in_scans(learn):
        for way in ways(equation, learn.tensors):
            seen += 1
            for at in (0, 1, scan.extent - 1):
                assert_step(way, scan.index, at, samples, learn, random)
    assert seen or all(product(e, learn.tensors) or e.reduce != "sum" for _, e in in_scans(learn))


def assert_step(way: Contraction, index: str, at: int, samples: int, program: Program, random: Any) -> None:
    """One step by the kernel, and by adding up entry by entry."""
    starts = [s.offset.constant.at(samples) + s.offset.of(index).at(samples) * at for s in (way.a, way.b, way.c)]
    shapes = ([samples if e == BATCH else e for e in program.tensors[s.tensor].shape] for s in (way.a, way.b, way.c))
    room = [int(np.prod(shape)) for shape in shapes]
    a, b, c = (random.standard_normal(r) for r in room)
    wanted = c.copy()
    given = numbers(way, samples)
    contract(given, 0, a[starts[0]:], b[starts[1]:], wanted[starts[2]:])
    compute(given, a[starts[0]:], b[starts[1]:], c[starts[2]:])
    np.testing.assert_allclose(c, wanted, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("name", "size"), CASES)
def test_a_training_step_is_that_of_the_equations(name: str, size: str) -> None:
    """Loss and gradients, against the interpreter on equations that went through no pass."""
    stages = compiled(name, size)
    network = plain_network(stages.artifact, stages.code)
    assert_as_interpreted(network, stages, samples=5)


@pytest.mark.parametrize("name", ["gates", "a window in each step"])
def test_so_is_one_of_machine_code(name: str) -> None:
    stages = compiled(name, "a tile and more")
    modules.store(f"test-{stages.artifact.module[:16]}", stages.artifact, stages.code, {})
    network = CompiledNetwork(stages.artifact, modules.load_module(stages.artifact))
    for samples in (1, 13):
        assert_as_interpreted(network, stages, samples)


def assert_as_interpreted(network: CompiledNetwork, stages: Stages, samples: int) -> None:
    """What a network computes in a training step."""
    network.initialize(3)
    random = np.random.default_rng(5)
    shapes = {port.name: port.shape for port in stages.checked.inputs}
    shapes |= {f"target.{port.name}": port.shape for port in stages.checked.targets}
    arrays = {n: random.normal(size=(samples, *shape)) for n, shape in shapes.items()} | {"sample weight": np.ones(samples)}
    loss = network.gradient(arrays)
    learn = stages.adjoints.learn
    given = {n: v for n, v in (arrays | dict(network.arrays)).items() if n in learn.tensors}
    found = run(learn, given, batch=samples, seed=3)
    assert loss == pytest.approx(float(found[stages.checked.objective]), rel=1e-11)
    for name, gradient in network.gradients.items():
        largest = np.abs(gradient).max()
        np.testing.assert_allclose(gradient, found["∂" + name], rtol=1e-9, atol=1e-10 * largest, err_msg=name)
