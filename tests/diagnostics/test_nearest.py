"""Which name was probably meant."""

from __future__ import annotations

import pytest

from nndsl.diagnostics import nearest

KNOWN = ("dense", "dropout", "flatten", "relu", "elu", "adam", "adamw", "sgd")


@pytest.mark.parametrize(("name", "meant"), [
    ("dens", "dense"), ("desne", "dense"), ("Dense", "dense"), ("drop_out", "dropout"), ("flaten", "flatten"),
    ("rleu", "relu"), ("adm", "adam"), ("adanw", "adamw"), ("sdg", "sgd"), ("dense", "dense"),
    ("convolution", None), ("x", None), ("", None), ("tanh", None),
])
def test_nearest(name: str, meant: str | None) -> None:
    assert nearest(name, KNOWN) == meant


def test_no_names() -> None:
    assert nearest("dense", ()) is None


def test_equally_near_names_come_in_the_order_of_the_alphabet() -> None:
    assert nearest("cat", ("rat", "bat", "hat")) == "bat"
