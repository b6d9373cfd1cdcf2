"""What is compiled does not grow with the number of equal layers: they share their kernels."""

from __future__ import annotations

import re

import pytest

from nndsl.compiler import compile_source
from nndsl.diagnostics import Source

TEXT = """
model deep {
    input  x[16]
    output p = x -> repeat(LAYERS, dense(16, selu)) -> dense(4, softmax)
}
train {
    loss      sparse_categorical_crossentropy
    optimizer adam(clipnorm = 1)
    metrics   accuracy
}
"""


def module(layers: int, text: str = TEXT) -> str:
    return compile_source(Source("deep.nn", text.replace("LAYERS", str(layers))), {}).code


def functions(code: str) -> list[str]:
    """The jitted functions, without the comments."""
    jitted = [part for part in code.split("\n\n\n") if part.startswith("@")]
    return [re.sub(r"^ *#.*\n", "", f, flags=re.MULTILINE) for f in jitted]


def test_forty_layers_have_the_kernels_of_five():
    few, many = module(5), module(40)
    assert few.count("@kernel\n") == many.count("@kernel\n") > 5
    assert few.count("@rare\n") == many.count("@rare\n") > 1
    assert functions(few) == functions(many) and "def train(" in functions(few)[-1]


@pytest.mark.parametrize("section", ["learn", "update", "forward", "initial"])
def test_what_grows_is_the_table_of_operations(section):
    def rows(layers):
        body = module(layers).partition(f"def {section}_rows(")[2].partition("\n    ]")[0]
        return len(re.findall(r"^        \(", body, re.MULTILINE))

    three, four, ten = rows(3), rows(4), rows(10)
    assert ten - four == 6 * (four - three) > 0
