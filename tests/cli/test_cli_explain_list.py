"""`explain` and `list`: what is shown comes from the catalogue and the library."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from nndsl.checking.library import standard
from nndsl.checking.scope import KINDS
from nndsl.diagnostics import CATALOGUE


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_is_explained(nndsl: Callable, code: str) -> None:
    result = nndsl("explain", code)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{CATALOGUE[code].severity}[{code}]: ")


def test_explain_accepts_a_bare_number_and_refuses_others(nndsl: Callable) -> None:
    assert nndsl("explain", "1").out == nndsl("explain", "nn0001").out
    wrong = nndsl("explain", "NN7777")
    assert (wrong.code, wrong.out) == (2, "")
    assert "there is no code NN7777" in wrong.err


def test_explain_lists_all_codes(nndsl: Callable) -> None:
    assert [line.split()[0] for line in nndsl("explain").out.splitlines()] == sorted(CATALOGUE)
    objects = [json.loads(line) for line in nndsl("explain", "--json").out.splitlines()]
    assert [o["code"] for o in objects] == sorted(CATALOGUE)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "function"])
def test_list_names_every_definition_of_a_kind(nndsl: Callable, kind: str) -> None:
    rows = [json.loads(line) for line in nndsl("list", kind, "--json").out.splitlines()]
    assert {name for row in rows for name in (row["name"], *row["also"])} == set(standard().names(kind))
    plural = kind + ("es" if kind.endswith("s") else "s")
    text = nndsl("list", plural)
    assert (text.code, text.err) == (0, "")
    assert all(row["name"] in text.out for row in rows)


def test_list_without_a_kind_and_with_a_wrong_one(nndsl: Callable) -> None:
    assert re.search(r"^optimizer +sgd +Stochastic gradient descent, .* Also SGD.$", nndsl("list").out, re.M)
    wrong = nndsl("list", "layerz")
    assert (wrong.code, wrong.out) == (2, "")
    assert "none of activation, layer" in wrong.err
