"""LMDB, written: all or nothing."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from types import TracebackType

import lmdb

from ...errors import DataError

_FIRST_MAP_SIZE = 16 << 20
_COMMIT_EVERY = 1000


class LmdbWriter:
    """A new LMDB at `path`, as a context manager.

    It is written into a temporary folder beside, which takes the name at the end of the
    `with` block, and is removed if an exception leaves it.

    If something has that name already: `force` replaces it, `keep` drops the new store
    silently, otherwise DataError (at once, before anything is written).
    """

    def __init__(self, path: Path, *, force: bool = False, keep: bool = False) -> None:
        self.path, self._force, self._keep = Path(path), force, keep
        self._waiting: list[tuple[bytes, bytes]] = []
        self._map_size = _FIRST_MAP_SIZE
        self.count = 0

    def __enter__(self) -> LmdbWriter:
        if self.path.exists() and not (self._force or self._keep):
            raise self._exists()
        self._folder = self.path.with_name(f".{self.path.name}-{uuid.uuid4().hex[:12]}")
        try:
            (self._folder / "new").mkdir(parents=True)
        except OSError as error:
            raise DataError(f"cannot write to '{self.path.parent}': {error.strerror}") from error
        # No lock: the folder is ours alone.  No sync: that is done once, at the end.
        self._env = lmdb.open(
            str(self._folder / "new"), map_size=self._map_size, sync=False, lock=False
        )
        return self

    def put(self, key: bytes, value: bytes) -> None:
        """Add a record."""
        self._waiting.append((key, value))
        self.count += 1
        if len(self._waiting) >= _COMMIT_EVERY:
            self._commit()

    def _commit(self) -> None:
        while True:
            try:
                with self._env.begin(write=True) as transaction:
                    for key, value in self._waiting:
                        transaction.put(key, value)
            except lmdb.MapFullError:
                self._map_size *= 2
                self._env.set_mapsize(self._map_size)
            else:
                break
        self._waiting.clear()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            try:
                if kind is None:
                    self._commit()
                    self._env.sync(True)
            finally:
                self._env.close()
            if kind is None:
                self._publish()
        except (lmdb.Error, OSError) as problem:
            raise DataError(f"cannot write '{self.path}': {problem}") from problem
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _publish(self) -> None:
        old = self._folder / "old"
        if self._force and self.path.exists():
            os.rename(self.path, old)  # into the temporary folder: goes with it
        try:
            os.rename(self._folder / "new", self.path)
        except OSError:
            if old.exists():
                os.rename(old, self.path)
                raise
            if not self.path.exists():
                raise
            if not self._keep:
                raise self._exists() from None

    def _exists(self) -> DataError:
        return DataError(f"'{self.path}' exists already", "remove it, or write with --force")

