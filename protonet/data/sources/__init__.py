"""Stores of records behind one interface: `open_source(path, backend)`."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ...errors import DataError
from .base import Record, Source
from .writer import StoreWriter

__all__ = [
    "KINDS",
    "Record",
    "Source",
    "StoreWriter",
    "all_records",
    "create_store",
    "open_source",
    "store_kind",
]

KINDS = ("LMDB", "LEVELDB")


def open_source(path: str | Path, backend: str = "", *, rank: int = 0, size: int = 1) -> Source:
    """The store at `path`: "LMDB", "LEVELDB", or whichever it is when `backend` is empty.

    rank, size: the source gives every `size`-th record only, starting with record `rank`.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"there is no {backend or 'store'} at '{path}'")
    if path.name == "data.mdb" and path.is_file():
        raise DataError(f"'{path}' lies in an LMDB", f"name its folder: '{path.parent}'")
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
    raise DataError(
        f"'{path}' is neither an LMDB nor a LevelDB",
        "a store is a folder, with data.mdb in it or with CURRENT",
    )


def all_records(path: str | Path, backend: str = "") -> Generator[Record, None, None]:
    """Every record of a store once, in the order of the keys; the store is closed at the end."""
    source = open_source(path, backend)
    try:
        first = source._key()
        yield source.read()
        while source._key() != first:
            yield source.read()
    finally:
        source.close()


def create_store(path: str | Path, kind: str, *, force: bool = False) -> StoreWriter:
    """A new "LMDB" or "LEVELDB", to be used in a `with` statement: it gets its name at the
    end of it.  force: replace what is there."""
    if kind == "LMDB":
        from .lmdb_writer import LmdbWriter

        return LmdbWriter(Path(path), force=force)
    from .leveldb_writer import LevelDbWriter

    return LevelDbWriter(Path(path), force=force)


def store_kind(path: Path) -> str:
    """ "LMDB" or "LEVELDB" by the files in a folder, "" if it is neither."""
    if (path / "data.mdb").is_file():
        return "LMDB"
    return "LEVELDB" if (path / "CURRENT").is_file() else ""
