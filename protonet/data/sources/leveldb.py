"""LevelDB: Caffe's default backend.  Needs the package plyvel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import DataError, ProtonetError, missing_extra
from .base import Record, Source
from .registry import register
from .writer import StoreWriter

#: The open stores of this process, with the number of their users.
_open: dict[str, tuple[Any, int]] = {}
_WRITE_BUFFER = 64 << 20  # bytes that are sorted in memory before they become a file
_BLOCK = 64 << 10  # a few images; LevelDB's own 4 kB are for small values


class LevelDbWriter(StoreWriter):
    """A new LevelDB, as a context manager; see StoreWriter."""

    def __enter__(self) -> LevelDbWriter:
        self._plyvel = _plyvel("writing a LevelDB")  # before anything is made
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


@register
class LevelDbSource(Source):
    """The records of a LevelDB folder.

    Opening a LevelDB writes into its folder and locks it: one process at a time.
    """

    kind = "LEVELDB"
    title = "a LevelDB"
    mark = "CURRENT"
    writer = LevelDbWriter

    def __init__(self, path: Path, rank: int = 0, size: int = 1) -> None:
        super().__init__(path, rank, size)
        self._name = ""
        self._begin()

    def _begin(self) -> None:
        try:
            plyvel = _plyvel("backend: LEVELDB, the default of data_param,")
        except ProtonetError as error:
            error.hint += ", or make the store an LMDB and write backend: LMDB"
            error.field = "data_param.backend"
            raise
        name = str(self.path.resolve())
        try:
            # Checked and checked again: left alone, LevelDB drops what is damaged silently.
            base, users = _open.get(name) or (plyvel.DB(name, paranoid_checks=True), 0)
        except (plyvel.Error, OSError) as error:
            if "lock " in (why := reason(error)):
                raise DataError(
                    f"'{self.path}' is open elsewhere, in this process or another: {why}",
                    "close it there; a LevelDB has one user at a time, an LMDB any number",
                ) from error
            raise DataError(f"'{self.path}' is no LevelDB that can be read: {why}") from error
        _open[name] = base, users + 1
        self._name, self._error = name, plyvel.Error
        self._cursor = base.raw_iterator(verify_checksums=True)
        try:
            self._cursor.seek_to_first()
            if not self._cursor.valid():
                raise DataError(
                    f"'{self.path}' is empty", "it was made, but nothing written into it"
                )
        except plyvel.Error as error:
            self.close()
            raise DataError(f"'{self.path}' is damaged: {reason(error)}") from error
        except DataError:
            self.close()
            raise

    def close(self) -> None:
        name, self._name = self._name, ""
        if name:
            self._cursor.close()
            base, users = _open.pop(name)
            if users > 1:
                _open[name] = base, users - 1
            else:
                base.close()

    def reopen(self) -> None:
        raise DataError(f"'{self.path}' cannot be read by two processes", "use an LMDB")

    def __del__(self) -> None:
        if getattr(self, "_name", ""):
            self.close()

    def _item(self) -> Record:
        return Record(self._cursor.key(), self._cursor.value())

    def _key(self) -> bytes:
        return self._cursor.key()

    def _advance(self) -> None:
        try:
            self._cursor.next()
            if not self._cursor.valid():
                self._cursor.seek_to_first()
        except self._error as error:
            raise DataError(f"'{self.path}' is damaged: {reason(error)}") from error

    def _find(self, key: bytes) -> bool:
        self._cursor.seek(key)
        return self._cursor.valid() and self._cursor.key() == key


def reason(error: Exception) -> str:
    """plyvel hands on LevelDB's own words, as bytes."""
    words = error.args[0] if error.args else ""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)


def _plyvel(purpose: str) -> Any:
    """The module plyvel; an error that names the extra if it is not installed."""
    try:
        import plyvel
    except ImportError:
        raise missing_extra("plyvel", "leveldb", purpose) from None
    return plyvel
