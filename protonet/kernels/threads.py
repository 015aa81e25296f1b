"""Threads: the only module that starts any.

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
from collections.abc import Callable
from typing import Protocol

from . import scratch
from .blas import blas_single

#: Values in a piece of work that goes through memory once: a megabyte of float32.  Smaller ones
#: would stay in a nearer cache, but threads that make many short NumPy calls wait for one another.
PIECE = 1 << 18
#: Multiply-adds below which another thread helps little: to be woken takes it as long as some of
#: them, and two threads whose NumPy calls are short wait for one another at each.
SMALL = 1 << 23


def _cores() -> int:
    """Cores this process may use; PROTONET_NUM_THREADS overrides."""
    wanted = os.environ.get("PROTONET_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Job:
    """Indices still to be done, and the first exception met."""

    def __init__(self, fn: Callable[[int], object], n: int) -> None:
        self.fn = fn
        self.todo = deque(range(n))
        self.error: BaseException | None = None

    def work(self, last: bool) -> None:
        """Do what is left, the first or the last of it next."""
        take = self.todo.pop if last else self.todo.popleft
        try:
            while True:
                try:
                    index = take()
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
        self.memory = scratch.Memory()
        # A daemon: it must not keep the interpreter from ending.
        threading.Thread(target=self._loop, name="protonet", daemon=True).start()

    def _loop(self) -> None:
        scratch.adopt(self.memory)
        blas_single.enter_worker()
        while True:
            self._wake.acquire()
            if self._job is None:
                return
            self._job.work(last=True)
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


class Sharing(Protocol):
    """Who takes the work of a thread in place of the threads: see team.py."""

    def share(self, fn: Callable[[int], object], n: int, work: int, /) -> None: ...


_here = threading.local()  # per thread: who shares its work
_threads = _cores()
_workers: list[_Worker] = []
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


def share_with(others: Sharing | None) -> None:
    """Let them have what this thread runs from now on."""
    _here.others = others


def run(fn: Callable[[int], object], n: int, work: int = SMALL) -> None:
    """fn(0), ..., fn(n-1), spread over the threads, in no certain order.

    Returns when all are done.  An exception of one of them comes out here, and what was
    not begun is dropped.  Of little work (multiply-adds), inside another `run`, and while
    another thread has the workers, it is a plain loop.
    """
    others: Sharing | None = getattr(_here, "others", None)
    if others is not None:
        others.share(fn, n, work)
        return
    with blas_single:
        if n <= 1 or work < SMALL or _threads <= 1 or not _busy.acquire(blocking=False):
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
    scratch.share([scratch.memory(), *(worker.memory for worker in _workers)])
    started = []
    try:
        for worker in _workers[:helpers]:
            started.append(worker)
            worker.start(job)
        job.work(last=False)
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


def piece(size: int = PIECE) -> int:
    """Values in a piece of work: `size`, or fewer for processes, which do not wait for one another
    at each NumPy call."""
    return size if getattr(_here, "others", None) is None else size // 4


def for_chunks(count: int, chunk: int, fn: Callable[[int, int], object]) -> None:
    """fn(start, stop) for the pieces of range(count), `chunk` long each but the last."""
    run(lambda i: fn(i * chunk, min((i + 1) * chunk, count)), -(-count // chunk))


def _after_fork() -> None:
    global _busy
    _workers.clear()  # threads do not live on in a child
    scratch.share([])
    _busy = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
