"""Stores of records behind one interface: `open_source(path, backend)`.

A kind of store is one file that registers its `Source`, which names its writer.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ...errors import DataError
from ...proto import caffe_pb2 as pb
from .base import Record, Source
from .registry import STORES, store_class, store_kind
from .writer import StoreWriter

# The stores register themselves, in the order of messages and choices.
# isort: split
from . import lmdb  # noqa: F401

# isort: split
from . import leveldb  # noqa: F401

__all__ = [
    "STORES",
    "Record",
    "Source",
    "StoreWriter",
    "all_records",
    "create_store",
    "open_source",
    "store_kind",
]


def open_source(path: str | Path, backend: str = "", *, rank: int = 0, size: int = 1) -> Source:
    """The store at `path`: of the kind `backend` ("LMDB", say), or whichever it is when that is
    empty.

    rank, size: the source gives every `size`-th record only, starting with record `rank`.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"there is no {backend or 'store'} at '{path}'")
    for cls in STORES.values():
        if path.name == cls.mark and path.is_file():
            raise DataError(f"'{path}' lies in {cls.title}", f"name its folder: '{path.parent}'")
    kind = store_kind(path)
    if backend and kind and kind != backend:
        known = pb.DataParameter.DB.keys()
        default = pb.DataParameter.DB.Name(pb.DataParameter().backend)
        why = " (which is the default)" if backend == default else ""
        raise DataError(
            f"'{path}' is of the kind {kind}, but the backend is {backend}{why}",
            f"write backend: {kind}" if kind in known else "no backend names that",
            field="data_param.backend",
        )
    if kind or backend:
        return store_class(kind or backend)(path, rank, size)
    raise DataError(
        f"'{path}' is neither {' nor '.join(cls.title for cls in STORES.values())}",
        f"a store is a folder, with {' in it or with '.join(c.mark for c in STORES.values())}",
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


def create_store(
    path: str | Path, kind: str, *, force: bool = False, keep: bool = False
) -> StoreWriter:
    """A new store of that kind ("LMDB", say), to be used in a `with` statement: it gets its
    name at the end of it.  force: replace what is there.  keep: leave what is there."""
    return store_class(kind).writer(Path(path), force=force, keep=keep)
