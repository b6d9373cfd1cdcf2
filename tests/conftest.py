"""How the command line is run in tests: in this process, its output caught apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from nndsl.cli.main import main


@dataclass(frozen=True)
class Result:
    """What a call of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def nndsl(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call `nndsl("check", "m.nn")`."""
    for name in ("NO_COLOR", "FORCE_COLOR", "NNDSL_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as left:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Result(int(left.value.code or 0), out, err)

    return call
