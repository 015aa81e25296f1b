"""Log lines shaped as glog writes them, on Python's own logging.

    I20261120 18:29:25.123456  4711 solver.py:60] Solving LeNet

Every log parser written for Caffe finds its words after the "] ".  The library only ever
calls `log.info(...)`; nothing is shown until the command line (or the user) attaches a
handler with `GlogFormatter`.
"""

from __future__ import annotations

import logging
import sys
import threading
import time

log = logging.getLogger("protonet")
log.addHandler(logging.NullHandler())


def number(value: float) -> str:
    """As a C++ stream prints it: six digits.  A zero has no sign: a loss of -0 only puzzles."""
    return format(float(value) + 0.0, "g")


def tell(message: str, *args: object) -> None:
    """`log.info` for what people want to know, too, who are shown a table and not the log."""
    log.info(message, *args, extra={"told": True}, stacklevel=2)


class _Quiet:
    """`with quiet: ...`: nothing is logged meanwhile, by no thread.  Several may want it at once;
    when the last one leaves, the log is as it was."""

    def __init__(self) -> None:
        self._lock, self._count, self._before = threading.Lock(), 0, False

    def __enter__(self) -> None:
        with self._lock:
            if self._count == 0:
                self._before, log.disabled = log.disabled, True
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0:
                log.disabled = self._before


quiet = _Quiet()


def in_notebook() -> bool:
    """Is this the kernel of a notebook?"""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


class GlogFormatter(logging.Formatter):
    """`Lyyyymmdd hh:mm:ss.uuuuuu threadid file:line] message`, L one of I, W, E, F."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.localtime(record.created)
        micros = int(record.created % 1 * 1_000_000)
        letter = "F" if record.levelno >= logging.CRITICAL else record.levelname[0]
        # Formatted in the thread that logged: its number is the record's.
        thread = threading.get_native_id()
        return (
            f"{letter}{time.strftime('%Y%m%d %H:%M:%S', clock)}.{micros:06d} {thread:5d} "
            f"{record.filename}:{record.lineno}] {record.getMessage()}"
        )


class PlainFormatter(logging.Formatter):
    """The bare message; of warnings and errors with whose they are and what.

    of: which worker's, " (worker 1)".
    """

    def __init__(self, of: str = "") -> None:
        super().__init__()
        self._of = of

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        return f"protonet: warning{self._of}: {text}" if is_warning(record) else text


def is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def is_told(record: logging.LogRecord) -> bool:
    """A filter: whether a record is one of `tell`, or a warning."""
    return is_warning(record) or getattr(record, "told", False)
