"""What goes on around a net: Python's collector rests while it is built, scratch goes with the
last one."""

from __future__ import annotations

import gc
import threading
import weakref
from types import TracebackType

from ..kernels import scratch

_nets: weakref.WeakSet[object] = weakref.WeakSet()


def watch(net: object) -> None:
    """With the last net that is watched the threads' scratch goes: nobody has a use for it."""
    _nets.add(net)
    weakref.finalize(net, _gone).atexit = False


def _gone() -> None:
    if not any(True for _ in _nets):
        scratch.release()


class _Paused:
    """A pause of Python's garbage collector.

    All that a net is made of lives as long as the net.  The collector would look through it
    again and again as it grows and find nothing: a third of the time for 100,000 layers.

    Entered by any number of threads; the last one to leave lets the collector go on, if it
    was on when the first one came.
    """

    def __init__(self) -> None:
        self._lock, self._inside, self._was_on = threading.Lock(), 0, False

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._was_on:
                gc.enable()


collector_paused = _Paused()
