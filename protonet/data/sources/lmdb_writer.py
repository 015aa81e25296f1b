"""LMDB, written: all or nothing."""

from __future__ import annotations

from pathlib import Path

import lmdb

from ...errors import DataError
from .base import show_key
from .writer import StoreWriter

_FIRST_MAP_SIZE = 16 << 20


class LmdbWriter(StoreWriter):
    """A new LMDB, as a context manager; see StoreWriter."""

    def _open(self, folder: Path) -> None:
        # No lock: the folder is ours alone.  No sync: that is done once, at the end.
        self._map_size = _FIRST_MAP_SIZE
        self._env = lmdb.open(str(folder), map_size=self._map_size, sync=False, lock=False)
        self._longest = self._env.max_key_size()

    def put(self, key: bytes, value: bytes) -> None:
        if not 0 < len(key) <= self._longest:
            raise DataError(
                f"the key {show_key(key)} has {len(key)} bytes, an LMDB takes 1 to {self._longest}"
            )
        super().put(key, value)

    def _write(self, records: list[tuple[bytes, bytes]]) -> None:
        while True:
            try:
                with self._env.begin(write=True) as transaction:
                    for key, value in records:
                        transaction.put(key, value)
            except lmdb.MapFullError:
                self._map_size *= 2
                self._env.set_mapsize(self._map_size)
            except lmdb.Error as problem:
                raise DataError(f"cannot write '{self.path}': {problem}") from problem
            else:
                break

    def _close(self) -> None:
        self._env.close()
