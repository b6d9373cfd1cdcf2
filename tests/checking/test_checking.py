"""Checking as a whole: one diagnostic a mistake, in the order of the text, from any text, without heavy imports."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nndsl.checking.check import check_file
from nndsl.checking.circles import circles
from nndsl.checking.rules import RULES, WORDS
from nndsl.checking.statements import VISITORS as STATEMENTS
from nndsl.checking.walking import CHILDREN, walk
from nndsl.diagnostics import Diagnostic, NNError, Source, render
from nndsl.syntax import parse, read_source, tree
from nndsl.syntax.tree import Let

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [p.read_text(encoding="utf-8") for folder in ("examples", "tests/language/good", "tests/language/bad", "nndsl/library")
         for p in sorted((ROOT / folder).glob("*.nn"))]
TOKEN = re.compile(r'"[^"\n]*"|\w+|\.\.\.|->|<-|[^\w\s]|\n| +')


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    try:
        return tuple(check_file(Source("main.nn", text))[2])
    except NNError as error:
        return error.diagnostics


def test_diagnostics_come_in_the_order_of_the_text() -> None:
    text = (ROOT / "tests/language/bad/several_mistakes.nn").read_text(encoding="utf-8")
    starts = [d.labels[0].span.start for d in diagnostics(text)]
    assert len(starts) > 4
    assert starts == sorted(starts)


@pytest.mark.parametrize("text", [
    "activation a(x) = x * sharpp + sharpp^2\n",
    "activation a(x, sharp = 1) = x * sharpp + sharpp^2\n",
    "let width = 3\nmodel m { input x[4];  output p = x -> dense(widht) }\n",
    "model m { input x[4];  h = x -> dens(3);  output p = h }\n",
    "model m { input x[4];  h = x -> dense(3);  output p = q }\n",
    "model m { input x[4];  output p = x -> dense(unit = 3) }\n",
    "optimizer o(rate = 0.1) { output w - rate * g }\n",
    "layer l() { input x[C];  output y[c + 1] = x[c] }\n",
    "layer l() { input x[C];  x = x -> relu;  output x }\n",
])
def test_one_mistake_is_told_once(text: str) -> None:
    assert len(diagnostics(text)) == 1


@pytest.mark.parametrize("seed", range(8))
def test_any_text_gets_diagnostics_and_nothing_else(seed: int) -> None:
    """Words put in place of others: most files still parse, and then mean something odd."""
    rng = random.Random(seed)
    words = [w for text in TEXTS for w in TOKEN.findall(text) if re.match(r"\w", w)]
    for _ in range(40):
        tokens = TOKEN.findall(rng.choice(TEXTS))
        places = [i for i, token in enumerate(tokens) if re.match(r"\w", token)]
        for _ in range(rng.choice((1, 2, 5, 10))):
            tokens[rng.choice(places)] = rng.choice(words)
        for diagnostic in diagnostics("".join(tokens)):
            assert diagnostic.code in render(diagnostic)


def test_check_imports_nothing_heavy() -> None:
    program = ("import sys; from nndsl.checking import check; from nndsl.syntax import read_source; "
               "check(read_source('examples/digits.nn')); check(read_source('examples/own_formulas.nn')); "
               "print([m for m in ('numpy', 'sympy', 'numba', 'sklearn', 'scipy', 'lark') if m in sys.modules])")
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.nn")), ids=lambda p: p.stem)
def test_examples_pass(path: Path) -> None:
    assert not list(check_file(read_source(path))[2])


# ---------------------------------------------------------------------------------------------------- tables


def test_the_tables_know_every_kind_of_node() -> None:
    from typing import get_args

    assert set(CHILDREN) == set(get_args(tree.Expression))
    statements = set(get_args(tree.Statement)) | set(get_args(tree.Attribute))
    assert set(STATEMENTS) == statements
    assert set(WORDS) == statements
    assert set().union(*(rule.statements for rule in RULES.values())) == statements


def test_walking_meets_every_part() -> None:
    item = parse(Source("", "let a = f(b[c, d < e @ g], [h, -i], j = k.l) -> (m + n else o) -> sum[p](q)\n")).items[0]
    assert isinstance(item, Let)
    names = [node.name for node in walk(item.value) if isinstance(node, tree.Name)]
    assert sorted(names) == ["b", "c", "d", "e", "f", "g", "h", "i", "k", "m", "n", "o", "p", "q", "sum"]


def test_circles() -> None:
    graph = {"a": "b", "b": "cd", "c": "a", "d": "d", "e": "ab"}
    assert list(circles(graph, lambda node: graph[node])) == [("a", "b", "c"), ("d",)]
    assert not list(circles("abc", lambda node: {"a": "bc", "b": "c", "c": ""}[node]))
    long = {n: [n + 1] for n in range(5000)} | {5000: []}
    assert not list(circles(long, lambda node: long[node]))
