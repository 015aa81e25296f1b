"""Memory of a thread: reused, never another's, given to all who work together."""

from __future__ import annotations

import threading

import numpy as np

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
