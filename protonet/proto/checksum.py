"""Checksums (CRC-32) of files and arrays: whether what is read is what was written.

A .caffemodel of ours begins with that of all that follows, in a field that Caffe, OpenCV and
every other reader of protobuf skips.  It counts at the beginning alone: whoever reads a message,
changes it and writes it again keeps fields that they do not know, but behind those they know.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .wire import FOUR_BYTES, varint

_FIELD = varint(1001 << 3 | FOUR_BYTES)  # of NetParameter, where no fork has it
_HEAD = len(_FIELD) + 4  # bytes
_PIECE = 1 << 20  # bytes read at a time: they stay in the cache for the sum


def head(chunks: Iterable[bytes | memoryview]) -> bytes:
    """What a file of weights begins with, by what follows."""
    total = 0
    for chunk in chunks:
        total = zlib.crc32(chunk, total)
    return _FIELD + total.to_bytes(4, "little")


def without_head(content: bytes) -> bytes:
    """The message behind a head, if there is one."""
    return content[_HEAD:] if content.startswith(_FIELD) else content


def is_damaged(path: str | os.PathLike) -> bool:
    """Whether a file has a head, and its checksum is not that of what follows."""
    with open(path, "rb") as file:
        start = file.read(_HEAD)
    told = int.from_bytes(start[len(_FIELD) :], "little")
    return start.startswith(_FIELD) and checksum(path, _HEAD) != told


def checksum(path: str | os.PathLike, start: int = 0) -> int:
    """Of a file's bytes, from one on."""
    total, piece = 0, bytearray(_PIECE)
    with open(path, "rb", buffering=0) as file:
        file.seek(start)
        while count := file.readinto(piece):
            total = zlib.crc32(memoryview(piece)[:count], total)
    return total


def checksum_of(arrays: Iterable[NDArray]) -> int:
    """Of the values, one array after the other."""
    total = 0
    for array in arrays:
        flat = np.ascontiguousarray(array).reshape(-1)
        total = zlib.crc32(flat.view(np.uint8).data, total)
    return total
