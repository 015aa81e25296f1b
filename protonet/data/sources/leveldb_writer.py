"""LevelDB, written: all or nothing.  Needs the package plyvel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import DataError, missing_extra
from .leveldb import reason
from .writer import StoreWriter

_WRITE_BUFFER = 64 << 20  # bytes that are sorted in memory before they become a file
_BLOCK = 64 << 10  # a few images; LevelDB's own 4 kB are for small values


def plyvel_module(purpose: str) -> Any:
    """The module plyvel; an error that names the extra if it is not installed."""
    try:
        import plyvel
    except ImportError:
        raise missing_extra("plyvel", "leveldb", purpose) from None
    return plyvel


class LevelDbWriter(StoreWriter):
    """A new LevelDB, as a context manager; see StoreWriter."""

    def __enter__(self) -> LevelDbWriter:
        self._plyvel = plyvel_module("writing a LevelDB")  # before anything is made
        return super().__enter__()

    def _open(self, folder: Path) -> None:
        self._base = self._plyvel.DB(
            str(folder), create_if_missing=True, write_buffer_size=_WRITE_BUFFER, block_size=_BLOCK
        )

    def _write(self, records: list[tuple[bytes, bytes]]) -> None:
        try:
            with self._base.write_batch() as batch:
                for key, value in records:
                    batch.put(key, value)
        except self._plyvel.Error as problem:
            raise DataError(f"cannot write '{self.path}': {reason(problem)}") from problem

    def _close(self) -> None:
        self._base.close()
