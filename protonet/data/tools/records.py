"""The records of a store one by one, with what they hold."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from numpy.typing import NDArray

from ...errors import DataError
from ..annotated.scene import is_annotated, read_record
from ..datum import Datum, DatumReader
from ..images import decode_image
from ..sources import Record, all_records, open_source
from ..sources.base import show_key


class Item(NamedTuple):
    """A record and its Datum, with the boxes (G, 7) of an AnnotatedDatum; or why there is none."""

    record: Record
    datum: Datum | None
    error: DataError | None = None
    boxes: NDArray | None = None


def all_items(path: Path, backend: str = "") -> Generator[Item, None, None]:
    """All records in the order of their keys.  A record that is no Datum and no AnnotatedDatum
    gives an error that names store and key; a store that cannot be read raises."""
    reader = DatumReader()
    for record in all_records(path, backend):
        yield item_of(record, path, reader)


def item_of(record: Record, path: Path, reader: DatumReader) -> Item:
    """What a record of the store at `path` holds."""
    try:
        if not is_annotated(record.value):
            return Item(record, reader.read(record.value))
        read = read_record(record.value, reader)
        return Item(record, read.datum, boxes=read.boxes)
    except DataError as error:
        return Item(record, None, at_record(error, path, record.key))


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
        return source.records
    finally:
        source.close()
