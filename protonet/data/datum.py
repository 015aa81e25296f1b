"""Datum: one record of a store, an image with its label, as Caffe keeps it.

    message Datum { channels 1; height 2; width 3; data 4; label 5; float_data 6; encoded 7 }

Records are read straight from the wire: a store's records look all alike, and then only the
pixels and the label differ from the record before.  `DatumReader` makes use of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError

_CHANNELS, _HEIGHT, _WIDTH, _DATA, _LABEL, _FLOATS, _ENCODED = range(1, 8)
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SMALL = 1 << 14  # bytes of a record that is better copied than handled on its own
_LABEL_TAG = _LABEL << 3 | _VARINT
_FLOAT_TAG = _FLOATS << 3 | _FIXED32
#: encoded: false, which convert_imageset writes out and others leave away.
_NOT_ENCODED = bytes([_ENCODED << 3 | _VARINT, 0])


class Datum(NamedTuple):
    """pixels: (C, H, W), uint8 or float32, a view of the record; of an encoded datum the
    bytes of the image file, (n,) uint8."""

    pixels: NDArray
    label: int
    encoded: bool = False


def encode_datum(pixels: ArrayLike, label: int) -> bytes:
    """The record of an image (C, H, W): uint8 as `data`, anything else as `float_data`."""
    array = np.asarray(pixels)
    if array.ndim != 3:
        raise DataError(f"a datum has the shape (channels, height, width), not {array.shape}")
    head = b"".join(
        _tag(field, _VARINT) + _varint(size)
        for field, size in zip((_CHANNELS, _HEIGHT, _WIDTH), array.shape)
    )
    end = _tag(_LABEL, _VARINT) + _varint(whole_label(label))
    if array.dtype == np.uint8:
        return head + _tag(_DATA, _BYTES) + _varint(array.size) + array.tobytes() + end
    # float_data is not packed: every value has a tag of its own in front.
    tagged = np.empty((array.size, 5), np.uint8)
    tagged[:, 0] = _FLOAT_TAG
    tagged[:, 1:] = np.ascontiguousarray(array, "<f4").reshape(-1, 1).view(np.uint8)
    return head + end + tagged.tobytes()


def whole_label(label: float) -> int:
    """A label as a Datum holds it; DataError for a fraction, or what does not fit."""
    try:
        whole = int(label)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or whole != label or not -(2**31) <= whole < 2**31:
        raise DataError(
            f"a Datum holds one whole number as its label, not {label!r}",
            "put other labels into HDF5 files for HDF5Data, or as the float values of a second "
            "store with the same keys, for a second Data layer",
        )
    return whole


def decode_datum(record: bytes) -> Datum:
    """What a record holds; DataError if it is not a well-formed Datum."""
    return DatumReader().read(record)


class DatumReader:
    """Reads records one after the other, quickly where they look like the one before."""

    def __init__(self) -> None:
        self._head = b"\xff"  # all before the pixels: equal sizes make equal bytes
        self._end = 0  # where the pixels end
        self._tail = b""  # all after the label
        self._shape = (0, 0, 0)

    def read(self, record: bytes) -> Datum:
        """As `decode_datum`."""
        # The common case: same head, pixels, then a label below 128 and the same tail.
        start, end = len(self._head), self._end
        if (
            len(record) == end + 2 + len(self._tail)
            and record[end] == _LABEL_TAG
            and record[end + 1] < 128
            and record.startswith(self._head)
            and record.endswith(self._tail)
        ):
            pixels = np.frombuffer(record, np.uint8, end - start, start)
            return Datum(pixels.reshape(self._shape), record[end + 1])
        try:
            return self._parse(record)
        except IndexError:
            raise DataError("the record ends too early") from None

    def read_alike(self, records: Sequence[bytes]) -> tuple[NDArray, NDArray] | None:
        """Images (N, C, H, W) and labels (N) of small records, if all look like the one read
        last; else None.  One copy and a few NumPy calls, whatever N is."""
        start, end = len(self._head), self._end
        size = end + 2 + len(self._tail)
        if size > _SMALL or any(len(record) != size for record in records):
            return None
        table = np.frombuffer(b"".join(records), np.uint8).reshape(len(records), size)
        labels = table[:, end + 1]
        if (table[:, :start] != np.frombuffer(self._head, np.uint8)).any():
            return None
        if (table[:, end + 2 :] != np.frombuffer(self._tail, np.uint8)).any():
            return None
        if (table[:, end] != _LABEL_TAG).any() or (labels > 127).any():
            return None
        return table[:, start:end].reshape(-1, *self._shape), labels

    def _parse(self, record: bytes) -> Datum:
        sizes = {_CHANNELS: 0, _HEIGHT: 0, _WIDTH: 0}
        start = end = position = label = 0
        encoded = False
        floats: list[NDArray] = []
        while position < len(record):
            tag, position = _read_varint(record, position)
            field, wire = tag >> 3, tag & 7
            if field == _FLOATS and wire == _FIXED32:
                values, position = _float_run(record, position - 1)
                floats.append(values)
                continue
            value, first, position = _read_field(record, position, wire)
            if field in sizes and wire == _VARINT:
                sizes[field] = _int32(value)
            elif field == _DATA and wire == _BYTES:
                start, end = first, position
            elif field == _LABEL and wire == _VARINT:
                label = _int32(value)
            elif field == _ENCODED and wire == _VARINT:
                encoded = bool(value)
            elif field == _FLOATS and wire == _BYTES:  # packed, as other writers may do
                if (position - first) % 4:
                    raise DataError("its float_data is not a whole number of values")
                floats.append(np.frombuffer(record, "<f4", (position - first) // 4, first))
        data = np.frombuffer(record, np.uint8, end - start, start)
        if encoded:
            return Datum(data, label, True)
        shape = (sizes[_CHANNELS], sizes[_HEIGHT], sizes[_WIDTH])
        if data.size:
            self._head, self._end, self._shape = record[:start], end, shape
            self._tail = _NOT_ENCODED if record.endswith(_NOT_ENCODED, end + 2) else b""
            pixels = data
        else:
            pixels = np.concatenate(floats) if floats else data
        if min(shape) < 1 or pixels.size != shape[0] * shape[1] * shape[2]:
            self._head = b"\xff"
            raise DataError(f"it holds {pixels.size} values for the shape {shape}")
        return Datum(pixels.reshape(shape), label)


def _read_field(record: bytes, position: int, wire: int) -> tuple[int, int, int]:
    """The value of a varint (0 for others), where the content starts, where it ends."""
    if wire == _VARINT:
        value, end = _read_varint(record, position)
        return value, position, end
    if wire == _BYTES:
        size, position = _read_varint(record, position)
    elif wire in (_FIXED32, _FIXED64):
        size = 4 if wire == _FIXED32 else 8
    else:
        raise DataError("the record is not a Datum")
    if position + size > len(record):
        raise IndexError
    return 0, position, position + size


def _float_run(record: bytes, position: int) -> tuple[NDArray, int]:
    """The values from the tag at `position` on, as long as one float follows the other."""
    rest = np.frombuffer(record, np.uint8, len(record) - position, position)
    others = np.flatnonzero(rest[::5] != _FLOAT_TAG)
    count = int(others[0]) if others.size else (rest.size + 4) // 5
    if count * 5 > rest.size:
        raise IndexError
    values = np.ascontiguousarray(rest[: count * 5].reshape(count, 5)[:, 1:])
    return values.view("<f4").reshape(count), position + count * 5


def _tag(field: int, wire: int) -> bytes:
    return bytes([field << 3 | wire])


def _varint(value: int) -> bytes:
    value &= 2**64 - 1  # negative numbers take ten bytes
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(record: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = record[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
        if shift > 63:
            raise DataError("the record is not a Datum")


def _int32(value: int) -> int:
    value &= 2**32 - 1
    return value - 2**32 if value >= 2**31 else value
