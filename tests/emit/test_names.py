"""Every operation of the language is a function of the kernels, and every name in generated code is the user's or theirs."""

import keyword

from hypothesis import given
from hypothesis import strategies as st

from nndsl import kernels
from nndsl.emit.formulas import _PYTHON_SIGNS, FUNCTIONS
from nndsl.emit.names import Names, identifier
from nndsl.ir.operations import OPERATIONS


def test_every_operation_has_a_function():
    written = set(_PYTHON_SIGNS) | {"neg", "not"}
    missing = [n for n in OPERATIONS if n not in written and not hasattr(kernels, FUNCTIONS.get(n, n))]
    assert not missing


@given(st.text(min_size=1))
def test_any_name_becomes_a_python_name(name):
    found = Names().new(name)
    assert found.isidentifier() and found.isascii() and not keyword.iskeyword(found) and found not in dir(kernels)


@given(st.lists(st.sampled_from(["x", "x.y", "x_y", "∂x", "d_x", "für", "exp", "for", "1"]), max_size=12))
def test_no_name_is_given_twice(wanted):
    names = Names()
    found = [names.new(n) for n in wanted]
    assert len(set(found)) == len(found)


def test_names_resemble_what_they_stand_for():
    assert identifier("dense_1.kernel") == "dense_1_kernel"
    assert identifier("∂x") == "d_x"
