"""StoreWriter: records into a new store, all or nothing."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from .folder import new_folder

Self = TypeVar("Self", bound="StoreWriter")

_COMMIT_RECORDS = 1000
_COMMIT_BYTES = 32 << 20


class StoreWriter(ABC):
    """A new store at `path`, as a context manager.

    It gets its name at the end of the `with` block, and is removed if an exception leaves
    it.  force, keep: what to do if there is something already, as for `new_folder`.
    """

    def __init__(self, path: Path, *, force: bool = False, keep: bool = False) -> None:
        self.path, self._force, self._keep = Path(path), force, keep
        self._waiting: list[tuple[bytes, bytes]] = []
        self._bytes = 0
        self.count = 0

    def __enter__(self: Self) -> Self:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(new_folder(self.path, force=self._force, keep=self._keep))
            self._open(folder)
            stack.push(self._finish)
            self._stack = stack.pop_all()
        return self

    def put(self, key: bytes, value: bytes) -> None:
        """Add a record."""
        self._waiting.append((key, value))
        self._bytes += len(value)
        self.count += 1
        if len(self._waiting) >= _COMMIT_RECORDS or self._bytes >= _COMMIT_BYTES:
            self._commit()

    def _commit(self) -> None:
        self._write(self._waiting)
        self._waiting.clear()
        self._bytes = 0

    def _finish(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            self._close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @abstractmethod
    def _open(self, folder: Path) -> None:
        """Make an empty store there."""

    @abstractmethod
    def _write(self, records: list[tuple[bytes, bytes]]) -> None:
        """Add these; DataError if they cannot be written."""

    @abstractmethod
    def _close(self) -> None: ...
