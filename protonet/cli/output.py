"""What the command line shows of the log: where, how, and how much."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ..log import GlogFormatter, PlainFormatter, is_told, log

_LEVELS = {"1": logging.WARNING, "2": logging.ERROR, "3": logging.CRITICAL}


def to_bytes(text: str) -> bytes:
    """The bytes of a definition, in whatever encoding they came."""
    return text.encode(errors="surrogateescape")


def print_text(text: str) -> None:
    """A definition to the standard output, byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(to_bytes(text))


class _Terminal(logging.Handler):
    """Writes to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print_above(self.format(record))
        except Exception:
            self.handleError(record)


def print_above(text: str) -> None:
    """A line on stderr, above a progress bar if one is shown."""
    tqdm = getattr(sys.modules.get("tqdm"), "tqdm", None)
    if tqdm is not None and tqdm._instances:
        tqdm.write(text, file=sys.stderr)
    else:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


class _LogFile(logging.FileHandler):
    """A file that cannot be written any more, on a full disk, stops no training: this is said
    once, and the command fails when it has done its work."""

    def __init__(self, path: str, mode: str) -> None:
        super().__init__(path, mode=mode, encoding="utf-8")
        self._path = path
        self._error: OSError | None = None

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif self._error is None:
            self._error = error
            log.warning("%s: %s: the log goes on without it", self._path, error.strerror)

    def close(self) -> None:
        try:
            super().close()
        except OSError as error:
            self._error = self._error or error
        full, self._error = self._error, None
        if full is not None:
            raise OSError(full.errno, full.strerror, self._path)


@contextmanager
def streams_there() -> Iterator[None]:
    """Give a process that was started with a closed stdin, stdout or stderr the null device
    there.  Else the next file that is opened gets the number, and whatever is printed."""
    missing = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    with ExitStack() as stack:
        for name in missing:  # in order: the lowest number that is free is taken
            mode = "r" if name == "stdin" else "w"
            file = stack.enter_context(open(os.devnull, mode, encoding="utf-8"))
            setattr(sys, name, file)
        try:
            yield
        finally:
            for name in missing:
                setattr(sys, name, None)


@contextmanager
def warnings_shown() -> Iterator[None]:
    """Warnings on stderr as `protonet: warning: ...`: for commands without a log."""
    handler = _Terminal(logging.WARNING)
    handler.setFormatter(PlainFormatter())
    with _attached([handler], logging.WARNING):
        yield


@contextmanager
def log_shown(
    quiet: bool = False,
    file: str | None = None,
    *,
    plain: bool = False,
    append: bool = False,
    rank: int = 0,
) -> Iterator[None]:
    """Caffe's log on stderr, and in a file if one is named.

    quiet: only warnings on stderr, without Caffe's prefix; the file gets everything.
    plain: what is told to people, too, likewise.
    append: to what is in the file.  rank: of several workers that say the same; only the
    first is heard, of the others the warnings.
    GLOG_minloglevel (1: warnings, 2: errors) is obeyed, for both.
    """
    least = _LEVELS.get(os.environ.get("GLOG_minloglevel", ""), logging.INFO)  # noqa: SIM112
    quiet = quiet or rank > 0
    terminal: logging.Handler = _Terminal(max(least, logging.WARNING) if quiet else least)
    of = f" (worker {rank})" if rank else ""
    terminal.setFormatter(PlainFormatter(of) if quiet or plain else GlogFormatter())
    if plain:
        terminal.addFilter(is_told)
    handlers = [terminal]
    if file is not None and rank == 0:
        mode = "a" if append else "w"
        handlers.append(_LogFile(file, mode))
        handlers[-1].setFormatter(GlogFormatter())
    with _attached(handlers, least):
        yield


@contextmanager
def _attached(handlers: list[logging.Handler], level: int) -> Iterator[None]:
    """These handlers instead of those the command line attached before."""
    before, level_before, propagate = log.handlers[:], log.level, log.propagate
    log.handlers = [h for h in before if not isinstance(h, _Terminal)] + handlers
    log.setLevel(level)
    try:
        yield
    finally:
        log.handlers, log.propagate = before, propagate
        log.setLevel(level_before)
        for handler in handlers:
            handler.close()


def steady(bar: Any) -> Any:
    """The same bar of tqdm, by a clock that nobody sets: one set back would have it stand still
    for as long."""
    bar._time = time.monotonic
    bar.start_t = bar.last_print_t = time.monotonic()
    return bar
