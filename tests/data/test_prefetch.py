"""The prefetcher: order, errors, endings, and going on where it stood."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet.data.datum import encode_datum
from protonet.data.prefetch import Batch, Prefetcher
from protonet.data.sources.lmdb import LmdbWriter
from protonet.errors import DataError, PrototxtError
from protonet.net.net import Net


class Counter:
    """A pipeline that counts; fails at `bad`."""

    def __init__(self, bad: int = -1) -> None:
        self.next, self.bad, self.closed = 0, bad, 0
        self.ahead = threading.Semaphore(0)

    def fill(self, batch: Batch) -> None:
        if self.next == self.bad:
            raise DataError(f"record {self.next} is bad")
        batch.blobs[0].reshape(2)
        batch.blobs[0].data[:] = self.next
        self.next += 1
        self.ahead.release()

    def state(self) -> dict[str, Any]:
        return {"next": self.next}

    def set_state(self, state: dict[str, Any]) -> None:
        self.next = state["next"]

    def reopen(self) -> None:
        raise AssertionError("nothing was forked")

    def close(self) -> None:
        self.closed += 1


def take(prefetcher: Prefetcher) -> float:
    batch = prefetcher.get()
    value = float(batch.blobs[0].data[0])
    assert (batch.blobs[0].data == value).all()
    prefetcher.done(batch)
    return value


def threads() -> int:
    gc.collect()  # nets of other tests may still wait for it
    return sum(t.name == "protonet-prefetch" for t in threading.enumerate())


def test_batches_come_in_order_and_no_thread_before_the_first() -> None:
    pipeline = Counter()
    prefetcher = Prefetcher(pipeline, 3, 1, np.float32)
    assert threads() == 0
    assert pipeline.next == 0
    assert [take(prefetcher) for _ in range(10)] == list(range(10))
    assert threads() == 1
    prefetcher.close()
    assert threads() == 0
    assert pipeline.closed == 1
    prefetcher.close()
    assert pipeline.closed == 1
    with pytest.raises(DataError, match="closed"):
        prefetcher.get()


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_runs_ahead_by_its_depth_and_no_further(depth: int) -> None:
    pipeline = Counter()
    prefetcher = Prefetcher(pipeline, depth, 1, np.float32)
    batch = prefetcher.get()
    for _ in range(max(depth, 1)):
        assert pipeline.ahead.acquire(timeout=20)
    assert not pipeline.ahead.acquire(timeout=0.02)  # all batches are full
    prefetcher.done(batch)
    assert pipeline.ahead.acquire(timeout=20)
    prefetcher.close()


def test_an_error_comes_after_the_good_batches_and_stays() -> None:
    prefetcher = Prefetcher(Counter(bad=3), 4, 1, np.float32)
    assert [take(prefetcher) for _ in range(3)] == [0, 1, 2]
    for _ in range(3):
        with pytest.raises(DataError, match="record 3 is bad"):
            prefetcher.get()
    prefetcher.close()
    assert threads() == 0


def test_garbage_ends_its_thread() -> None:
    pipeline = Counter()
    prefetcher = Prefetcher(pipeline, 2, 1, np.float32)
    take(prefetcher)
    del prefetcher
    gc.collect()
    assert threads() == 0
    assert pipeline.closed == 1


def test_state_is_that_of_the_batches_taken() -> None:
    prefetcher = Prefetcher(Counter(), 4, 1, np.float32)
    assert prefetcher.state() == {"next": 0}
    assert [take(prefetcher) for _ in range(5)] == [0, 1, 2, 3, 4]
    state = prefetcher.state()
    assert state == {"next": 5}  # although more were made ahead
    assert [take(prefetcher) for _ in range(3)] == [5, 6, 7]
    prefetcher.set_state(state)
    assert [take(prefetcher) for _ in range(3)] == [5, 6, 7]
    prefetcher.close()
    fresh = Prefetcher(Counter(), 4, 1, np.float32)
    fresh.set_state(state)
    assert take(fresh) == 5
    fresh.close()


def test_state_mends_an_error() -> None:
    pipeline = Counter(bad=1)
    prefetcher = Prefetcher(pipeline, 2, 1, np.float32)
    take(prefetcher)
    with pytest.raises(DataError):
        prefetcher.get()
    pipeline.bad = -1
    prefetcher.set_state({"next": 1})
    assert take(prefetcher) == 1
    prefetcher.close()


def test_the_interpreter_ends_with_a_running_prefetcher() -> None:
    script = """
import numpy as np
from tests.data.test_prefetch import Counter, Prefetcher
kept = Prefetcher(Counter(), 4, 1, np.float32)
print(kept.get().blobs[0].data[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0.0\n", "")


def test_batches_are_made_when_they_are_needed() -> None:
    pipeline = Counter(bad=3)
    prefetcher = Prefetcher(pipeline, 4_000_000_000, 1, np.float32)
    assert [take(prefetcher) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(DataError, match="record 3"):
        prefetcher.get()


def test_batches_that_never_fit_are_refused(tmp_path: Path) -> None:
    with LmdbWriter(tmp_path / "db") as out:
        out.put(b"0", encode_datum(np.zeros((1, 8, 8), np.uint8), 3))
    text = (
        'layer { name: "d" type: "Data" top: "x" top: "y"\n'
        f'data_param {{ source: "{tmp_path / "db"}" backend: LMDB batch_size: 2\n'
        "prefetch: 4000000000 } }"
    )
    with pytest.raises(PrototxtError, match=r"3: layer 'd' .*4,000,000,000 batches.*--max-memory"):
        Net(text)
    Net(text, partial=True, open_data=False)
