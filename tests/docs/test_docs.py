"""The documentation is true: its models check and train, its Python runs, its links lead somewhere, nothing is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nndsl.cli.explain import page
from nndsl.diagnostics import CATALOGUE
from nndsl.ir.operations import DRAWS, NESTED_REDUCTIONS, OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob("docs/*.md")) + [ROOT / "README.md"]


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, the word after its fence, and the line it begins at."""

    page: Path
    line: int
    fence: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(*fences: str) -> list[Block]:
    found = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S):
            if match[1] in fences:
                found.append(Block(path, text.count("\n", 0, match.start()) + 1, match[1], match[2]))
    return found


@pytest.mark.parametrize("block", blocks("nn", "nn run"), ids=str)
def test_models_check(block: Block, nndsl: Callable, tmp_path: Path) -> None:
    file = tmp_path / "doc.nn"
    file.write_text(block.text)
    result = nndsl("check", file, "--json")
    found = [json.loads(line) for line in result.out.splitlines()]
    mistakes = [d for d in found if not d["code"]["code"].startswith("NN09")]  # said to be for later, on the page too
    assert not mistakes, "\n".join(d["rendered"] for d in mistakes)


@pytest.mark.parametrize("block", blocks("nn run"), ids=str)
def test_models_train(block: Block, nndsl: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("doc.nn").write_text(block.text)
    result = nndsl("run", "doc.nn", "--epochs", "1", "--json", "--out", "run")
    assert result.code == 0, result.err
    last = json.loads(result.out.splitlines()[-1])
    assert last["event"] == "end" and last["epochs"] == 1
    assert all(isinstance(value, float) for value in last["test"].values())


@pytest.mark.parametrize("block", blocks("python"), ids=str)
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
