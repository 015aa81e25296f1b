"""Stores of records behind one interface: `open_source(path, backend)`."""

from __future__ import annotations

from pathlib import Path

from ...errors import DataError
from .base import Record, Source

__all__ = ["Record", "Source", "open_source", "store_kind"]


def open_source(path: str | Path, backend: str = "", *, rank: int = 0, size: int = 1) -> Source:
    """The store at `path`: "LMDB", "LEVELDB", or whichever it is when `backend` is empty.

    rank, size: the source gives every `size`-th record only, starting with record `rank`.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"there is no {backend or 'store'} at '{path}'")
    kind = store_kind(path)
    if backend and kind and kind != backend:
        why = " (which is the default)" if backend == "LEVELDB" else ""
        raise DataError(
            f"'{path}' is of the kind {kind}, but the backend is {backend}{why}",
            f"write backend: {kind}",
            field="data_param.backend",
        )
    if (kind or backend) == "LMDB":
        from .lmdb import LmdbSource

        return LmdbSource(path, rank, size)
    if (kind or backend) == "LEVELDB":
        from .leveldb import LevelDbSource

        return LevelDbSource(path, rank, size)
    raise DataError(f"'{path}' is neither an LMDB nor a LevelDB")


def store_kind(path: Path) -> str:
    """"LMDB" or "LEVELDB" by the files in a folder, "" if it is neither."""
    if (path / "data.mdb").is_file():
        return "LMDB"
    return "LEVELDB" if (path / "CURRENT").is_file() else ""
