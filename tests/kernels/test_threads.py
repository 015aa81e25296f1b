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

from protonet.kernels import threads


@pytest.fixture(params=[1, 2, 8])
def count(request: pytest.FixtureRequest) -> Iterator[int]:
    before = threads.num_threads()
    threads.set_num_threads(request.param)
    yield request.param
    threads.set_num_threads(before)


def test_every_index_is_done_once(count: int) -> None:
    for n in (0, 1, 2, 7, 100):
        done = [0] * n

        def work(i: int, done: list[int] = done) -> None:
            done[i] += 1

        threads.run(work, n)
        assert done == [1] * n


def test_chunks_cover_the_range_whatever_the_threads(count: int) -> None:
    chunks: list[tuple[int, int]] = []
    threads.for_chunks(10, 4, lambda start, stop: chunks.append((start, stop)))
    assert sorted(chunks) == [(0, 4), (4, 8), (8, 10)]


def test_work_is_shared() -> None:
    before = threads.num_threads()
    threads.set_num_threads(2)
    meet = threading.Barrier(2)
    threads.run(lambda i: meet.wait(timeout=30), 2)  # one thread alone would wait for ever
    threads.set_num_threads(before)


def test_an_exception_comes_out_and_the_pool_lives_on(count: int) -> None:
    def fail(i: int) -> None:
        if i == 3:
            raise KeyError(i)

    for _ in range(3):
        with pytest.raises(KeyError, match="3"):
            threads.run(fail, 20)
    test_every_index_is_done_once(count)


def test_runs_inside_runs(count: int) -> None:
    total = np.zeros((4, 5), int)

    def row(i: int) -> None:
        threads.run(lambda j: total.__setitem__((i, j), total[i, j] + 1), 5)

    threads.run(row, 4)
    assert (total == 1).all()


def test_several_callers_at_once(count: int) -> None:
    counts = [0] * 4

    def caller(c: int) -> None:
        def count(i: int) -> None:
            if sum(range(100)):
                marks[i] = 1

        for _ in range(50):
            marks = [0] * 6
            threads.run(count, 6)
            counts[c] += sum(marks)

    callers = [threading.Thread(target=caller, args=(c,)) for c in range(4)]
    for each in callers:
        each.start()
    for each in callers:
        each.join(timeout=60)
    assert counts == [300] * 4


def test_number_of_threads_is_checked() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        threads.set_num_threads(0)


SCRIPT = """
import threading
from protonet.kernels import threads
threads.set_num_threads(4)
for n in (1, 2, 8, 3):
    threads.run(lambda i: None, n)
    print(len(threading.enumerate()))
threads.set_num_threads(2)
for thread in threading.enumerate()[2:]:
    thread.join(timeout=30)
print(len(threading.enumerate()))
"""


def test_as_many_threads_as_the_work_needs_and_the_interpreter_ends_with_them_waiting() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["1", "2", "4", "4", "2"]  # the caller's is one of them
    assert not done.stderr


def test_number_of_threads_from_the_environment() -> None:
    script = "from protonet.kernels import threads; print(threads.num_threads())"
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
from protonet.kernels import blas, threads
threads.set_num_threads(3)
out = np.zeros(8)
def work(i): out[i] += 1
threads.run(work, 8)
with blas.blas_single():
    child = os.fork()
    if child == 0:
        threads.run(work, 8)
        os._exit(0 if (out == 2).all() else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "0"
