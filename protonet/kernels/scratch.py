"""Scratch: memory that kernels use within one piece of work and nobody allocates twice.

Each thread has its own.  A buffer goes by a name that says what it holds, and names are
shared on purpose: the memory in which one kernel had its columns is where the next has them,
and is still in the cache.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

#: Views a thread remembers before it forgets them all.
VIEWS = 4096

#: Bytes of scratch with whose release the heap is trimmed too.
TRIM = 1 << 20

_Value = TypeVar("_Value")


_all: weakref.WeakSet[Memory] = weakref.WeakSet()  # of every thread


class Memory:
    """A thread's buffers by name and type, and what is remembered of them.

    empty: what makes an array of so many values and such a type.
    """

    def __init__(self, empty: Callable[[int, np.dtype], NDArray] = np.empty) -> None:
        self.empty = empty
        self.flat: dict[tuple[str, np.dtype], NDArray] = {}
        self.views: dict[Hashable, Any] = {}
        _all.add(self)

    def clear(self) -> None:
        self.flat.clear()
        self.forget()

    def forget(self) -> None:
        """Forget what is remembered of buffers."""
        self.views = {}


_here = threading.local()  # per thread: its memory
_team: list[Memory] = []  # of all threads that share the present work
_growing = threading.Lock()  # held by the thread that makes buffers for the team


def buffer(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
    """Memory of this thread's own, for use within one piece of work.

    Its content is undefined.  All kernels share it, so that it stays in the cache from
    one layer to the next; what was got before under the same name is lost.
    """
    own = memory()
    key = (name, np.dtype(dtype))
    count = 1
    for n in shape:
        count *= n
    flat = own.flat.get(key)
    if flat is None or flat.size < count:
        flat = _grown(own, key, count)
    return flat[:count].reshape(shape)


def _grown(own: Memory, key: tuple[str, np.dtype], count: int) -> NDArray:
    """A buffer of that size for a thread, and for all who share the work with it, so that nobody
    has to do it in a later pass.  One thread at a time: each writes into the others' memory."""
    with _growing:
        for each in _team if any(each is own for each in _team) else []:
            _enough(each, key, count)
        return _enough(own, key, count)


def _enough(memory: Memory, key: tuple[str, np.dtype], count: int) -> NDArray:
    """A thread's buffer, made anew if it is missing or too small."""
    flat = memory.flat.get(key)
    if flat is None or flat.size < count:
        flat = memory.flat[key] = memory.empty(count, key[1])
        memory.forget()
    return flat


def views(key: Hashable, make: Callable[[], _Value]) -> _Value:
    """make(), remembered by this thread: buffers, and views of them that are slow to make.

    What belongs together must come out of one `make`: buffers that have grown since are
    other memory.
    """
    known = memory().views
    value = known.get(key)
    if value is None:
        if len(known) >= VIEWS:
            known.clear()
        value = make()
        memory().views[key] = value  # which may be another by now
    return value


def token() -> object:
    """Another object as soon as one of this thread's buffers was replaced: for whoever remembers
    some of them himself."""
    return memory().views


def memory() -> Memory:
    """This thread's."""
    try:
        own: Memory = _here.memory
    except AttributeError:
        own = _here.memory = Memory()
    return own


def release() -> None:
    """Forget the buffers of all threads: the next piece of work gets new ones.

    May be called at any time: who works with a buffer now keeps it to the end of the piece.
    """
    size = 0
    for each in list(_all):
        size += sum(flat.nbytes for flat in list(each.flat.values()))
        each.clear()
    if size >= TRIM:
        _trim()


def _trim() -> None:
    """Hand what is free on the heap to the system, where the C library can (glibc)."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def adopt(own: Memory) -> None:
    """Let this thread's be `own`, which others know already."""
    _here.memory = own


def share(team: list[Memory]) -> None:
    """These work together from now on: what one of them needs, all get at once."""
    _team[:] = team
