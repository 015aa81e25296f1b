"""Stages: in order, and each by as many threads as it is worth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from protonet.kernels import threads
from protonet.kernels.convolution.way import WHOLE, Piece, Stage, Task, finished, run
from protonet.kernels.threads import SMALL


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


@pytest.mark.parametrize("work", [SMALL - 1, SMALL])
def test_each_piece_is_finished_after_its_task(work: int, any_threads: None) -> None:
    written: list[int] = []
    done: list[slice] = []

    def finish(piece: Piece) -> Task:
        def task() -> None:
            assert piece.images.start in written
            done.append(piece.images)

        return task

    pieces = [Piece(slice(i, i + 1), slice(None), slice(None)) for i in range(5)]
    tasks = [partial(written.append, i) for i in range(5)]
    run(finished([Stage([lambda: None] * 2, work), Stage(tasks, work, pieces)], finish))
    assert sorted(done, key=lambda s: s.start) == [slice(i, i + 1) for i in range(5)]


def test_a_way_without_pieces_is_finished_at_the_end() -> None:
    done: list[object] = []
    stages = [Stage([partial(done.append, i)]) for i in range(3)]
    run(finished(stages, lambda piece: partial(done.append, piece)))
    assert done == [0, 1, 2, WHOLE]
