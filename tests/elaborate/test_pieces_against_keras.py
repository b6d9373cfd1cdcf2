"""The library's formulas, elaborated and interpreted, against Keras's numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nndsl.checking.checked import Port
from nndsl.checking.library import standard
from nndsl.checking.lower import lower
from nndsl.checking.pieces import PIECES, Built, Piece
from nndsl.derive import adjoints
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify

NUMBERS = Path(__file__).resolve().parents[1] / "conformance"


def snake(name: str) -> str:
    """`MeanSquaredError` as `mean_squared_error`; names of one word in capitals stay one word."""
    special = {"SGD": "sgd", "RMSprop": "rmsprop", "AdamW": "adamw", "L1L2": "l1_l2", "KLDivergence": "kl_divergence"}
    return special.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def array(given: dict[str, Any]) -> np.ndarray[Any, Any]:
    """The array of a case."""
    return np.array(given["data"], given["dtype"]).reshape(given["shape"])


def setting(value: Any) -> Any:
    """A setting of a case: schedules become pieces."""
    if isinstance(value, dict):
        return Piece("schedule", snake(value["class_name"]), (), {k: setting(v) for k, v in value["config"].items()})
    return value


def piece(kind: str, name: str, config: dict[str, Any]) -> Piece:
    """The piece of a case."""
    return Piece(kind, name, (), {k: setting(v) for k, v in config.items() if k not in ("name", "seed")})


def cases(family: str, kind: str) -> list[Any]:
    """The cases whose definitions the library has."""
    found = json.loads((NUMBERS / f"{family}.json").read_text())["cases"]
    def name(case: dict[str, Any]) -> str:
        return snake(case["class_name"]) if "class_name" in case else case["function"]
    known = {*standard().names(kind), "tanh"}
    def has(case: dict[str, Any]) -> bool:
        inner = [v["class_name"] for v in case.get("config", {}).values() if isinstance(v, dict)]
        return name(case) in known and all(snake(i) in standard().names("schedule") for i in inner)
    return [pytest.param(case, name(case), id=case["id"]) for case in found if has(case)]


def close(got: Any, case: dict[str, Any], want: Any) -> None:
    """Fail unless numbers agree to the case's tolerance."""
    want = array(want) if isinstance(want, dict) else want
    np.testing.assert_allclose(got, want, rtol=case["rtol"], atol=case["atol"])


def flat(built: Built) -> Any:
    """The programs of a piece, flat and valid."""
    checked = lower(built.checked)
    for name in ("forward", "assess", "learn", "update", "finish", "initial", "final"):
        verify(getattr(built.checked, name))
        verify(getattr(checked, name), flat=True)
    return checked


def gradients(built: Built, arrays: dict[str, Any], batch: int) -> dict[str, Any]:
    """Every tensor of the piece's program with its gradients."""
    return run(adjoints(flat(built).learn, built.seeds, built.wanted), arrays, batch=batch)


@pytest.mark.parametrize(("case", "name"), cases("activations", "activation"))
def test_activation(case: dict[str, Any], name: str) -> None:
    x, upstream = array(case["x"]), array(case["upstream"])
    built = PIECES["activation"](piece("activation", name, case["params"]), x.shape)
    checked = flat(built)
    close(run(checked.forward, {"x": x[None]}, batch=1)["y"][0], case, array(case["value"]))
    found = gradients(built, {"x": x[None], "∂y": upstream[None]}, 1)
    close(found["∂x"][0], case, array(case["grad"]))


@pytest.mark.parametrize(("case", "name"), cases("losses", "loss"))
def test_loss(case: dict[str, Any], name: str) -> None:
    y, p = array(case["y_true"]), array(case["y_pred"])
    weight = array(case["sample_weight"]) if "sample_weight" in case else np.ones(len(p))
    built = PIECES["loss"](piece("loss", name, case["config"]), p.shape[1:], y.shape[1:])
    target = built.checked.targets[0]
    arrays = {"p": p, "target.q": y.reshape(len(y), *target.shape), "sample weight": weight}
    found = gradients(built, arrays, len(p))
    losses = found["loss"]
    close((losses.T * weight.T).T if weight.ndim == 1 else losses * weight, case, array(case["per_sample"]))
    close(found["objective"], case, case["mean"])
    close(found["∂p"], case, array(case["grad"]))


@pytest.mark.parametrize(("case", "name"), cases("regularizers", "regularizer"))
def test_regularizer(case: dict[str, Any], name: str) -> None:
    w = array(case["weight"])
    built = PIECES["regularizer"](piece("regularizer", name, case["config"]), w.shape)
    found = gradients(built, {"w": w[None]}, 1)
    close(found["value"][0], case, case["value"])
    close(found["∂w"][0], case, array(case["grad"]))


@pytest.mark.parametrize(("case", "name"), cases("schedules", "schedule"))
def test_schedule(case: dict[str, Any], name: str) -> None:
    checked = flat(PIECES["schedule"](piece("schedule", name, case["config"])))
    got = [run(checked.forward, {}, batch=1, step=step)["value"] for step in case["steps"]]
    close(got, case, case["values"])


@pytest.mark.parametrize(("case", "name"), cases("metrics", "metric"))
def test_metric(case: dict[str, Any], name: str) -> None:
    kept: dict[str, Any] = {}
    for batch, want in zip(case["batches"], case["results"], strict=True):
        y, p = array(batch["y_true"]), array(batch["y_pred"])
        target = Port("q", y.shape[1:], "int" if y.dtype.kind in "iu" else "real")
        checked = flat(PIECES["metric"](piece("metric", name, case["config"]), target, p.shape[1:]))
        shape = checked.targets[0].shape
        weight = array(batch["sample_weight"]) if "sample_weight" in batch else np.ones(len(p))
        arrays = {"p": p, "target.q": y.reshape(len(y), *shape), "sample weight": weight, **kept}
        after = run(checked.assess, {k: v for k, v in arrays.items() if k in checked.assess.tensors}, batch=len(p))
        kept = {n: after[n] for n, t in checked.assess.tensors.items() if t.role == "total"}
        close(run(checked.finish, kept, batch=1)[checked.metrics[0].result], case, want)


@pytest.mark.parametrize(("case", "name"), cases("optimizers", "optimizer"))
def test_optimizer(case: dict[str, Any], name: str) -> None:
    first = [array(case["initial"][k]) for k in ("kernel", "bias")]
    checked = flat(PIECES["optimizer"](piece("optimizer", name, case["config"]), [w.shape for w in first]))
    memory = run(checked.initial, {}, batch=1)
    memory.update({"w0": first[0], "w1": first[1]})
    for step, (given, want) in enumerate(zip(case["gradients"], case["weights_after"], strict=True)):
        arrays = {**memory, "∂w0": array(given["kernel"]), "∂w1": array(given["bias"])}
        memory.update(run(checked.update, {n: a for n, a in arrays.items() if n in checked.update.tensors}, batch=1, step=step))
        close(memory["w0"], case, array(want["kernel"]))
        close(memory["w1"], case, array(want["bias"]))
    if "finalized" in case:
        final = run(checked.final, {n: a for n, a in memory.items() if n in checked.final.tensors}, batch=1)
        close(final["w0!"], case, array(case["finalized"]["kernel"]))
        close(final["w1!"], case, array(case["finalized"]["bias"]))


@pytest.mark.parametrize(("case", "name"), cases("initializers", "initializer"))
def test_initializer(case: dict[str, Any], name: str) -> None:
    shape = tuple(case["shape"])
    checked = flat(PIECES["initializer"](piece("initializer", name, case["config"]), shape))
    if case["kind"] == "orthogonal":
        matrix = run(checked.initial, {}, batch=1)["w"].reshape(case["flattened_shape"])
        close(matrix.T @ matrix if case["gram"] == "WtW" else matrix @ matrix.T, case, case["gram_value"])
        return
    if case["kind"] == "exact":
        close(run(checked.initial, {}, batch=1)["w"], case, array(case["value"]))
        return
    draws = range(max(1, 20_000 // int(np.prod(shape))))
    got = np.concatenate([run(checked.initial, {}, batch=1, seed=seed)["w"].ravel() for seed in draws])
    want = case["expected"]
    assert abs(got.mean() - want["mean"]) < 5 * want["std"] / np.sqrt(got.size)
    assert abs(got.std() - want["std"]) < 0.03 * want["std"]
    for bound, sign in (("min", -1), ("max", 1)):
        if want[bound] is not None:
            assert (sign * got).max() <= sign * want[bound] + 1e-12
            assert (sign * got).max() > sign * want[bound] - 0.1 * want["std"]
