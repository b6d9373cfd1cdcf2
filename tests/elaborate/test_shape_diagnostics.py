"""Each row of the catalogue about shapes and building: its wrong example gets it and nothing else, its right one nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.checking import check
from nndsl.diagnostics import CATALOGUE, Diagnostic, NNError, Source
from nndsl.diagnostics.messages import building, shapes

ROOT = Path(__file__).resolve().parents[2]
ROWS = {**shapes.ROWS, **building.ROWS}
TOLD = "".join(path.read_text() for path in (ROOT / "nndsl" / "checking" / "elaborate").glob("*.py"))
SHOWN = sorted(code for code, entry in ROWS.items() if entry.wrong and code in TOLD)


def told(text: str) -> tuple[Diagnostic, ...]:
    """What a file gets."""
    try:
        return check(Source("example.nn", text)).warnings
    except NNError as error:
        return error.diagnostics


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_gets_its_code(code: str) -> None:
    assert [d.code for d in told(CATALOGUE[code].wrong)] == [code]


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_gets_nothing(code: str) -> None:
    assert not told(CATALOGUE[code].right)


@pytest.mark.parametrize("code", SHOWN)
def test_the_place_is_in_the_file_at_hand(code: str) -> None:
    (diagnostic,) = told(CATALOGUE[code].wrong)
    assert diagnostic.labels[0].span.source.name == "example.nn"
    assert diagnostic.labels[0].span.text.strip()


MODEL = "model m {{\n    input x[4], y[5]\n    output p = {}\n    output q = sum(y) + sum(x)\n}}\n"
TRAINED = "model m {{\n    input x[4]\n    output p = x -> dense(3)\n}}\ntrain {{\n    loss mse\n    optimizer adam({})\n}}\n"
LOSS = "loss own({}, p[K]) = -p[y]\nmodel m {{\n    input x[4]\n    output p = x -> dense(3)\n}}\ntrain {{ loss own }}\n"


@pytest.mark.parametrize(("text", "says"), [
    (MODEL.format("x[9]"), "is 9"),
    (MODEL.format("x[0, 0]"), "a tensor with 1 axis cannot have 2 indices"),
    (MODEL.format("x[]"), "a tensor with 1 axis cannot have 0 indices"),
    (MODEL.format("join([], 1)"), "an empty list cannot stand where a list with entries is expected"),
    (MODEL.format("9^9^9 * x"), "is beyond the numbers a computer holds"),
    (MODEL.format("(1 / 0) * x"), "divides by zero"),
    (LOSS.format("y: int"), "a tensor of the shape [3] cannot stand where a whole number is expected"),
    (LOSS.format("y: int"), "`y[]`"),
    (TRAINED.format("clipnorm = -1"), "clipnorm is a number above 0, got -1"),
    (TRAINED.format("clipvalue = 0"), "clipvalue is a number above 0, got 0"),
    (TRAINED.format("global_clipnorm = -0.5"), "global_clipnorm is a number above 0, got -0.5"),
    (TRAINED.format("use_ema = true, ema_momentum = 2"), "ema_momentum is a number from 0 to 1, got 2"),
    (TRAINED.format("use_ema = true, ema_overwrite_frequency = 0"), "ema_overwrite_frequency is a whole number of"),
    (TRAINED.format("gradient_accumulation_steps = 1.5"), "gradient_accumulation_steps is a whole number of at"),
])
def test_messages_say_what_is_wrong(text: str, says: str) -> None:
    diagnostic, *_ = told(text)
    assert diagnostic.labels[0].span.text
    assert says in "\n".join((diagnostic.message, *diagnostic.helps, *(label.text for label in diagnostic.labels)))


@pytest.mark.parametrize("text", [
    LOSS.format("y[]: int"),
    TRAINED.format("clipnorm = 1, use_ema = true, ema_overwrite_frequency = 3, gradient_accumulation_steps = 2"),
    "schedule slow() = 0.1 / (step + 1)\n" + TRAINED.format("slow"),
    "schedule slow(start = 0.1) = start / (step + 1)\n" + TRAINED.format("learning_rate = slow"),
])
def test_and_nothing_about_what_is_right(text: str) -> None:
    assert not told(text)


def test_an_einsum_equation_that_is_a_list_of_numbers_is_a_mistake_of_the_file() -> None:
    text = 'model m { input x[3];  output y = x -> einsum_dense([1, 2], 2) }\n'
    with pytest.raises(NNError) as raised:
        check(Source("m.nn", text), {})
    assert "equation" in raised.value.diagnostics[0].message
