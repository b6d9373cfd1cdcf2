"""Whatever a user calls things, generated code means the right ones: its own variables keep clear of theirs."""

from __future__ import annotations

import numpy as np
from golden_models import batch_of
from plain_module import plain_network

from nndsl.checking import check
from nndsl.compiler import compile_checked
from nndsl.diagnostics import Source
from nndsl.ir.interpreter import run

TEXT = """
layer odd(units) {
    input v0[In]
    param v1[In, units] = glorot_uniform
    param v2[units] = zeros
    v3[u] = sum[v5](v0[v5] * v1[v5, u]) + v2[u]
    v4[u] = tanh(v3[u]) * exp(v3[u])
    output v6[u] = v4[u] / (2 + v3[u]^2) + exp(v3[u])
}

model names {
    input  word[3]: int < 5, position[3], operation[2], start[1], finite[1], compute_output[2], real[2], batch_2[1]
    output order = (position, operation, start, finite, compute_output, real) -> concat -> odd(4) -> dense(1)
    output todo[k < 1] = position[0] * word[k] + batch_2[0]
}

train {
    loss      mse(target.order, order) + mse(target.todo, todo)
    optimizer sgd(0.1)
}
"""
SAMPLES = 7


def test_names_that_generated_code_uses_itself():
    checked = check(Source("names.nn", TEXT), {}).must_have_model()
    stages = compile_checked(checked, "float64")
    network = plain_network(stages.artifact, stages.code)
    network.initialize(1)
    arrays = batch_of(checked, SAMPLES)
    given = {**arrays, **{n: value.copy() for n, value in network.arrays.items()}}
    learn, update = stages.passes.learn, stages.passes.update
    learnt = run(learn, {n: given[n] for n in learn.tensors if n in given}, batch=SAMPLES)
    updated = run(update, {n: {**given, **learnt}[n] for n in update.tensors if n in {**given, **learnt}}, batch=SAMPLES)
    assert network.train(arrays, np.arange(SAMPLES), 0, SAMPLES, SAMPLES) == SAMPLES
    for name, value in network.arrays.items():
        np.testing.assert_allclose(value, updated[name], rtol=1e-12, err_msg=name)
        assert not np.array_equal(value, given[name])
