"""What is generated for a few small models, as text that is reviewed: the module, and `learn` at two stages before it.

`NNDSL_RENEW=1 pytest tests/golden` writes the expected texts anew, to be read before they are kept.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from golden_models import FOLDER, NAMES, batch_of, source, stages
from plain_module import plain_network

from nndsl import cache
from nndsl.compiler import Stages
from nndsl.ir.printer import program_text
from nndsl.runtime.network import CompiledNetwork

RENEW = bool(os.environ.get("NNDSL_RENEW"))


def no_library_lines(text: str) -> str:
    """The text less the numbers of lines in the library, which move whenever something is added there."""
    return re.sub(r"(library/[\w/]+\.nn):\d+", r"\1", text)


TEXTS: dict[str, Callable[[Stages], str]] = {
    "adjoints": lambda found: no_library_lines(program_text(found.adjoints.learn)),
    "passes": lambda found: no_library_lines(program_text(found.passes.learn)),
    "py": lambda found: no_library_lines(found.code),
}

KINDS_OF_CODE = {
    "a matrix product": r"\(GEMM, 0, 0, .*, 0, at\.",
    "with its left side transposed": r"\(GEMM, 1, 0, ",
    "with its right side transposed": r"\(GEMM, 0, 1, ",
    "added to what is there": r"\(GEMM, .*, 1, at\.",
    "of several axes as one": r"\(GEMM, 0, 0, \d+\*batch",
    "a sum in a register": r"v\d+ \+= ",
    "a sum over the outer index": r"d_bias\[\w+\] \+= ",
    "a sum of neighbours in vectors": r"= plus\(",
    "a maximum of neighbours in vectors": r"= larger\(",
    "a maximum": r"= maximum\(v\d+, ",
    "a maximum and where it stands": r"if v\d+ > v\d+:",
    "a gather": r"= table\[\w+ \+ v\d+ \* ",
    "a scatter": r"d_table\[.*\] \+= ",
    "a row of another loop's own": r"        for \w+ in range\(\w+\):\n            for",
    "a draw": r"draw_uniform\(seed, step, stream, ",
    "a choice": r"where\(",
    "a power": r"power\(",
    "the number of samples": r"f4\(batch\)",
    "the number of updates": r"f4\(step \+ 1\)",
    "the factor on the learning rate": r"f4\(rate\)",
    "single precision": r"f4\(0\)",
    "double precision": r"f8\(0\.5\)",
    "whole numbers": r"view\(whole, ",
    "totals": r"view\(total, ",
    "weights to evaluate with": r"def final_rows\(",
    "a part seldom run": r"@rare\n",
}
"""What the models show between them, and how it is known."""


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_generated_is_what_was_reviewed(name: str, kind: str) -> None:
    path, text = FOLDER / f"{name}.{kind}", TEXTS[kind](stages(name))
    if RENEW:
        assert not os.environ.get("CI"), "expected texts are renewed by hand only"
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "renew with NNDSL_RENEW=1 and read what has changed"


def test_nothing_else_stands_there() -> None:
    found = {path.name for path in FOLDER.iterdir() if path.is_file() and not path.name.startswith("test_")}
    assert found == {f"{name}.{kind}" for name in NAMES for kind in (*TEXTS, "nn")} and len(NAMES) >= 8


@pytest.mark.parametrize("kind", KINDS_OF_CODE)
def test_the_models_show(kind: str) -> None:
    assert any(re.search(KINDS_OF_CODE[kind], stages(name).code) for name in NAMES)


def test_generated_modules_are_clean() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "-"]
    found = {name: subprocess.run(command, input=stages(name).code, capture_output=True, text=True) for name in NAMES}
    assert not {name: done.stdout for name, done in found.items() if done.returncode}


def test_compiled_or_not_a_module_does_the_same() -> None:
    """Gather, scatter and whole numbers among it; so plain Python, which is quick to start, can stand for compiled code."""
    found = stages("embedding")
    cache.store(f"test-{found.artifact.module[:16]}", found.artifact, found.code, {})
    networks = CompiledNetwork(found.artifact, cache.load_module(found.artifact)), plain_network(found.artifact, found.code)
    arrays = batch_of(found.checked, 7)
    for network in networks:
        network.initialize(3)
        assert network.train(arrays, np.arange(7), 0, 7, 3) == 7 and network.step == 3
    compiled, plain = networks
    for variable, value in plain.arrays.items():
        np.testing.assert_allclose(compiled.arrays[variable], value, rtol=1e-5, atol=1e-7, err_msg=variable)
    assert compiled.assess(arrays) == pytest.approx(plain.assess(arrays), rel=1e-6)


# ---------------------------------------------------------------------------------------------------- comments


def kernels(code: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each function that is a loop nest: its name, the comments over its loops with broken lines joined, its other lines."""
    for part in re.split(r"^@(?:kernel|rare)\ndef ", code, flags=re.MULTILINE)[1:]:
        part = re.split(r"^\S", part.partition("):\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
        lines = part.rstrip().split("\n")
        above = next(k for k, line in enumerate(lines) if not line.startswith("    #"))
        comments = re.sub(r"\n    #     ", " ", "\n".join(lines[:above])).split("\n")
        yield part, [c.removeprefix("    # ") for c in comments], lines[above:]


COMMENT = re.compile(r"(?P<out>[\w∂:. /²]+)(?P<index>\[[^=]*\])? \+?= (?P<formula>\S.*?) +"
                     r"(?P<file>(?:\w+/)*\w+\.nn):(?P<line>\d+)(?: \D.*)?")


@pytest.mark.parametrize("name", NAMES)
def test_over_each_loop_nest_stands_what_it_computes_and_for_which_line(name: str) -> None:
    found = list(kernels(stages(name).code))
    assert len(found) == len(re.findall(r"^@(?:kernel|rare)$", stages(name).code, re.MULTILINE)) > 5
    lines = {f"{name}.nn": len(source(name).text.split("\n"))}
    for text, comments, code in found:
        for comment in comments:
            matched = COMMENT.fullmatch(comment)
            assert matched, comment
            assert matched["file"].startswith("library/") or int(matched["line"]) <= lines[matched["file"]]
        assert comments and code and not any("#" in line for line in code), text


@pytest.mark.parametrize("name", NAMES)
def test_no_text_says_where_the_project_stands(name: str) -> None:
    for text in (write(stages(name)) for write in TEXTS.values()):
        assert str(FOLDER.parents[1]) not in text and not re.search(r"(?<![\w ])/[a-z]", text)
