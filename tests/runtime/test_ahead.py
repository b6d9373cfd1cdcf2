"""What a copy of the process compiled is found here."""

import pytest

from nndsl import cache
from nndsl.compiler import compile_source
from nndsl.diagnostics import Source
from nndsl.runtime import ahead
from nndsl.runtime.network import CompiledNetwork

TEXT = "model m { input x[3];  output y = x -> dense(2, tanh) -> dense(1) }\ntrain { loss mse;  optimizer sgd }\n"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NNDSL_CACHE_DIR", str(tmp_path / "cache"))
    cache.folder.cache_clear()
    stages = compile_source(Source("m.nn", TEXT), {}, "float64")
    cache.store("key", stages.artifact, stages.code, {})
    yield stages.artifact
    cache.folder.cache_clear()


def test_programs_are_loaded_not_compiled(kept, monkeypatch):
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    ahead.compiled_ahead({"key": ["learn"]})()
    network = CompiledNetwork(kept, cache.load_module(kept))
    network.run("learn", 1)
    network.run("forward", 1)
    hits = {name: sum(getattr(network._module, name).stats.cache_hits.values()) for name in ("learn", "forward")}
    assert hits == {"learn": 1, "forward": 0}


def test_without_another_core_nothing_is_begun(monkeypatch):
    monkeypatch.setattr(ahead, "cores", lambda: 1)
    begun = []
    monkeypatch.setattr(ahead.os, "fork", lambda: begun.append(1) or 1)
    ahead.compiled_ahead({"key": ["learn"]})()
    assert not begun


def test_where_no_process_can_be_begun_the_work_goes_on(monkeypatch):
    begun = []

    def refused():
        begun.append(1)
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(ahead, "cores", lambda: 2)
    monkeypatch.setattr(ahead.os, "fork", refused)
    ahead.compiled_ahead({"key": ["learn"]})()
    assert begun
