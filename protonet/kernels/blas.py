"""BLAS and NumPy's loops as the kernels want them: one thread each, for the threads are ours."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

_here = threading.local()  # per thread: depth of blas_single, and what was before

#: Values in the buffers of NumPy's loops.  Where rows of an operand do not follow one
#: another, NumPy 2.3 and later gather as many as the buffer holds before they compute;
#: with the default of 8192 that makes sums over windows up to four times slower.
LOOP_BUFFER = 1024


class _BlasSingle:
    """Context manager `blas_single()`: BLAS works with one thread inside.

    Threads of ours that each call a BLAS with threads of its own get in each other's way.
    It may be nested, which costs next to nothing, and held in several threads at once;
    the last one to leave restores what was before.  Inside, NumPy's loops have the
    buffers that suit the kernels, and say nothing of numbers that are not finite: in a net
    that diverges they are no news, and the solver looks for them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        # A BLAS on OpenMP counts its threads for each of ours, any other for the process.
        self._own: list[Any] | None = None
        self._shared: list[Any] = []
        self._before: list[int] = []

    def __call__(self) -> _BlasSingle:
        return self

    def __enter__(self) -> None:
        depth = getattr(_here, "depth", 0)
        if depth == 0:
            self._hold()
            _here.loop_buffer = np.setbufsize(LOOP_BUFFER)
            _here.on_error = np.seterr(all="ignore")
        _here.depth = depth + 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _here.depth -= 1
        if _here.depth == 0:
            np.setbufsize(_here.loop_buffer)
            np.seterr(**_here.on_error)
            self._release()

    def _hold(self) -> None:
        with self._lock:
            if self._own is None:  # looking through the loaded libraries takes a while
                found = ThreadpoolController().select(user_api="blas").lib_controllers
                self._own = [lib for lib in found if _on_openmp(lib)]
                self._shared = [lib for lib in found if not _on_openmp(lib)]
            if self._holders == 0:
                self._before = _single(self._shared)
            self._holders += 1
            _here.before = _single(self._own)

    def _release(self) -> None:
        with self._lock:
            _set_threads(self._own or [], _here.before)
            self._holders -= 1
            if self._holders == 0:
                _set_threads(self._shared, self._before)

    def enter_worker(self) -> None:
        """For a thread that only works while another holds BLAS."""
        _here.depth = 1
        _single(self._own or [])
        np.setbufsize(LOOP_BUFFER)
        np.seterr(all="ignore")

    def after_fork(self) -> None:
        """In the child only the forking thread is left."""
        self._lock = threading.Lock()
        self._holders = 1 if getattr(_here, "depth", 0) else 0


def _on_openmp(library: Any) -> bool:
    return getattr(library, "threading_layer", "") == "openmp"


def _single(libraries: list[Any]) -> list[int]:
    """Set them to one thread; how many they had."""
    before = [library.get_num_threads() for library in libraries]
    _set_threads(libraries, [1] * len(libraries))
    return before


def _set_threads(libraries: list[Any], counts: list[int]) -> None:
    for library, count in zip(libraries, counts):
        # Some versions of threadpoolctl listen to one Python thread only, in silence.
        clear = getattr(library, "clear_controlling_thread", lambda force: None)
        clear(force=True)
        library.set_num_threads(count)
        clear(force=True)


blas_single = _BlasSingle()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=blas_single.after_fork)
