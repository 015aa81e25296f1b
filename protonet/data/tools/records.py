"""The records of a store one by one, with what they hold."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from numpy.typing import NDArray

from ...errors import DataError
from ..datum import Datum, DatumReader
from ..images import decode_image
from ..sources import Record, all_records, open_source
from ..sources.base import show_key


class Item(NamedTuple):
    """A record and its Datum; or why there is none."""

    record: Record
    datum: Datum | None
    error: DataError | None = None


def all_items(path: Path, backend: str = "") -> Generator[Item, None, None]:
    """All records in the order of their keys.  A record that is no Datum gives an error that
    names store and key; a store that cannot be read raises."""
    reader = DatumReader()
    for record in all_records(path, backend):
        try:
            yield Item(record, reader.read(record.value))
        except DataError as error:
            yield Item(record, None, at_record(error, path, record.key))


def pixels_of(datum: Datum) -> NDArray:
    """The image (C, H, W), decoded if it is encoded."""
    return decode_image(datum.pixels) if datum.encoded else datum.pixels


def at_record(error: DataError, path: Path, key: bytes) -> DataError:
    """The error, with the record at fault."""
    error.what = f"record {show_key(key)} of '{path}': {error.what}"
    return error


def count_records(path: Path) -> int | None:
    """How many records a store has; None if only reading them all would tell."""
    source = open_source(path)
    try:
        return len(source) if hasattr(source, "__len__") else None
    finally:
        source.close()
