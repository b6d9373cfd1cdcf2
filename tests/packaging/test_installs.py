"""A wheel, an editable install and a checkout all find the grammar and the library."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
MODEL = "model m { input x[3];  output y = x -> dense(2, relu) }\n"
CHECK = "import site, sys; site.addsitedir(sys.argv.pop(1)); from nndsl.cli.main import main; main(sys.argv[1:])"


def build(kind: str, folder: Path) -> Path:
    """The wheel of this project; `kind` is standard or editable."""
    [path] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=[kind])
    return Path(path)


def unpack(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(site: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line with `site` as a folder of installed packages, started away from the checkout."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", CHECK, str(site), *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("kind", ["standard", "editable", "checkout"])
def test_grammar_and_library_are_found(kind: str, tmp_path: Path) -> None:
    site = ROOT if kind == "checkout" else unpack(build(kind, tmp_path / "dist"), tmp_path / "site")
    (tmp_path / "m.nn").write_text(MODEL)
    good = run(site, "check", "m.nn", cwd=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    (tmp_path / "m.nn").write_text(MODEL.replace("dense", "dence"))
    bad = run(site, "check", "m.nn", cwd=tmp_path)
    assert bad.returncode == 1
    assert "did you mean `dense`" in bad.stderr


def test_wheel_holds_what_it_should(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("standard", tmp_path)) as archive:
        names = set(archive.namelist())
    library = {f"nndsl/library/{path.name}" for path in (ROOT / "nndsl" / "library").glob("*.nn")}
    assert library
    assert {"nndsl/grammar/nn.lark", "nndsl/py.typed", "nndsl/__main__.py"} | library <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if not name.startswith("nndsl") or "test" in name or name.endswith(".pyc")]


def test_readme_and_ci_agree() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "pip install . && nndsl run examples/digits.nn\n" in readme
    assert "\npip install '.[test]' && pytest\n" in readme
