"""LMDB, read: the store most Caffe data sets come in."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import lmdb

from ...errors import DataError
from .base import Record, Source


class _Environments:
    """The open environments of this process, with the number of their users.

    LMDB forbids to open a store twice in one process, yet a train net and a test net may
    well read the same one.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[lmdb.Environment, int]] = {}
        self._inherited: list[Any] = []
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self) -> None:
        # Without locks a store may be read on in a forked child, but never closed there:
        # that would wait for what the parent's threads were doing at the time.
        self._inherited += [env for env, _ in self._open.values()]
        self._lock = threading.Lock()

    def keep(self, *inherited: Any) -> None:
        """Do not let go of what belongs to the parent process."""
        self._inherited += inherited

    def acquire(self, path: Path) -> tuple[str, lmdb.Environment]:
        name = os.path.realpath(path)
        with self._lock:
            env, users = self._open.get(name) or (_open(path), 0)
            self._open[name] = env, users + 1
        return name, env

    def release(self, name: str) -> None:
        with self._lock:
            env, users = self._open[name]
            if users > 1:
                self._open[name] = env, users - 1
                return
            if env in self._inherited:
                self._open[name] = env, 0  # it stays: LMDB would not open it again
                return
            del self._open[name]
        env.close()


_environments = _Environments()


def _open(path: Path) -> lmdb.Environment:
    # lock=False: no lock file, so that folders may be read-only; a store is not read while
    # it is written, since it gets its name when it is complete.
    try:
        env = lmdb.open(os.path.realpath(path), readonly=True, lock=False)
    except lmdb.Error as error:
        raise DataError(f"'{path}' is no LMDB that can be read: {error}") from error
    pages = env.info()["last_pgno"] + 1
    wanted, size = pages * env.stat()["psize"], (path / "data.mdb").stat().st_size
    if size < wanted:  # reading on would end the process, with a bus error
        env.close()
        raise DataError(
            f"'{path}' is cut off: data.mdb has {size} bytes of {wanted}",
            "copy or make it again",
        )
    return env


class LmdbSource(Source):
    """The records of an LMDB folder."""

    def __init__(self, path: Path, rank: int = 0, size: int = 1) -> None:
        super().__init__(path, rank, size)
        if not (path / "data.mdb").is_file():
            raise DataError(f"'{path}' is no LMDB: there is no data.mdb in it")
        self._transaction: Any = None
        self._cursor: Any = None
        self._name: str | None
        self._env: Any
        self._name, self._env = _environments.acquire(path)
        try:
            self._begin()
        except DataError:
            self.close()
            raise

    def _begin(self) -> None:
        self._pid = os.getpid()
        try:
            self._transaction = self._env.begin()
            self._cursor = self._transaction.cursor()
            filled = self._cursor.first()
        except lmdb.Error as error:
            raise DataError(f"'{self.path}' is damaged: {error}") from error
        if not filled:
            raise DataError(f"'{self.path}' is empty", "it was made, but nothing written into it")

    def __len__(self) -> int:
        return self._transaction.stat()["entries"]

    def close(self) -> None:
        name, self._name = self._name, None
        if name is not None:
            if self._pid != os.getpid():
                _environments.keep(self._transaction, self._cursor)
            self._cursor = self._transaction = self._env = None
            _environments.release(name)

    def reopen(self) -> None:
        # The cursor may have been moving in another thread just then: take another one.
        _environments.keep(self._transaction, self._cursor)
        self._offset = 0
        self._begin()

    def __del__(self) -> None:
        if getattr(self, "_name", None) is not None:
            self.close()

    def _item(self) -> Record:
        try:
            return Record(*self._cursor.item())
        except lmdb.Error as error:
            raise DataError(f"'{self.path}' is damaged: {error}") from error

    def _key(self) -> bytes:
        return self._cursor.key()

    def _advance(self) -> None:
        try:
            if not self._cursor.next():
                self._cursor.first()
        except lmdb.Error as error:
            raise DataError(f"'{self.path}' is damaged: {error}") from error

    def _find(self, key: bytes) -> bool:
        return self._cursor.set_key(key)
