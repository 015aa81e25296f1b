"""Threads: the only module that knows about them.

NumPy lets go of the interpreter's lock while it copies and while BLAS multiplies, so
plain Python threads use all cores, as long as each step is a piece of work on arrays.

    for_chunks(64, 8, lambda start, stop: ...)    # 8 pieces of 8 images

Pieces are cut by shape and never by the number of threads, and sums over pieces are
added up in order: so a result does not depend, not even in the last bit, on how many
cores a machine has.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray
from threadpoolctl import ThreadpoolController


def _cores() -> int:
    """Cores this process may use; PROTONET_NUM_THREADS overrides."""
    wanted = os.environ.get("PROTONET_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_Value = TypeVar("_Value")


class _Memory:
    """A thread's buffers by name and type, and what is remembered of them."""

    def __init__(self) -> None:
        self.flat: dict[tuple[str, np.dtype], NDArray] = {}
        self.views: dict[Hashable, Any] = {}


class _Job:
    """Indices still to be done, and the first exception met."""

    def __init__(self, fn: Callable[[int], object], n: int) -> None:
        self.fn = fn
        self.todo = deque(range(n))
        self.error: BaseException | None = None

    def work(self) -> None:
        try:
            while True:
                try:
                    index = self.todo.popleft()
                except IndexError:
                    return
                self.fn(index)
        except BaseException as error:
            self.todo.clear()
            self.error = self.error or error


class _Worker:
    """A thread that sleeps until it is handed a job."""

    def __init__(self) -> None:
        self._wake, self._busy = threading.Lock(), threading.Lock()
        self._wake.acquire()
        self._job: _Job | None = None
        self.memory = _Memory()
        # A daemon: it must not keep the interpreter from ending.
        threading.Thread(target=self._loop, name="protonet", daemon=True).start()

    def _loop(self) -> None:
        _here.memory = self.memory
        blas_single.enter_worker()
        while True:
            self._wake.acquire()
            if self._job is None:
                return
            self._job.work()
            self._job = None
            self._busy.release()

    def start(self, job: _Job | None) -> None:
        """Hand over a job; None ends the thread."""
        self._busy.acquire()
        self._job = job
        self._wake.release()

    def join(self) -> None:
        """Wait until the job is done; may be called again."""
        with self._busy:
            pass


_here = threading.local()  # per thread: depth of blas_single, buffers
_threads = _cores()
_workers: list[_Worker] = []
_team: list[_Memory] = []  # of all threads that share the present work
_busy = threading.Lock()  # held by the one caller who has the workers


def num_threads() -> int:
    """How many threads work on a kernel, the caller's included."""
    return _threads


def set_num_threads(n: int) -> None:
    """Work with n threads from now on (1: only the caller's)."""
    global _threads
    if n < 1:
        raise ValueError(f"the number of threads must be 1 or more, not {n}")
    with _busy:
        _threads = n
        while len(_workers) > n - 1:
            _workers.pop().start(None)


def run(fn: Callable[[int], object], n: int) -> None:
    """fn(0), ..., fn(n-1), spread over the threads, in no certain order.

    Returns when all are done.  An exception of one of them comes out here, and what was
    not begun is dropped.  Inside another `run`, or while another thread has the workers,
    it is a plain loop.
    """
    with blas_single:
        if n <= 1 or _threads <= 1 or not _busy.acquire(blocking=False):
            for index in range(n):
                fn(index)
            return
        try:
            _run_spread(_Job(fn, n), min(n, _threads) - 1)
        finally:
            _busy.release()


def _run_spread(job: _Job, helpers: int) -> None:
    while len(_workers) < helpers:
        _workers.append(_Worker())
    _team[:] = [_memory(), *(worker.memory for worker in _workers)]
    started = []
    try:
        for worker in _workers[:helpers]:
            started.append(worker)
            worker.start(job)
        job.work()
    finally:
        # Even when interrupted: nobody may write into the caller's arrays after this.
        while started:
            try:
                started[-1].join()
                del started[-1]
            except KeyboardInterrupt as error:
                job.todo.clear()
                job.error = job.error or error
    if job.error is not None:
        raise job.error


def for_chunks(count: int, chunk: int, fn: Callable[[int, int], object]) -> None:
    """fn(start, stop) for the pieces of range(count), `chunk` long each but the last."""
    run(lambda i: fn(i * chunk, min((i + 1) * chunk, count)), -(-count // chunk))


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


def buffer(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
    """Memory of this thread's own, for use within one piece of work.

    Its content is undefined.  All kernels share it, so that it stays in the cache from
    one layer to the next; what was got before under the same name is lost.
    """
    own = _memory()
    key = (name, np.dtype(dtype))
    count = 1
    for n in shape:
        count *= n
    flat = own.flat.get(key)
    if flat is None or flat.size < count:
        # For all who share the work, so that nobody has to do it in a later pass.
        for each in _team if any(each is own for each in _team) else [own]:
            if key not in each.flat or each.flat[key].size < count:
                each.flat[key] = np.empty(count, key[1])
                each.views.clear()
        flat = own.flat[key]
    return flat[:count].reshape(shape)


def views(key: Hashable, make: Callable[[], _Value]) -> _Value:
    """make(), remembered by this thread: buffers, and views of them that are slow to make.

    What belongs together must come out of one `make`: buffers that have grown since are
    other memory.
    """
    known = _memory().views
    value = known.get(key)
    if value is None:
        if len(known) >= 4096:
            known.clear()
        value = known[key] = make()
    return value


def _memory() -> _Memory:
    try:
        return _here.memory
    except AttributeError:
        _here.memory = _Memory()
        return _here.memory


def _after_fork() -> None:
    global _busy
    _workers.clear()  # threads do not live on in a child
    _team.clear()
    _busy = threading.Lock()
    blas_single.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
