"""Logs that grow: what is in them anew whenever they have, until their trainings end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from ..errors import DataError
from .readings import PathLike

_T = TypeVar("_T")

#: Seconds between two looks, and how many times as long as reading takes they are at least.
_PAUSE, _REST = 1.0, 4
#: How much of the end of a log tells whether the training has ended.
_END = 1 << 16

_BEGINS = (b"Solving ", b'"kind": "train"', b'"kind": "rate"')
_ENDS = (b"Optimization Done.", b"Optimization stopped early.", b'"kind": "end"')


def follow(
    paths: Sequence[PathLike], read: Callable[[], Sequence[_T]], pause: float = _PAUSE
) -> Iterator[Sequence[_T]]:
    """What `read` gives, at first and whenever a file has changed; nothing while a file is
    missing or has no number yet.  Ends with the last of the trainings.

    pause: seconds between two looks; longer where reading takes long.
    """
    before: object = None
    while True:
        now = [_state(path) for path in paths]
        over = all(map(ended, paths))  # before it is read: what comes later is seen next time
        start = time.monotonic()
        if now != before:
            before = now
            yield _tried(read)
        if over:
            return
        time.sleep(max(pause, _REST * (time.monotonic() - start)))


def ended(path: PathLike) -> bool:
    """Whether the last training that a log tells of has come to its end.

    A process that was killed says nothing of it.
    """
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.stat(path).st_size - _END))
            text = file.read().replace(b"\0", b"")  # PowerShell writes UTF-16
    except OSError:
        return False
    ends, begins = (max(map(text.rfind, words)) for words in (_ENDS, _BEGINS))
    return ends > begins


def _state(path: PathLike) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _tried(read: Callable[[], Sequence[_T]]) -> Sequence[_T]:
    try:
        return read()
    except DataError:
        return []
