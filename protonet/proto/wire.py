"""Protobuf's binary form, as far as arrays need it.

On the wire a packed list of floats is a length and then the bytes of the floats, so they can
go straight from the file into an array.  protobuf's own classes would make a Python float of
each value, which is what makes big weight files slow, and they stop at 2 GB.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import RawIOBase
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

VARINT, EIGHT_BYTES, DELIMITED, FOUR_BYTES = 0, 1, 2, 5
Span = tuple[int, int]


class WireError(Exception):
    """Bytes that are not a protobuf message; the text says what and where."""


class FileBytes:
    """The bytes of an open file, read where they are asked for.

    Not a map of the file: where somebody cuts a mapped file short, the system ends the process
    that looks at what is gone, and blobs live for long.  Arrays of their own are also aligned,
    and go one by one.
    """

    WINDOW = 1 << 14  # bytes read at once around what is no big array

    def __init__(self, file: RawIOBase) -> None:
        self._file, self._size = file, os.fstat(file.fileno()).st_size
        self._start, self._window = 0, b""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, at: int | slice) -> int | bytes:
        if isinstance(at, slice):
            start, stop, _ = at.indices(self._size)
            return bytes(self.values(start, max(stop - start, 0), "u1"))
        if not 0 <= at - self._start < len(self._window):
            self._window = bytes(self.values(at, min(self.WINDOW, self._size - at), "u1"))
            self._start = at
        return self._window[at - self._start]

    def values(self, start: int, count: int, dtype: DTypeLike) -> NDArray:
        """A new array of the `count` numbers from byte `start` on."""
        out = np.empty(count, dtype)
        at = start - self._start
        if at >= 0 and at + out.nbytes <= len(self._window):
            out[...] = np.frombuffer(self._window, dtype, count, at)
            return out
        self._file.seek(start)
        rest = out.view(np.uint8).data if count else memoryview(b"")
        while rest:
            done = self._file.readinto(rest)
            if not done:
                raise WireError(f"the file ends too early, at byte {self._file.tell()}")
            rest = rest[done:]
        return out


class Message:
    """The fields of the message in `content[start:stop]`.

    Iterating gives (number, wire type, value): an int for VARINT, the (start, stop) of the
    bytes for the others.  `pos` is the next field, and may be moved.
    """

    def __init__(
        self, content: NDArray[np.uint8] | FileBytes, start: int = 0, stop: int | None = None
    ) -> None:
        self.content: Any = content
        self.pos = start
        self.stop = len(content) if stop is None else stop

    def __iter__(self) -> Iterator[tuple[int, int, int | Span]]:
        while self.pos < self.stop:
            at = self.pos
            tag = self.varint()
            number, kind = tag >> 3, tag & 7
            if number == 0 or kind not in (VARINT, EIGHT_BYTES, DELIMITED, FOUR_BYTES):
                raise WireError(f"no message begins at byte {at}")
            if kind == VARINT:
                yield number, kind, self.varint()
                continue
            size = {EIGHT_BYTES: 8, FOUR_BYTES: 4}.get(kind)
            size = self.varint() if size is None else size
            start, self.pos = self.pos, self.pos + size
            if self.pos > self.stop:
                raise WireError(f"the file ends too early: byte {at} announces {size} bytes more")
            yield number, kind, (start, self.pos)

    def varint(self) -> int:
        value = shift = 0
        while self.pos < self.stop and shift < 70:
            byte = int(self.content[self.pos])
            self.pos += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & (2**64 - 1)
            shift += 7
        raise WireError(f"the file ends too early, or byte {self.pos} is damaged")

    def octets(self, span: Span) -> bytes:
        return bytes(self.content[slice(*span)])

    def packed(self, span: Span, dtype: str) -> NDArray:
        """The numbers of a packed field; of content that is in memory, in place."""
        start, stop = span
        count, rest = divmod(stop - start, np.dtype(dtype).itemsize)
        if rest:
            raise WireError(f"byte {start}: {stop - start} bytes are no whole number of values")
        return self._values(start, count, dtype)

    def unpacked(self, span: Span, dtype: str) -> NDArray:
        """The numbers of a run of unpacked entries that begins with `span`, as before 2014.

        Each entry is a tag of one byte and the number; takes all that follow directly.
        """
        size = np.dtype(dtype).itemsize
        first = span[0] - 1
        count = (self.stop - first) // (1 + size)
        entries = self._values(first, count, [("tag", "u1"), ("x", dtype)])
        others = np.flatnonzero(entries["tag"] != self.content[first])
        count = int(others[0]) if len(others) else count
        self.pos = first + count * (1 + size)
        return np.ascontiguousarray(entries["x"][:count])

    def _values(self, start: int, count: int, dtype: DTypeLike) -> NDArray:
        if isinstance(self.content, FileBytes):
            return self.content.values(start, count, dtype)
        return np.frombuffer(self.content, dtype, count, start)


def signed(value: int) -> int:
    """int32 and int64 are written as 64 bits; negative numbers have the top bit set."""
    return value - 2**64 if value >= 2**63 else value


def varint(value: int) -> bytes:
    value &= 2**64 - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """A whole-number field."""
    return varint(field << 3 | VARINT) + varint(value)


def delimited(field: int, *chunks: bytes | memoryview) -> list[bytes | memoryview]:
    """A field of bytes, text or a message, with the chunks as content."""
    size = sum(len(chunk) for chunk in chunks)
    return [varint(field << 3 | DELIMITED) + varint(size), *chunks]
