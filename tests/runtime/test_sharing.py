"""A step's work shared between threads: the rows of each, and the same bits whatever their number."""

from __future__ import annotations

from threading import Thread

import numba
import numpy as np
import pytest
from golden_models import batch_of, checked

from nndsl import cache
from nndsl.compiler import compile_checked
from nndsl.kernels import meet
from nndsl.runtime import sharing, team
from nndsl.runtime.network import CompiledNetwork
from nndsl.runtime.sharing import IDLE, contract, gemm, nest, shared, spans

LOOP, ALONE, MEET = 5, 6, 9


def test_parts_are_whole_and_nearly_equal() -> None:
    for size in range(1, 60):
        for threads in range(1, 6):
            for grain in (1, 8):
                parts = spans(size, threads, grain)
                assert [n for first, last in parts for n in range(first, last)] == list(range(size))
                assert max(b - a for a, b in parts) <= -(-size // (threads * grain)) * grain + grain - 1


def test_rows_are_cut_and_threads_meet_where_they_must() -> None:
    rows = np.array([[ALONE, 1, 0, 0], [ALONE, 2, 0, 0], [LOOP, 100, 80_000, 3], [ALONE, 3, 0, 0], [LOOP, 7, 5, 3]])
    tables, split = shared(rows, 3, {LOOP: nest(2, (2,), ((1, (3,)),))}, 2, MEET)
    one, two = ([tuple(row) for row in table.tolist()] for table in tables)
    assert len(one) == len(two) and split == one.index((ALONE, 3, 0, 0)) and one[split - 1][0] == MEET
    assert [row for row in one if row[0] == LOOP] == [(LOOP, 100, 40_000, 3), (LOOP, 7, 5, 3)]
    assert [row for row in two if row[0] == LOOP] == [(LOOP, 100 + 3 * 40_000, 40_000, 3)]
    assert {row[0] for row in two} == {LOOP, IDLE, MEET} and one[-1][0] == two[-1][0] == MEET
    at = one.index((LOOP, 100, 40_000, 3))
    assert one[at - 1][0] == one[at + 1][0] == MEET and (ALONE, 2, 0, 0) == one[at - 2]


def test_matrix_products_are_cut_along_their_rows_or_columns() -> None:
    high = [0, 0, 0, 64, 10, 20, 1000, 20, 2000, 10, 0, 3000, 10]
    assert gemm(high).cut(16, 32) == [0, 0, 0, 16, 10, 20, 1000 + 16 * 20, 20, 2000, 10, 0, 3000 + 16 * 10, 10]
    wide = [0, 1, 1, 8, 96, 20, 1000, 8, 2000, 20, 1, 3000, 96]
    assert gemm(wide).cut(48, 96) == [0, 1, 1, 8, 48, 20, 1000, 8, 2000 + 48 * 20, 20, 1, 3048, 96]


def test_sums_are_cut_only_where_their_parts_write_nothing_in_common() -> None:
    # C[n, p + i, c] += A[n, p, f] B[i, f, c]: windows of one sample overlap, those of two do not
    row = [1, 100, 200, 300, 1, 4, 1, 1, 2, 1, 3, 0, 20, 4, 8, 30, 0, 40, 6, 5, 0, 4, 5, 1, 4, 0]
    piece = contract(row)
    assert piece.size == 8 and piece.work == 4 * 3 * 8 * 6 * 5
    cut = piece.cut(4, 8)
    assert cut[1:4] == [100 + 4 * 30, 200, 300 + 4 * 40] and cut[14] == 4 and cut[:1] + cut[4:14] == row[:1] + row[4:14]
    alone = [1, 100, 200, 300, 1, 4, 1, 0, 1, 1, 6, 5, 0, 3, 5, 1, 4, 0]
    assert contract(alone).size == 1  # steps shorter than what is written


def test_threads_wait_for_each_other() -> None:
    @numba.njit(nogil=True)
    def work(meeting, thread, counts):  # type: ignore[no-untyped-def]
        for _ in range(2000):
            counts[thread] += 1
            meet(meeting, 2)
            if counts[0] != counts[1]:
                counts[2] += 1
            meet(meeting, 2)

    meeting, counts = np.zeros(32, np.int64), np.zeros(3, np.int64)
    threads = [Thread(target=work, args=(meeting, thread, counts)) for thread in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.tolist() == [2000, 2000, 0]


@pytest.mark.parametrize("name", ["classification", "convolution", "dropout_and_state", "recurrent", "two_outputs"])
def test_the_same_bits_at_any_number_of_threads(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(sharing, "WORTH", 1)
    monkeypatch.setattr(team, "ENOUGH", 1)
    stages = compile_checked(checked(name))
    key = cache.key("shared", name)
    cache.store(key, stages.artifact, stages.code, {})
    module = cache.load_module(stages.artifact)
    arrays = batch_of(stages.checked, 23)
    found = {threads: _trained(CompiledNetwork(stages.artifact, module), arrays, threads) for threads in (1, 2, 3)}
    assert found[1] == found[2] == found[3]


def _trained(network: CompiledNetwork, arrays: dict[str, np.ndarray], threads: int) -> list[bytes]:
    network.threads = threads
    network.initialize(4)
    order = np.random.default_rng(5).permutation(23)
    assert network.train(arrays, order, 0, 23, 9) == 23
    return [value.tobytes() for value in network.arrays.values()] + [network.running["totals"].tobytes()]
