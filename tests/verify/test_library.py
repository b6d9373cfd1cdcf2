"""Every definition of the library is looked at, and what is looked at is proved or sampled."""

from __future__ import annotations

from functools import cache

import pytest

from nndsl.checking.library import Library
from nndsl.verify.examples import definitions
from nndsl.verify.library import library, verify_each
from nndsl.verify.report import Report
from nndsl.verify.specimens import Specimens, alternatives

WHOLE = ("activation", "regularizer", "schedule", "initializer")
"""Kinds whose definitions are all verified here; of the others, which take longer, every eighth is."""

EVERY = library()
CHOSEN = [f for n, f in enumerate(EVERY) if f.kind in WHOLE or (f.kind != "function" and n % 8 == 3)]


@cache
def specimens() -> Specimens:
    return Specimens([f for f in EVERY if f.kind == "layer"])


@pytest.mark.parametrize("kind", sorted({f.kind for f in EVERY}))
def test_settings_and_shapes_are_found_for_every_definition(kind: str) -> None:
    without = [f for f in EVERY if f.kind == kind and f.definition.name != "bidirectional" and specimens().first(f) is None]
    if kind != "function":
        assert [f.definition.name for f in without] == []
        return
    reports = list(verify_each(without, EVERY))
    assert reports and [r.name for r in reports if not r.fine or "looked at within" not in r.notes[0]] == []


@pytest.mark.parametrize("part", range(6))
def test_definitions_are_proved_or_sampled(part: int) -> None:
    for report in verify_each(CHOSEN[part::6], EVERY):
        assert report.fine, report.disagreements
        assert report.parameters or report.programs or report.optimizer, f"nothing was looked at of {report.name}"
        assert all(p.entries for p in report.parameters)


def planted(text: str) -> Report:
    found = list(definitions(Library({"library/own.nn": text}).scopes))
    (report,) = verify_each(found, found)
    return report


def test_a_stop_in_a_definition_of_the_library_is_a_wrong_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    from nndsl.checking import library as module

    real = module.standard().library
    index = module.index((real.scopes[0].source.text).replace("x * sigmoid(x)", "x * stop(sigmoid(x))"))
    assert "stop(sigmoid(x))" in index.text
    wrong = module.Standard(Library({s.source.name: index.text if s is real.scopes[0] else s.source.text for s in real.scopes}))
    for place in ("nndsl.checking.library", "nndsl.checking.pieces", "nndsl.checking.imports", "nndsl.verify.library"):
        monkeypatch.setattr(f"{place}.standard", lambda: wrong)
    every = library()
    (report,) = verify_each([f for f in every if (f.kind, f.definition.name) == ("activation", "silu")], every)
    assert not report.fine
    assert [(d.witness, d.name) for d in report.disagreements] == [("numbers", "∂x")]
    (told,) = report.disagreements
    assert told.place.startswith("library/activations.nn:") and "without `stop`" in told.text


def test_a_definition_that_fits_nothing_is_a_failure() -> None:
    report = planted('layer picky(n) { input x[K];  require K > 1000, "too few";  output x }\n')
    assert not report.fine and "nothing was looked at" in report.disagreements[0].text
    assert report.disagreements[0].place == "library/own.nn:1"


def test_other_values_of_settings_come_from_what_they_are_compared_with() -> None:
    conv = next(f for f in EVERY if f.definition.name == "conv1d").definition
    found = alternatives(conv)
    assert set(found["padding"]) == {"same", "causal"} and found["use_bias"] == [False]
