"""The documentation is true: its models check and train, its Python runs, its links lead somewhere, nothing is left out."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fenced import Block, blocks

import nndsl as package
from nndsl.cli.explain import page
from nndsl.diagnostics import CATALOGUE
from nndsl.ir.operations import DRAWS, NESTED_REDUCTIONS, OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob("docs/**/*.md")) + [ROOT / "README.md"]


def on_pages(*fences: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page, *fences)]


def write_data(page: Path, folder: Path) -> None:
    """Write the data files that a page shows."""
    for block in blocks(page, "csv *.csv"):
        (folder / block.fence.removeprefix("csv ")).write_text(block.text)


TRANSCRIPTS = [path for path in PAGES if "```console" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda p: p.name)
def test_transcripts_are_real(path: Path, tmp_path: Path) -> None:
    """What a page shows of a terminal is what it gives; `...` stands for any lines, and `console ~` leaves the numbers open."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for block in blocks(path, "console", "console ~", "nn *.nn"):
        if block.fence.startswith("nn "):
            (tmp_path / block.fence.removeprefix("nn ")).write_text(block.text)
        else:
            command, _, shown = block.text.partition("\n")
            given = terminal(command.removeprefix("$ nndsl "), tmp_path)
            assert same(shown, given, numbers="~" not in block.fence), f"{block}:\n{given}"


def terminal(arguments: str, folder: Path) -> str:
    """What `nndsl` with these arguments writes, results and progress together."""
    env = os.environ | {"PYTHONPATH": str(Path(package.__file__).resolve().parents[1])}
    command = [sys.executable, "-m", "nndsl", *shlex.split(arguments)]
    return subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def same(shown: str, given: str, numbers: bool) -> bool:
    shown, given = (re.sub(r"(library/\w+\.nn):\d+", r"\1:#", text) for text in (shown, given))  # the library grows
    if not numbers:
        shown, given = (re.sub(r" +", " ", re.sub(r"\d[\d.:T-]*( ms| s)?", "#", text)) for text in (shown, given))
    pattern = "".join("(?:.*\n)*" if line == "...\n" else re.escape(line) for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, given) is not None


@pytest.mark.parametrize("block", on_pages("nn", "nn run"), ids=str)
def test_models_check(block: Block, nndsl: Callable, tmp_path: Path) -> None:
    write_data(block.page, tmp_path)
    file = tmp_path / "doc.nn"
    file.write_text(block.text)
    result = nndsl("check", file, "--json")
    found = [json.loads(line) for line in result.out.splitlines()]
    assert not found, "\n".join(d["rendered"] for d in found)


@pytest.mark.parametrize("block", on_pages("nn run"), ids=str)
def test_models_train(block: Block, nndsl: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_data(block.page, tmp_path)
    Path("doc.nn").write_text(block.text)
    result = nndsl("run", "doc.nn", "--epochs", "1", "--json", "--out", "run")
    assert result.code == 0, result.err
    last = json.loads(result.out.splitlines()[-1])
    assert last["event"] == "end" and last["epochs"] == 1
    assert all(isinstance(value, float) for value in last["test"].values())


@pytest.mark.parametrize("page", ["quickstart.md", "language.md"])
def test_the_first_example_is_the_file_it_is_said_to_be(page: str) -> None:
    first, *_ = blocks(ROOT / "docs" / page, "nn", "nn run")
    assert first.text == (ROOT / "examples" / "digits.nn").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", on_pages("python"), ids=str)
def test_python_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples")
    namespace: dict[str, object] = {}
    exec(compile(block.text, str(block), "exec"), namespace)  # noqa: S102  the page's own code
    assert "nndsl" in namespace


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    prose = re.sub(r"^```.*?^```$|^ {4}.*?$|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        if target.startswith(("http:", "https:")):
            continue
        file, _, heading = target.partition("#")
        goal = (path.parent / file).resolve() if file else path
        assert goal.exists(), f"{path.name}: {target}"
        if heading:
            titles = re.findall(r"^#+ (.*)$", goal.read_text(encoding="utf-8"), re.M)
            assert heading in {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}, f"{path.name}: {target}"


def test_language_page_names_every_primitive() -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", text))
    primitives = {name for name, row in OPERATIONS.items() if row.language} | set(NESTED_REDUCTIONS) | set(DRAWS)
    assert not sorted(primitives - words)


def test_diagnostics_page_is_the_catalogue() -> None:
    path = ROOT / "docs" / "diagnostics.md"
    assert path.read_text(encoding="utf-8") == page(CATALOGUE), "renew it with `nndsl explain --page > docs/diagnostics.md`"
