"""How tests run: no property test looks at the clock; the command line in this process, its output caught apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings

from nndsl.cli.main import main

# A busy machine draws examples slowly, and the first one of a fresh install more so: neither is a mistake.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


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
