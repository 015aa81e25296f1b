"""Stages: in order, and each by as many threads as it is worth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

from protonet.kernels import threads
from protonet.kernels.convolution.way import SMALL, Stage, run


def test_a_stage_begins_when_the_one_before_is_done(any_threads: None) -> None:
    threads.set_num_threads(4)
    done: list[int] = []

    def stages() -> Iterator[Stage]:
        for number in range(5):
            assert len(done) == 6 * number
            yield Stage([partial(done.append, number)] * 6, SMALL)

    run(stages())
    assert done == sorted(done) and len(done) == 30


def test_threads_are_woken_for_large_stages_only(any_threads: None) -> None:
    threads.set_num_threads(2)
    meet = threading.Barrier(2)
    run([Stage([lambda: meet.wait(timeout=30)] * 2, SMALL)])  # one alone would wait for ever
    seen: set[int] = set()
    run([Stage([lambda: seen.add(threading.get_ident())] * 50, SMALL - 1)])
    assert seen == {threading.get_ident()}
