"""`check` tells every mistake; `inspect` shows layers, formulas, derivatives, stages and code."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nndsl.compiler import ALL
from nndsl.derive import derive, differentiate

TWO = """model two {
    input  x[4]
    output p = x -> dense(8, tanh) -> dense(3, softmax)
}
train {
    loss      sparse_categorical_crossentropy
    optimizer sgd(learning_rate = 0.1)
}
"""
BAD = TWO.replace("dense(8", "dence(8").replace("softmax", "softmx").replace("sgd", "sgdd")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("bad.nn").write_text(BAD)
    path = Path("two.nn")
    path.write_text(TWO)
    return path


def test_check_tells_every_mistake_in_order(two: Path, nndsl: Callable) -> None:
    result = nndsl("check", two, "bad.nn")
    assert (result.code, result.out) == (1, "")
    found = [line for line in result.err.splitlines() if line.startswith("error[")]
    assert [line.split("`")[1] for line in found] == ["dence", "softmx", "sgdd"]
    assert [f"bad.nn:{place}" in result.err for place in ("3:21", "3:48", "7:15")] == [True] * 3
    assert result.err.count("did you mean") == 3
    assert result.err.endswith("\n3 errors in 1 file\n")
    assert "Traceback" not in result.err


def test_check_tells_mistakes_about_data_with_all_others(two: Path, nndsl: Callable) -> None:
    Path("t.csv").write_text("a,b,c\n1,2,3\n")
    data = 'data { source csv("t.csv")\n input x = columns(a, bb)\n target p = cc\n weight d\n scale x: standart }\n'
    Path("data.nn").write_text(data + BAD + "metric m(y, p) = 1\n")
    result = nndsl("check", "data.nn")
    found = [line.split("`")[-2] for line in result.err.splitlines() if line.startswith("error[")]
    assert found == ["d", "bb", "cc", "standart", "dence", "softmx", "sgdd"]
    Path("set.nn").write_text('data { source sklearn("iriss") }\n' + TWO.replace("dense(3", "dense(-3"))
    result = nndsl("check", "set.nn")
    assert [line[6:12] for line in result.err.splitlines() if line.startswith("error[")] == ["NN0503", "NN0208"]


def test_check_as_json_is_rustc_s_shape(two: Path, nndsl: Callable) -> None:
    result = nndsl("check", "bad.nn", "--json")
    assert (result.code, result.err) == (1, "")
    first, *_ = found = [json.loads(line) for line in result.out.splitlines()]
    assert len(found) == 3
    assert first["level"] == "error" and first["code"]["code"] == "NN0102"
    assert first["spans"][0]["line_start"] == 3 and first["spans"][0]["file_name"] == "bad.nn"


@pytest.mark.parametrize("content", [b"", b"\0\1\2\xff", b"\xff\xfe", b"(" * 10_000, b"model m { input x[", "\u202e".encode()])
def test_check_survives_any_file(content: bytes, nndsl: Callable, tmp_path: Path) -> None:
    (tmp_path / "x.nn").write_bytes(content)
    for verb in ("check", "run", "inspect"):
        result = nndsl(verb, tmp_path / "x.nn")
        assert (result.code, result.out) == (1, "")
        assert "error[NN" in result.err and "Traceback" not in result.err and "internal" not in result.err


@pytest.mark.parametrize(("variables", "coloured"), [({}, False), ({"FORCE_COLOR": "1"}, True),
                                                     ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)])
def test_colour_is_asked_for_and_forbidden(two: Path, nndsl: Callable, monkeypatch: pytest.MonkeyPatch,
                                           variables: dict[str, str], coloured: bool) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in nndsl("check", "bad.nn").err) == coloured
    assert ("\x1b[" in nndsl("inspect", two).out) == coloured
    assert "\x1b[" not in nndsl("inspect", two, "--json").out


def test_inspect_shows_layers(two: Path, nndsl: Callable) -> None:
    lines = nndsl("inspect", two).out.splitlines()
    assert lines[0].split() == ["layer", "definition", "input", "output", "parameters", "FLOP", "backward", "memory", "place"]
    assert lines[1].split()[:6] == ["dense_1", "dense", "[4]", "[8]", "40", "80"]
    assert lines[1].split()[-1] == "two.nn:3"
    assert lines[4].split()[:2] == ["total", "67"]
    figures = {line.split("  ")[-1].strip(): line.split("  ")[-2].strip() for line in lines[6:]}
    assert figures["parameters"] == "67" and figures["arena in training, batch 32"].endswith(" kB")
    first = json.loads(nndsl("inspect", two, "--json").out.splitlines()[0])
    assert (first["name"], first["parameters"], first["outputs"]) == ("dense_1", 40, [[8]])


def test_operations_of_a_product_are_those_of_a_textbook(two: Path, nndsl: Callable) -> None:
    two.write_text("model m { input x[100];  output y = x -> dense(50, use_bias = false) }")
    first = json.loads(nndsl("inspect", two, "--json").out.splitlines()[0])
    assert first["operations"] == 2 * 100 * 50


def test_inspect_shows_formulas_and_derivatives(two: Path, nndsl: Callable) -> None:
    formulas = nndsl("inspect", two, "--formulas").out.splitlines()
    assert formulas[:3] == ["dense_1: dense, [4] → [8]", "─" * 25, "dense_1.z[n,u] = Σ_i x[n,i] · dense_1.kernel[i,u]"]
    derivatives = nndsl("inspect", two, "--derivatives", "--layer", "dense_1").out.splitlines()
    assert derivatives[-1] == "    ∂L/∂dense_1.kernel[i,u] = Σ_n δdense_1.z[n,u] · x[n,i]"
    assert any(line.startswith("dense_1.z[n,u] = Σ_i x[n,i] · dense_1.kernel[i,u]    library/layers.nn:")
               for line in derivatives)
    assert not any("∂" in line for line in formulas)
    derivatives = [line.strip() for line in derivatives if line.startswith("    ") and " = " in line]
    as_json = [json.loads(line)["equation"] for line in nndsl("inspect", two, "--derivatives", "--json").out.splitlines()]
    assert set(derivatives) < set(as_json)


@pytest.mark.parametrize(("stage", "sign"), [("ast", "  items: Model name='two'"), ("checked", "softmax[c]("),
                                             ("equations", "p.exp[n,c]"), ("adjoints", "∂p.sum[n]"), ("passes", "∂dense_1.z")])
def test_inspect_shows_any_stage(two: Path, nndsl: Callable, stage: str, sign: str) -> None:
    result = nndsl("inspect", two, "--stage", stage)
    assert (result.code, result.err) == (0, "")
    assert sign in result.out
    assert json.loads(nndsl("inspect", two, "--stage", stage, "--json").out)["stage"] == result.out


def test_inspect_shows_one_program_of_a_stage(two: Path, nndsl: Callable) -> None:
    whole = nndsl("inspect", two, "--stage", "equations").out
    part = nndsl("inspect", two, "--stage", "equations", "--program", "update").out
    assert f"# update\n{part}" in whole and "∂dense_2.bias" in part and "softmax" not in part


def test_inspect_shows_code_that_is_python(two: Path, nndsl: Callable) -> None:
    code = nndsl("inspect", two, "--code").out
    assert code == nndsl("inspect", two, "--stage", "code").out
    names = {node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)}
    assert {"forward", "learn", "train"} <= names
    assert "library/layers.nn:" in code


def test_inspect_takes_hyperparameters(two: Path, nndsl: Callable) -> None:
    two.write_text("let width = 8\n" + TWO.replace("dense(8", "dense(width"))
    assert json.loads(nndsl("inspect", two, "--set", "width=5", "--json").out.splitlines()[0])["outputs"] == [[5]]
    wrong = nndsl("inspect", two, "--set", "widht=5")
    assert wrong.code == 1 and "did you mean `width`" in wrong.err


def test_inspect_writes_latex(two: Path, nndsl: Callable) -> None:
    activation = "activation f(x, a = 1) = where(x > 0, x, -x)^3 / (a - x) * ((x + 1) / 2)^2\n"
    two.write_text(TWO.replace("tanh", "f(a = 2)") + activation)
    lines = nndsl("inspect", two, "--formulas", "--tex").out.splitlines()
    z = r"\mathrm{dense\_1.z}_{n,u}"
    assert lines[0] == r"\documentclass[a4paper]{article}" and lines[-1] == r"\end{document}"
    assert r"\[ " + z + r" = \sum_{i} \mathrm{x}_{n,i} \cdot \mathrm{dense\_1.kernel}_{i,u} \]" in lines
    [f] = [text for text in lines if "cases" in text]
    assert r"\left(\begin{cases}" in f and r"\end{cases}\right)^{3}" in f and r"}{2}\right)^{2}" in f
    assert all(text.count("{") == text.count("}") and text.count(r"\left") == text.count(r"\right") for text in lines)


@pytest.mark.parametrize("name", ["examples/digits.nn", "examples/heat.nn", "examples/lenet.nn", "tests/golden/recurrent.nn"])
@pytest.mark.parametrize("view", ["--formulas", "--derivatives"])
def test_latex_is_plain_and_balanced(nndsl: Callable, name: str, view: str) -> None:
    """What makes pdflatex stop: a letter without a glyph, braces left open, a sign outside of mathematics."""
    text = nndsl("inspect", Path(__file__).resolve().parents[2] / name, view, "--tex").out
    assert text.isascii()
    body = text.partition(r"\begin{document}")[2]
    bare = re.sub(r"\\.", "", body)
    assert bare.count("{") == bare.count("}") and bare.count("$") % 2 == 0
    assert body.count(r"\[ ") == body.count(r" \]") > 0
    assert body.count(r"\left") == body.count(r"\right") and body.count(r"\begin{cases}") == body.count(r"\end{cases}")
    outside = re.sub(r"\\\[ .*? \\\]|\$.*?\$", "", body)
    assert not re.search(r"[_^#&%~]", re.sub(r"\\[_^#&%~]", "", outside))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex here")
@pytest.mark.parametrize("name", ["digits", "lenet", "lstm", "transformer", "heat", "own_formulas", "vae"])
def test_latex_compiles(nndsl: Callable, tmp_path: Path, name: str) -> None:
    file = Path(__file__).resolve().parents[2] / "examples" / f"{name}.nn"
    for view in ("--formulas", "--derivatives"):
        (tmp_path / "view.tex").write_text(nndsl("inspect", file, view, "--tex").out)
        made = subprocess.run(["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "view.tex"], cwd=tmp_path,
                              capture_output=True, text=True, errors="replace")
        assert made.returncode == 0, made.stdout[-2000:]
        assert (tmp_path / "view.pdf").stat().st_size > 10_000


def test_inspect_shows_what_each_pass_changed(two: Path, nndsl: Callable) -> None:
    lines = nndsl("inspect", two, "--stage", "adjoints", "--changes").out.splitlines()
    heads = [line.split(":")[0] for line in lines if line.startswith("# ")]
    assert heads == [f"# {change.__name__}" for change in (*ALL.before, differentiate, derive)]
    safe = [line for line in lines if line[2:].startswith("loss[n] = ")]
    assert [line[0] for line in safe] == ["-", "+"] and "-log(p[n,target.p[n]])" in safe[0] and "log(p.sum[n])" in safe[1]
    assert "# derive: 0 removed, " in "\n".join(lines)
    lines = nndsl("inspect", two, "--stage", "passes", "--changes").out.splitlines()
    shared = [line for line in lines if line[2:].startswith("∂dense_1.z[n,u] += ")][:2]
    assert "tanh(" in shared[0] and "1 - dense_1.output[n,u]²" in shared[1]
    assert nndsl("inspect", two, "--stage", "equations", "--changes").out.startswith("# lower: 4 removed, 8 added\n")


WRONG = ["--tex", "--layer dense_1", "--formulas --derivatives", "--code --html x.html", "--code --stage ast", "--stage nope",
         "--program learn", "--changes", "--changes --stage ast", "--formulas --layer dense_7", "--set width"]


@pytest.mark.parametrize("arguments", WRONG)
def test_inspect_refuses_arguments_that_do_not_go_together(two: Path, nndsl: Callable, arguments: str) -> None:
    result = nndsl("inspect", two, *arguments.split())
    assert (result.code, result.out) == (2, "")
    assert "Error: " in result.err
