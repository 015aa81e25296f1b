"""Memory of a thread: reused, never another's, given to all who work together."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from protonet.kernels import scratch


def test_buffers_are_of_a_thread_and_reused() -> None:
    first = scratch.buffer("test", (3, 4), np.float32)
    assert scratch.buffer("test", (2, 5), np.float32).base is first.base
    assert scratch.buffer("test", (2, 5), np.float64).dtype == np.float64
    others: list[np.ndarray] = []
    thread = threading.Thread(
        target=lambda: others.append(scratch.buffer("test", (3, 4), np.float32))
    )
    thread.start()
    thread.join()
    assert not np.shares_memory(others[0], first)


@pytest.fixture
def own() -> Iterator[scratch.Memory]:
    """Memory of this test's own."""
    before, fresh = scratch.memory(), scratch.Memory()
    scratch.adopt(fresh)
    yield fresh
    scratch.adopt(before)
    scratch.share([])


class Overtaken(dict):
    """The buffers of a thread, for whom another one makes a larger buffer right after it has
    looked for the first time."""

    def get(self, key, default=None):
        found = super().get(key, default)
        if found is None or found.size < 40:
            self[key] = np.empty(40, key[1])
        return found


@pytest.mark.parametrize("before", [0, 10])
def test_a_buffer_that_another_thread_has_grown_meanwhile_is_taken(
    own: scratch.Memory, before: int
) -> None:
    other = scratch.Memory()
    scratch.share([own, other])
    if before:
        scratch.buffer("test", (before,), np.float32)
    own.flat = Overtaken(own.flat)
    assert scratch.buffer("test", (4, 5), np.float32).shape == (4, 5)


def test_all_who_work_together_get_what_one_needs(own: scratch.Memory) -> None:
    other, stranger = scratch.Memory(), scratch.Memory()
    scratch.share([own, other])
    scratch.buffer("test", (3, 4), np.float32)
    key = ("test", np.dtype(np.float32))
    assert other.flat[key].size == 12
    assert not np.shares_memory(other.flat[key], own.flat[key])
    assert not stranger.flat
    scratch.share([other, stranger])
    scratch.buffer("alone", (5,), np.float32)
    assert list(own.flat)[-1] not in other.flat


def test_views_go_when_their_memory_does(own: scratch.Memory) -> None:
    def make() -> np.ndarray:
        return scratch.buffer("test", (4,), np.float32)

    first = scratch.views("key", make)
    assert scratch.views("key", make) is first
    larger = scratch.buffer("test", (400,), np.float32)
    assert np.shares_memory(scratch.views("key", make), larger)


def test_views_are_not_remembered_without_end(
    own: scratch.Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "VIEWS", 3)
    for number in range(10):
        assert scratch.views(number, lambda number=number: [number]) == [number]
        assert len(own.views) <= 3


def test_released_buffers_of_all_threads_are_forgotten(own: scratch.Memory) -> None:
    other = scratch.Memory()
    scratch.share([own, other])
    used = scratch.buffer("test", (3, 4), np.float32)
    scratch.views("key", lambda: used[0])
    used[...] = 7
    scratch.release()
    assert not own.flat and not other.flat and not own.views
    assert (used == 7).all()
    assert not np.shares_memory(scratch.buffer("test", (3, 4), np.float32), used)
