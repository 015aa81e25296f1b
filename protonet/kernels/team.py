"""A team: processes that run one program together, each some pieces of every piece of work.

Threads of one interpreter hand its lock to and fro around every NumPy call, and to be woken takes
a thread as long as many layers of a small net run.  Processes have an interpreter each, wait for
one another by looking again and again, and so share work of twenty microseconds.

    memory = shared_zeros(1000, np.float32)           # that all of them see
    team = Team(2, lambda team: threads.run(piece, 8))     # forks: both know all that there is now
    team.run()                                        # piece(0) ... piece(7), some in each process
    team.close()

Every process runs the whole program, and `threads.run` is where they share: what it is given is
spread over them, and all that was done before can be seen by all that comes after.  So besides it
a program may do only what each process can do for itself: `alone` is for the rest.
"""

from __future__ import annotations

import gc
import mmap
import os
import signal
import sys
import warnings
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import NetError
from . import scratch, threads
from .blas import blas_single

#: Multiply-adds, or as many values, from which it pays to share: to meet takes a few microseconds.
SMALL = 1 << 18
#: Looks at a semaphore before a process sleeps: some 100 microseconds.  On a busy machine those
#: who sleep are woken soon, and who only looks or yields waits for its turn again and again.
LOOKS = 1000
#: Seconds between two looks whether the others still live.
ALIVE = 0.2

_CLEAN, _ALONE, _SPREAD = range(3)  # what was done since all met


class _Shared(mmap.mmap):
    """Memory that forked processes share."""


_teams: weakref.WeakSet[Team] = weakref.WeakSet()


def possible() -> bool:
    """Can this system fork processes that share memory and semaphores?"""
    if sys.platform != "linux":
        return False
    try:
        _forking().Semaphore(0)
    except (ImportError, OSError):
        return False
    return True


def _forking() -> Any:
    """What makes semaphores for forked processes."""
    import multiprocessing  # which loads much that few need

    return multiprocessing.get_context("fork")


def shared_zeros(count: int, dtype: DTypeLike) -> NDArray:
    """A flat array of zeros that processes forked from this one share with it."""
    size = count * np.dtype(dtype).itemsize
    if size == 0:
        return np.zeros(count, dtype)
    memory = _Shared(-1, size)
    with suppress(AttributeError, OSError, ValueError):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, dtype)


def is_shared(values: NDArray) -> bool:
    """Is it memory of `shared_zeros`?"""
    base: Any = values
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base.obj if isinstance(base, memoryview) else base, _Shared)


class Team:
    """`size` processes, this one included, and the program they run.

    `run` raises what the program raises in this process, and NetError when another one has died;
    then, and after `close`, the team is no more: `alive`.  It ends with the process that made it.
    OSError where no more processes can be had.
    """

    def __init__(self, size: int, program: Callable[[Team], object]) -> None:
        fork = _forking()
        self._program, self._rank, self._state, self._inside = program, 0, _CLEAN, False
        self._arrived = fork.Semaphore(0)
        self._go = [fork.Semaphore(0) for _ in range(size)]
        self._owner, self._others = os.getpid(), list[int]()
        _teams.add(self)
        self._end = weakref.finalize(self, _kill, self._others)
        try:
            for rank in range(1, size):
                self._others.append(self._fork(rank))
        except OSError:
            self.close()
            raise

    def _fork(self, rank: int) -> int:
        with warnings.catch_warnings():  # the child runs nothing that another thread may hold
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                self._rank = rank
                self._serve()
            finally:
                os._exit(1)
        return pid

    def _serve(self) -> None:
        """What a forked process does, as long as the first one lives."""
        _let_go()
        scratch.adopt(scratch.Memory())
        with blas_single:
            threads.share_with(self)
            while True:
                self._wait(self._go[self._rank])
                self._state = _CLEAN
                self._program(self)
                self._arrived.release()

    @property
    def first(self) -> bool:
        """Is this the process that made the team?"""
        return self._rank == 0

    @property
    def alive(self) -> bool:
        return self._end.alive

    def run(self) -> None:
        """Run the program, in all processes."""
        self._state = _CLEAN
        for go in self._go[1:]:
            go.release()
        try:
            with blas_single:
                threads.share_with(self)
                try:
                    self._program(self)
                finally:
                    threads.share_with(None)
                self._all_arrived()
        except BaseException:
            self.close()  # the others are somewhere in the program
            raise

    def close(self) -> None:
        """End the other processes; may be called again."""
        self._end()

    # -- within the program --------------------------------------------------------------

    def share(self, fn: Callable[[int], object], n: int, work: int) -> None:
        """fn(0), ..., fn(n-1), each in one of the processes; of little work all in the first."""
        if self._inside:
            for i in range(n):
                fn(i)
            return
        spread = n > 1 and work >= SMALL
        if spread or self._state == _SPREAD:
            self.meet()
        self._inside = True
        # Each has a run of them: neighbours share memory, which stays in the cache of one core.
        rank, size = self._rank, len(self._go) if spread else 1
        for i in range(n * rank // size, n * (rank + 1) // size) if rank < size else ():
            fn(i)
        self._inside = False
        self._state = _SPREAD if spread else _ALONE

    def alone(self, fn: Callable[[], object]) -> None:
        """fn(), in the first process alone, with its threads."""
        if self._state == _SPREAD:
            self.meet()
        self._state = _ALONE
        if self.first:
            threads.share_with(None)
            try:
                fn()
            finally:
                threads.share_with(self)

    def meet(self) -> None:
        """Wait until all are here, if there is anything to wait for."""
        if self._state == _CLEAN:
            return
        self._state = _CLEAN
        if self.first:
            self._all_arrived()
            for go in self._go[1:]:
                go.release()
        else:
            self._arrived.release()
            self._wait(self._go[self._rank])

    def _all_arrived(self) -> None:
        for _ in self._others:
            self._wait(self._arrived)

    def _wait(self, semaphore: Any) -> None:
        take = semaphore.acquire
        for _ in range(LOOKS):
            if take(False):
                return
        while not take(True, ALIVE):
            if self._rank and os.getppid() != self._owner:
                os._exit(0)
            if not self._rank:
                self._look_after()

    def _look_after(self) -> None:
        """NetError if one of the others is dead."""
        for pid in self._others:
            dead = True  # somebody else may have waited for it
            with suppress(ChildProcessError):
                dead = os.waitpid(pid, os.WNOHANG) != (0, 0)
            if dead:
                what = f"process {pid}, which shares the work of the net, has ended"
                raise NetError(what, "run the pass again: this one is not whole")


def _let_go() -> None:
    """Of what belongs to the first process: signals, files, and what is done at its end."""
    gc.disable()
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN if name == "SIGINT" else signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _kill(others: list[int]) -> None:
    for pid in others:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _after_fork() -> None:
    """Another child of this process is no member of its teams."""
    for team in list(_teams):
        team._end.detach()
    _teams.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
