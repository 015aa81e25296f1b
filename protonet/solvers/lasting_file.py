"""LastingFile: a text file beside a training, which outlives it and does not end it."""

from __future__ import annotations

import os

from ..log import log


class LastingFile:
    """Written line by line.  A disk that is full, or gone, is told once, as a warning; the training
    goes on, and `close` raises the OSError, with the path, when it has done its work."""

    def __init__(self, path: str | os.PathLike, mode: str, newline: str | None = None) -> None:
        self._path = os.fspath(path)
        self._file = open(path, mode, encoding="utf-8", newline=newline)  # noqa: SIM115
        self._error: OSError | None = None

    def write(self, text: str) -> None:
        if self._error is not None:
            return
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            self._error = error
            log.warning("%s: %s: the training goes on without it", self._path, error.strerror)

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:  # what a buffer still held
            self._error = self._error or error
        full, self._error = self._error, None
        if full is not None:
            raise OSError(full.errno, full.strerror, self._path)
