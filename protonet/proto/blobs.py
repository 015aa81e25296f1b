"""BlobProto <-> array: the one message that all of Caffe's binary files are made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .wire import (
    DELIMITED,
    EIGHT_BYTES,
    FOUR_BYTES,
    VARINT,
    Message,
    Span,
    WireError,
    delimited,
    signed,
    varint,
)

# Field numbers
_NUM, _WIDTH, _DATA, _DIFF, _SHAPE, _DOUBLE_DATA, _DOUBLE_DIFF = 1, 4, 5, 6, 7, 8, 9
_RAW_TYPE, _RAW_DATA = 10, 12  # NVIDIA's Caffe
_RAW_TYPES = {0: "<f8", 1: "<f4", 2: "<f2"}


def read_blob_at(message: Message) -> NDArray:
    """The array of a BlobProto; of content in memory a view of it wherever possible."""
    legacy: dict[int, int] = {}
    values: dict[int, list[NDArray]] = {}
    shape: list[int] = []
    raw_type = 1
    for number, kind, value in message:
        if kind == VARINT and number <= _DATA:
            legacy[number] = signed(value)  # type: ignore[arg-type]
        elif kind == VARINT and number == _RAW_TYPE:
            raw_type = value  # type: ignore[assignment]
        elif number == _SHAPE and kind == DELIMITED and _DATA not in legacy:
            shape += _read_shape(message, value)  # type: ignore[arg-type]
        elif number == _DIFF and kind == DELIMITED and _DATA not in legacy:
            continue  # a gradient
        elif number in (_DATA, _DIFF, _DOUBLE_DATA) or (number == _RAW_DATA and kind == DELIMITED):
            dtype = _dtype(number, raw_type)
            values.setdefault(number, []).append(_numbers(message, kind, value, dtype))
    if _DATA in legacy:  # C3D's Caffe: one axis more, so the data have the next number
        return _shaped(values.get(_DIFF, []), [legacy.get(n, 1) for n in range(1, 6)])
    if legacy:
        shape = [legacy.get(n, 0) for n in range(_NUM, _WIDTH + 1)]
    stored = values.get(_DOUBLE_DATA) or values.get(_RAW_DATA) or values.get(_DATA, [])
    return _shaped(stored, shape)


def has_gradient(message: Message) -> bool:
    """Does a BlobProto hold gradients beside its values?"""
    fields = {(number, kind) for number, kind, _ in message}
    early = (_DATA, VARINT) in fields  # C3D's Caffe: see above
    return ((_DIFF, DELIMITED) in fields and not early) or (_DOUBLE_DIFF, DELIMITED) in fields


def _dtype(number: int, raw_type: int) -> str:
    if number == _DOUBLE_DATA:
        return "<f8"
    if number != _RAW_DATA:
        return "<f4"
    if raw_type not in _RAW_TYPES:
        raise WireError(f"raw data of type {raw_type}: only float16, float32 and float64 are known")
    return _RAW_TYPES[raw_type]


def _numbers(message: Message, kind: int, span: Any, dtype: str) -> NDArray:
    if kind == DELIMITED:
        return message.packed(span, dtype)
    if kind == (EIGHT_BYTES if dtype == "<f8" else FOUR_BYTES):
        return message.unpacked(span, dtype)
    raise WireError(f"byte {message.pos}: a whole number where values should be")


def _read_shape(message: Message, span: Span) -> list[int]:
    dims = []
    inner = Message(message.content, *span)
    for number, kind, value in inner:
        if number == 1 and kind == VARINT:
            dims.append(signed(value))  # type: ignore[arg-type]
        elif number == 1 and kind == DELIMITED:
            packed = Message(message.content, *value)  # type: ignore[misc]
            while packed.pos < packed.stop:
                dims.append(signed(packed.varint()))
                if len(dims) > 32:
                    raise WireError("a shape of more than 32 axes")
    return dims


def _shaped(parts: list[NDArray], shape: list[int]) -> NDArray:
    values = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, "<f4"), *parts])
    if any(extent < 0 for extent in shape) or math.prod(shape) != values.size:
        raise WireError(f"{values.size} values for the shape {tuple(shape)}")
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    return values.reshape(shape)


def blob_chunks(array: NDArray, diff: NDArray | None = None) -> list[bytes | memoryview]:
    """The bytes of the BlobProto of an array, and of its gradient if that is wanted: float64
    as double_data, all else as data."""
    double = array.dtype == np.float64
    values = _value_chunks(_DOUBLE_DATA if double else _DATA, array, double)
    if diff is not None:
        values += _value_chunks(_DOUBLE_DIFF if double else _DIFF, diff, double)
    shape: list[bytes | memoryview] = []
    if array.ndim:  # a scalar has no shape at all
        shape = delimited(_SHAPE, *delimited(1, b"".join(varint(n) for n in array.shape)))
    return shape + values if double else values + shape


def _value_chunks(number: int, array: NDArray, double: bool) -> list[bytes | memoryview]:
    if not array.size:
        return []
    # tobytes would copy; a view of the array's own memory is written as it is.
    flat = np.ascontiguousarray(array, "<f8" if double else "<f4").reshape(-1)
    return delimited(number, flat.view(np.uint8).data)
