"""The data file of an LMDB, read page by page without LMDB's library.

The library opens a store only once in a process, and a script may have it open already; and it
trusts what pages say of each other, so that a damaged file ends the process.  Whoever only
reads needs no locks: the file is mapped like any other, and no lock file is touched.

Little-endian; version 1 is LMDB 0.9's, version 3 that of LMDB 1.0, whose pages begin with eight
bytes more and count their offsets from behind them.

    page    u64 number, (version 3: u64 transaction,) u16 pad, u16 flags, u16 lower, u16 upper,
            then the u16 offset of each node; of an overflow page what a large value holds
    node    u16 low, u16 high, u16 flags, u16 size of the key, the key, then in a leaf a value of
            high:low bytes or the u64 number of its overflow page; in a branch flags:high:low is
            the number of the page below
    meta    pages 0 and 1, written in turn: the one of the later transaction counts

Source: "LMDB Technical Information" of the OpenLDAP project, lmdb.h and mdb.c.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .base import Record

_MAGIC, _NONE = 0xBEEFC0DE, 2**64 - 1
_META = struct.Struct("<IIQQ" + "IHHQQQQQ" * 2 + "QQ")
_TRANSACTION = _META.size - 8
_U64 = struct.Struct("<Q")
_NODE = struct.Struct("<HHHH")
_BRANCH, _LEAF, _OVERFLOW = 1, 2, 4
_KINDS = 0xEF  # what of the flags tells the kind; the others are for writers
_BIG = 1
_OTHER_ORDER = 2 | 8  # REVERSEKEY, INTEGERKEY
_HEADER = {1: struct.Struct("<Q2xHH2x"), 3: struct.Struct("<Q10xHH2x")}
_HEAD = {version: header.size for version, header in _HEADER.items()}
_BASE = {1: 0, 3: 24}
_SMALLEST, _LARGEST = 256, 1 << 16  # pages, in bytes


class Damage(Exception):
    """The file does not hold what it should; the text says what."""


class State(NamedTuple):
    """The tree as a transaction left it.  root: None when it is empty."""

    transaction: int
    root: int | None
    depth: int
    entries: int
    pages: int


class Large(NamedTuple):
    """A record whose value lies in pages of its own, from `page` on."""

    key: bytes
    page: int
    size: int


class Leaf(NamedTuple):
    records: list[Record | Large]


class Branch(NamedTuple):
    """pages: those below.  keys: what each begins with or lies behind; the first is not said."""

    keys: list[bytes]
    pages: list[int]


class LmdbFile:
    """An open data.mdb.  Damage or OSError if it is none."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115  (closed by `close`)
        self._map: mmap.mmap | bytes = b""
        try:
            self._version, self._page_size = self._layout()
        except Damage:
            self.close()
            raise
        self._header, self._base = _HEADER[self._version], _BASE[self._version]
        self._head = self._header.size
        self._transactions = self._head + _TRANSACTION

    def close(self) -> None:
        """May be called again."""
        self._map = b""
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()

    @property
    def size(self) -> int:
        """In bytes, on the disk."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def page_size(self) -> int:
        return self._page_size

    def _layout(self) -> tuple[int, int]:
        for version, head in _HEAD.items():
            found = self._read(head, _META.size, "its first page")
            magic, written, page_size = struct.unpack_from("<II16xI", found)
            if magic == _MAGIC and written == version and _SMALLEST <= page_size <= _LARGEST:
                return version, page_size
        raise Damage("it does not begin as data.mdb of LMDB 0.9 or 1.0 does")

    def _read(self, offset: int, size: int, what: str) -> bytes:
        if offset + size > len(self._map):
            self._grow(offset + size, what)
        return self._map[offset : offset + size]

    def _grow(self, wanted: int, what: str) -> None:
        """Map the file as long as it is now: a writer makes it longer."""
        if self._file.closed or self.size < wanted:
            raise Damage(f"the file ends in {what}")
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def transaction(self) -> int:
        """The number of the last transaction; a later one may have changed any page."""
        first, second = self._transactions, self._transactions + self._page_size
        return max(_U64.unpack_from(self._map, first)[0], _U64.unpack_from(self._map, second)[0])

    def state(self) -> State:
        """The newest one."""
        before: list[bytes] = []
        while True:  # until no writer came between
            metas = [
                self._read(page * self._page_size + self._head, _META.size, "its first pages")
                for page in (0, 1)
            ]
            if metas == before:
                break
            before = metas
        fields = max((_META.unpack(meta) for meta in metas), key=lambda meta: meta[-1])
        _, flags, depth, _, _, _, entries, root = fields[12:20]
        if flags & _OTHER_ORDER:
            raise Damage("its keys are not in the order of their bytes, as Caffe's are")
        root = None if root == _NONE else root
        return State(fields[-1], root, depth, entries, fields[-2] + 1)

    def page(self, number: int) -> Leaf | Branch:
        """A page of the tree."""
        content = self._read(number * self._page_size, self._page_size, "its tree")
        flags, lower = self._kind(content, number)
        if flags not in (_BRANCH, _LEAF):
            raise Damage(f"page {number} is none of the tree")
        count = (lower - (self._head - self._base)) // 2
        if count < 1:
            raise Damage(f"page {number} is empty")
        try:
            offsets = struct.unpack_from(f"<{count}H", content, self._head)
            read = self._read_leaf if flags == _LEAF else self._read_branch
            return read(content, offsets)
        except struct.error:
            raise Damage(f"page {number} points beyond itself") from None

    def _kind(self, content: bytes | mmap.mmap, number: int, start: int = 0) -> tuple[int, int]:
        """Flags and `lower` of the page at `start`, which must be the one that was asked for."""
        written, flags, lower = self._header.unpack_from(content, start)
        if written != number:
            raise Damage(f"page {number} is another one")
        return flags & _KINDS, lower

    def _read_branch(self, content: bytes, offsets: Sequence[int]) -> Branch:
        found = Branch([], [])
        for offset in offsets:
            start = offset + self._base + _NODE.size
            low, high, flags, size = _NODE.unpack_from(content, start - _NODE.size)
            found.keys.append(content[start : start + size])
            found.pages.append(flags << 32 | high << 16 | low)
        return found

    def _read_leaf(self, content: bytes, offsets: Sequence[int]) -> Leaf:
        records: list[Record | Large] = []
        for offset in offsets:
            start = offset + self._base + _NODE.size
            low, high, flags, key_size = _NODE.unpack_from(content, start - _NODE.size)
            end, size = start + key_size, high << 16 | low
            if not flags and end + size <= len(content):
                records.append(Record(content[start:end], content[end : end + size]))
            elif flags == _BIG:
                page = _U64.unpack_from(content, end)[0]
                records.append(Large(content[start:end], page, size))
            elif flags:
                raise Damage("it has named databases, or several values a key, as Caffe has not")
            else:
                raise struct.error
        return Leaf(records)

    def value(self, record: Large) -> bytes:
        start = record.page * self._page_size
        first, end = start + self._head, start + self._head + record.size
        if end > len(self._map):
            self._grow(end, "a value")
        if self._kind(self._map, record.page, start)[0] != _OVERFLOW:
            raise Damage(f"page {record.page} holds no value")
        return self._map[first:end]
