"""The data and train blocks: what is read, and what is said where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.checking.blocks import Blocks
from nndsl.checking.check import check_file
from nndsl.checking.constants import Constants, NotConstant
from nndsl.diagnostics import NNError, Source
from nndsl.settings import (
    Binding,
    Checkpoint,
    DataSettings,
    DataSource,
    EarlyStop,
    Plateau,
    Split,
    TrainSettings,
    Transform,
)
from nndsl.syntax import parse, read_source
from nndsl.syntax.tree import Call, Expression, Let, Name

GOOD = Path(__file__).resolve().parents[1] / "language" / "good"
MODEL = "model m { input x[4];  output p = x -> dense(3) }\n"
TWO = "model m { input x[4];  output a = x -> dense(3);  output b = x -> dense(1) }\n"


def blocks(text: str) -> Blocks:
    return check_file(Source("main.nn", text))[1]


def codes(text: str) -> list[str]:
    try:
        return [d.code for d in check_file(Source("main.nn", text))[2]]
    except NNError as error:
        return [d.code for d in error.diagnostics]


def train(*lines: str, model: str = MODEL) -> str:
    return model + "train { " + ";  ".join(("optimizer adam", *lines)) + " }\n"


def data(*lines: str) -> str:
    return MODEL + 'data { source csv("a.csv");  ' + ";  ".join(lines) + " }\n"


def test_every_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOOD)
    read = check_file(read_source("every_setting.nn"))[1]
    file = "every_setting.nn"
    assert read.data == DataSettings(
        source=DataSource("csv", ("houses.csv",), f"{file}:5"),
        inputs=(Binding("x", ("area", "rooms", "year built"), f"{file}:6"),),
        targets=(Binding("y", ("price",), f"{file}:7"),),
        weight="importance",
        transforms=(
            Transform("impute", ("area", "rooms"), "median", None, f"{file}:9"),
            Transform("impute", ("floor",), "constant", -1.0, f"{file}:10"),
            Transform("encode", ("kind",), "one_hot", None, f"{file}:11"),
            Transform("scale", ("x",), "standard", None, f"{file}:12"),
            Transform("scale", ("y",), "divide", 1000.0, f"{file}:13"),
        ),
        split=Split(0.7, 0.15, 0.15, stratify=False, shuffle=True, seed=7),
    )
    assert read.train == TrainSettings(
        epochs=20,
        batch=32,
        seed=42,
        shuffle=True,
        precision="float64",
        class_weight={"0": 1.0, "1": 5.0},
        early_stop=EarlyStop("val_mae", 5, 0.001, restore_best=True),
        checkpoint=Checkpoint(best="val_loss"),
        reduce_on_plateau=Plateau("loss", 0.5, 3, 0.0),
        tensorboard=True,
    )
    assert [metric.name for metric in read.formulas.metrics] == ["mae", "mean_squared_error"]
    assert read.lets == {"rounds", "share"}


def test_defaults_are_those_of_keras() -> None:
    read = blocks(train("loss mse"))
    assert read.train == TrainSettings(epochs=1, batch=32, shuffle=True, precision="float32")
    assert read.data is None
    assert blocks(data("scale x: standard")).data == DataSettings(
        DataSource("csv", ("a.csv",), "main.nn:2"), transforms=(Transform("scale", ("x",), "standard", None, "main.nn:2"),))


def test_what_no_part_takes_is_for_training() -> None:
    read = blocks(data("split validation 20%, test 10%")).data
    assert read is not None and read.split.train == pytest.approx(0.7)
    some = blocks(data("split train 50%")).data
    assert some is not None and some.split == Split(train=0.5)


def test_a_file_without_blocks_has_no_settings() -> None:
    assert blocks(MODEL) == Blocks()


@pytest.mark.parametrize(("loss", "applied"), [
    ("mse", False),
    ("loss.mse", False),
    ("tilted(delta = 2)", False),
    ("mse(target.p, p)", True),
    ("mse(x, p)", True),
    ("mean((p - target.p)^2)", True),
    ("0.5 * mse(target.p, p)", True),
])
def test_settings_only_or_a_formula(loss: str, applied: bool) -> None:
    own = "loss tilted(y, p, delta = 1) = mean(where(abs(y - p) < delta, (y - p)^2, delta))\n"
    text = train(f"loss {loss}", model=(own if "tilted" in loss else "") + MODEL)
    formula = blocks(text).formulas.loss
    assert formula is not None and formula.applied == applied


@pytest.mark.parametrize(("model", "metrics", "names"), [
    (MODEL, "mae, acc", ["mae", "acc"]),
    (MODEL, "mae(target.p, p)", ["mae"]),
    (TWO, "mae(target.a, a), mae(target.b, b)", ["a_mae", "b_mae"]),
    (TWO, "mean(abs(a))", ["a_mean"]),
    (MODEL, "2 * mae(target.p, p)", ["2 * mae(target.p, p)"]),
])
def test_names_of_figures(model: str, metrics: str, names: list[str]) -> None:
    loss = "mse(target.a, a) + mse(target.b, b)" if model == TWO else "mse"
    read = blocks(train(f"loss {loss}", f"metrics {metrics}", model=model)).formulas
    assert [metric.name for metric in read.metrics] == names


def test_the_optimizer_stays_a_formula() -> None:
    optimizer = blocks(train("loss mse")).formulas.optimizer
    assert optimizer == Name("adam")
    called = blocks(MODEL + "train { loss mse;  optimizer adam(0.1) }\n").formulas.optimizer
    assert isinstance(called, Call)


def test_without_an_optimizer_it_is_that_of_keras() -> None:
    read = check_file(Source("main.nn", MODEL + "train { loss mse }\n"))
    optimizer = read[1].formulas.optimizer
    assert optimizer is not None
    found = read[0].refer(optimizer, ("optimizer",))
    assert found is not None and found.definition.name == "rmsprop"


def test_without_a_data_block_there_may_be_validation_from_python() -> None:
    assert not codes(train("loss mse", "early_stop val_loss"))
    assert codes(train("loss mse", "early_stop val_loss") + 'data { source csv("a.csv") }\n') == ["NN0415"]


def test_outputs_of_branches_are_not_several() -> None:
    model = "model m {\n    input x[4]\n    if training { output p = 2 * x } else { output p = x }\n}\n"
    assert not codes(train("loss mse", model=model))


def test_inputs_that_only_the_loss_reads_are_used() -> None:
    model = "model m { input x[4], scale[1];  output p = x -> dense(1) }\n"
    assert codes(train("loss mse", model=model)) == ["NN0119"]
    assert not codes(train("loss mean(scale * (target.p - p)^2)", model=model))


# ---------------------------------------------------------------------------------------------------- values


def expression(text: str) -> Expression:
    item = parse(Source("main.nn", f"let value = {text}\n")).items[0]
    assert isinstance(item, Let)
    return item.value


def lets(text: str) -> dict[str, Let]:
    return {item.name: item for item in parse(Source("main.nn", text)).items if isinstance(item, Let)}


@pytest.mark.parametrize(("text", "value"), [
    ("3", 3), ("2 * n + 1", 9), ("-n", -4), ("7 // 2", 3), ("1 / 4", 0.25), ("2^10", 1024.0), ("70%", 0.7),
    ('"a"', "a"), ("true", True), ("none", None), ("[1, n]", (1, 4)),
])
def test_values_are_computed(text: str, value: object) -> None:
    constants = Constants(lets("let n = 4"))
    assert constants.value(expression(text)) == value
    assert constants.read == ({"n"} if "n" in text.replace("none", "") else set())


@pytest.mark.parametrize("text", ["1 / 0", "9^9^9", "m", "a", "relu(3)", '"a" + 1', "not true", "1 < 2", "x -> dense(3)"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(NotConstant):
        Constants(lets("let a = b\nlet b = a")).value(expression(text))
