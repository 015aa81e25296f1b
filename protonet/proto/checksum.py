"""Checksums (CRC-32) of files and arrays: whether what is read is what was written."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_PIECE = 1 << 20  # bytes read at a time: they stay in the cache for the sum


def checksum(path: str | os.PathLike) -> int:
    """Of a file's bytes."""
    total, piece = 0, bytearray(_PIECE)
    with open(path, "rb", buffering=0) as file:
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
