"""Prefetcher: one thread that makes the next batches while the net works on this one."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol

from numpy.typing import DTypeLike

from ..core.blob import Blob
from ..errors import DataError

_JOIN_SECONDS = 10.0


class Batch:
    """A batch in the making: its blobs, and the state of the pipeline right after it."""

    def __init__(self, tops: int, dtype: DTypeLike) -> None:
        self.blobs = [Blob((0,), dtype) for _ in range(tops)]
        self.state: dict[str, Any] = {}


class Pipeline(Protocol):
    """What the thread runs.  `state` and `set_state` say where it is in its stream."""

    @property
    def records(self) -> int | None:
        """How many records are in a pass; None where that is not known."""

    def fill(self, batch: Batch) -> None:
        """Shape and write the next batch."""

    def state(self) -> dict[str, Any]: ...

    def set_state(self, state: dict[str, Any]) -> None: ...

    def reopen(self) -> None:
        """Open files anew after a fork."""

    def close(self) -> None: ...


class Prefetcher:
    """Runs a pipeline ahead by at most `depth` batches.

    The thread starts with the first `get` and ends with `close`, when the prefetcher is
    garbage, or when the interpreter exits.  What the pipeline raises is raised by `get`,
    after the batches made before it, and from then on at every `get`.
    """

    def __init__(self, pipeline: Pipeline, depth: int, tops: int, dtype: DTypeLike) -> None:
        self._pipeline = pipeline
        self._depth, self._new = max(1, depth), partial(Batch, tops, dtype)
        self._state = pipeline.state()
        self._error: Exception | None = None
        self._worker: _Worker | None = None
        self._closer = weakref.finalize(self, pipeline.close)

    def get(self) -> Batch:
        """The next batch; it is the caller's until he gives it back with `done`."""
        if self._error is not None:
            raise self._error
        if not self._closer.alive:
            raise DataError("the source was closed")
        if self._worker is not None and self._worker.pid != os.getpid():
            self._after_fork()
        if self._worker is None:
            self._worker = _Worker(self._pipeline, self._depth, self._new)
            self._stopper = weakref.finalize(self, self._worker.stop)
        item = self._worker.ready.get()
        if isinstance(item, Exception):
            self._error = item
            raise item
        self._state = item.state
        return item

    def done(self, batch: Batch) -> None:
        """Give a batch back to be filled again."""
        if self._worker is not None:
            self._worker.free.put(batch)

    def state(self) -> dict[str, Any]:
        """Where the stream stands after the last batch that `get` returned."""
        return self._state

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state; batches that were made ahead are dropped."""
        self._stop()
        self._pipeline.set_state(state)
        self._state, self._error = state, None

    def close(self) -> None:
        """End the thread and close the pipeline; may be called again."""
        self._stop()
        self._closer()

    def _stop(self) -> None:
        if self._worker is not None:
            self._stopper()
            self._worker = None

    def _after_fork(self) -> None:
        # Threads do not survive a fork: the child starts its own where the parent stood.
        self._stopper.detach()
        self._worker = None
        self._pipeline.reopen()
        self._pipeline.set_state(self._state)


class _Worker:
    """The thread with its two queues: empty batches in, full ones (or an error) out.

    Up to `depth` batches are made, by `new`, each when none that is empty is left.
    """

    def __init__(self, pipeline: Pipeline, depth: int, new: Callable[[], Batch]) -> None:
        self.pid = os.getpid()
        self.free: SimpleQueue[Batch | None] = SimpleQueue()
        self.ready: SimpleQueue[Batch | Exception] = SimpleQueue()
        self._to_make, self._new = depth, new
        self._quit = False
        self._thread = threading.Thread(
            target=self._run, args=(pipeline,), name="protonet-prefetch", daemon=True
        )
        self._thread.start()

    def _run(self, pipeline: Pipeline) -> None:
        while (batch := self._empty()) is not None and not self._quit:
            try:
                pipeline.fill(batch)
                batch.state = pipeline.state()
            except Exception as error:
                self.ready.put(error)
                return
            self.ready.put(batch)

    def _empty(self) -> Batch | None:
        """A batch to fill; None once the thread has to end."""
        if self._to_make and self.free.empty():
            self._to_make -= 1
            return self._new()
        return self.free.get()

    def stop(self) -> None:
        """End the thread, after the batch that it is at."""
        self._quit = True
        self.free.put(None)
        if self.pid == os.getpid() and self._thread is not threading.current_thread():
            self._thread.join(_JOIN_SECONDS)
