"""BLAS is held at one thread while kernels work, and given back."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from protonet.kernels import blas, threads


def blas_threads() -> list[int]:
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


def test_blas_is_held_at_one_thread_and_given_back() -> None:
    before, loops = blas_threads(), np.getbufsize()
    with blas.blas_single():
        with blas.blas_single():
            assert all(n == 1 for n in blas_threads())
            assert np.getbufsize() == blas.LOOP_BUFFER
        assert all(n == 1 for n in blas_threads())
    assert blas_threads() == before
    assert np.getbufsize() == loops


def test_blas_is_given_back_by_the_last_of_several_threads() -> None:
    before = blas_threads()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with blas.blas_single():
            inside.set()
            leave.wait(timeout=60)

    other = threading.Thread(target=hold)
    other.start()
    inside.wait(timeout=60)
    with blas.blas_single():
        pass
    assert all(n == 1 for n in blas_threads())
    leave.set()
    other.join(timeout=60)
    assert blas_threads() == before


def test_blas_is_given_back_after_an_exception() -> None:
    before = blas_threads()
    with pytest.raises(KeyError), blas.blas_single():
        raise KeyError
    assert blas_threads() == before


def test_numbers_that_are_not_finite_are_nobodys_news():
    # Warnings are errors here; inside, in every thread, NumPy gives none, and outside as before.
    huge = np.full(4, np.float32(3e38))

    def overflow(index: int) -> None:
        huge * huge

    threads.run(overflow, 8)
    with pytest.warns(RuntimeWarning, match="overflow"):
        huge * huge
