"""The pool of threads: all work is done once, errors come out, nothing hangs."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from protonet.kernels import parallel


@pytest.fixture(params=[1, 2, 8])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = parallel.num_threads()
    parallel.set_num_threads(request.param)
    yield request.param
    parallel.set_num_threads(before)


def test_every_index_is_done_once(threads: int) -> None:
    for n in (0, 1, 2, 7, 100):
        done = [0] * n

        def work(i: int, done: list[int] = done) -> None:
            done[i] += 1

        parallel.run(work, n)
        assert done == [1] * n


def test_chunks_cover_the_range_whatever_the_threads(threads: int) -> None:
    chunks: list[tuple[int, int]] = []
    parallel.for_chunks(10, 4, lambda start, stop: chunks.append((start, stop)))
    assert sorted(chunks) == [(0, 4), (4, 8), (8, 10)]


def test_work_is_shared() -> None:
    before = parallel.num_threads()
    parallel.set_num_threads(2)
    meet = threading.Barrier(2)
    parallel.run(lambda i: meet.wait(timeout=30), 2)  # one thread alone would wait for ever
    parallel.set_num_threads(before)


def test_an_exception_comes_out_and_the_pool_lives_on(threads: int) -> None:
    def fail(i: int) -> None:
        if i == 3:
            raise KeyError(i)

    for _ in range(3):
        with pytest.raises(KeyError, match="3"):
            parallel.run(fail, 20)
    test_every_index_is_done_once(threads)


def test_runs_inside_runs(threads: int) -> None:
    total = np.zeros((4, 5), int)

    def row(i: int) -> None:
        parallel.run(lambda j: total.__setitem__((i, j), total[i, j] + 1), 5)

    parallel.run(row, 4)
    assert (total == 1).all()


def test_several_callers_at_once(threads: int) -> None:
    counts = [0] * 4

    def caller(c: int) -> None:
        def count(i: int) -> None:
            if sum(range(100)):
                marks[i] = 1

        for _ in range(50):
            marks = [0] * 6
            parallel.run(count, 6)
            counts[c] += sum(marks)

    callers = [threading.Thread(target=caller, args=(c,)) for c in range(4)]
    for each in callers:
        each.start()
    for each in callers:
        each.join(timeout=60)
    assert counts == [300] * 4


def test_number_of_threads_is_checked() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        parallel.set_num_threads(0)


def blas_threads() -> list[int]:
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


def test_blas_is_held_at_one_thread_and_given_back() -> None:
    before, loops = blas_threads(), np.getbufsize()
    with parallel.blas_single():
        with parallel.blas_single():
            assert all(n == 1 for n in blas_threads())
            assert np.getbufsize() == parallel.LOOP_BUFFER
        assert all(n == 1 for n in blas_threads())
    assert blas_threads() == before
    assert np.getbufsize() == loops


def test_blas_is_given_back_by_the_last_of_several_threads() -> None:
    before = blas_threads()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with parallel.blas_single():
            inside.set()
            leave.wait(timeout=60)

    other = threading.Thread(target=hold)
    other.start()
    inside.wait(timeout=60)
    with parallel.blas_single():
        pass
    assert all(n == 1 for n in blas_threads())
    leave.set()
    other.join(timeout=60)
    assert blas_threads() == before


def test_blas_is_given_back_after_an_exception() -> None:
    before = blas_threads()
    with pytest.raises(KeyError), parallel.blas_single():
        raise KeyError
    assert blas_threads() == before


def test_buffers_are_of_a_thread_and_reused() -> None:
    first = parallel.buffer("test", (3, 4), np.float32)
    assert parallel.buffer("test", (2, 5), np.float32).base is first.base
    assert parallel.buffer("test", (2, 5), np.float64).dtype == np.float64
    others: list[np.ndarray] = []
    thread = threading.Thread(
        target=lambda: others.append(parallel.buffer("test", (3, 4), np.float32))
    )
    thread.start()
    thread.join()
    assert not np.shares_memory(others[0], first)


SCRIPT = """
import threading
from protonet.kernels import parallel
parallel.set_num_threads(4)
parallel.run(lambda i: None, 8)
print(len(threading.enumerate()))
"""


def test_the_interpreter_ends_with_threads_waiting() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) > 1
    assert not done.stderr


def test_number_of_threads_from_the_environment() -> None:
    script = "from protonet.kernels import parallel; print(parallel.num_threads())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PROTONET_NUM_THREADS": "3"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(done.stdout) == 3


FORK = """
import os, warnings
warnings.simplefilter("ignore")  # newer Pythons warn of forks beside threads
import numpy as np
from protonet.kernels import parallel
parallel.set_num_threads(3)
out = np.zeros(8)
def work(i): out[i] += 1
parallel.run(work, 8)
with parallel.blas_single():
    child = os.fork()
    if child == 0:
        parallel.run(work, 8)
        os._exit(0 if (out == 2).all() else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "0"


def test_numbers_that_are_not_finite_are_nobodys_news():
    # Warnings are errors here; inside, in every thread, NumPy gives none, and outside as before.
    huge = np.full(4, np.float32(3e38))

    def overflow(index: int) -> None:
        huge * huge

    parallel.run(overflow, 8)
    with pytest.warns(RuntimeWarning, match="overflow"):
        huge * huge
