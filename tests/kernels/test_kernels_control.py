"""Denormal numbers: flushed while asked for, and only there."""

import platform
import threading

import numpy as np
import pytest

from nndsl.kernels import entry, f4, flush_denormals, kernel, restore_denormals

KNOWN = platform.machine().lower() in ("x86_64", "amd64", "arm64", "aarch64")


@kernel
def halve(x):
    for i in range(x.size):
        x[i] *= f4(0.5)


@entry
def flushed(x):
    word = flush_denormals()
    halve(x)
    restore_denormals(word)


@entry
def kept(x):
    halve(x)


@entry
def control_word():
    word = flush_denormals()
    restore_denormals(word)
    return word


@pytest.mark.skipif(not KNOWN, reason="no control word is known for this processor")
def test_denormals_are_zero_inside_and_numbers_outside():
    before = control_word()
    x = np.full(64, 1e-41, "f4")
    flushed(x)
    assert (x == 0).all()
    assert control_word() == before
    x = np.full(64, 1e-41, "f4")
    kept(x)
    assert (x > 0).all()
    ordinary = np.full(64, 3.0, "f4")
    flushed(ordinary)
    assert (ordinary == 1.5).all()


def test_other_threads_keep_their_own():
    found = []

    def work():
        x = np.full(64, 1e-41, "f4")
        kept(x)
        found.append(bool((x > 0).all()))

    flushed(np.ones(4, "f4"))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [True]
