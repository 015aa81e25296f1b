"""LMDB: the store most Caffe data sets come in; read without its library, written with it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ...errors import DataError
from .base import Record, Source, show_key
from .lmdb_file import Branch, Damage, Large, LmdbFile
from .registry import register
from .writer import StoreWriter

T = TypeVar("T")

_TRIES = 1000  # to read between two transactions of a writer
_COPY = "copy or make it again"
_FIRST_MAP_SIZE = 16 << 20


class LmdbWriter(StoreWriter):
    """A new LMDB, as a context manager; see StoreWriter."""

    def _open(self, folder: Path) -> None:
        import lmdb  # not before it is needed

        self._lmdb = lmdb
        # No lock: the folder is ours alone.  No sync: that is done once, at the end.
        self._map_size = _FIRST_MAP_SIZE
        self._env = lmdb.open(str(folder), map_size=self._map_size, sync=False, lock=False)
        self._longest = self._env.max_key_size()

    def put(self, key: bytes, value: bytes) -> None:
        if not 0 < len(key) <= self._longest:
            raise DataError(
                f"the key {show_key(key)} has {len(key)} bytes, an LMDB takes 1 to {self._longest}"
            )
        super().put(key, value)

    def _write(self, records: list[tuple[bytes, bytes]]) -> None:
        while True:
            try:
                with self._env.begin(write=True) as transaction:
                    for key, value in records:
                        transaction.put(key, value)
            except self._lmdb.MapFullError:
                self._map_size *= 2
                self._env.set_mapsize(self._map_size)
            except self._lmdb.Error as problem:
                raise DataError(f"cannot write '{self.path}': {problem}") from problem
            else:
                break

    def _close(self) -> None:
        self._env.close()


@register
class LmdbSource(Source):
    """The records of an LMDB folder.

    It takes no lock, and keeps nobody from opening or writing the store, in this process or
    another.  A record is what the last transaction before its reading left; when the store
    has changed the stream goes on at the same key, or the next one if that is gone.  (Caffe
    goes on with the state that it opened.)
    """

    kind = "LMDB"
    title = "an LMDB"
    mark = "data.mdb"
    writer = LmdbWriter

    def __init__(self, path: Path, rank: int = 0, size: int = 1) -> None:
        super().__init__(path, rank, size)
        self._leaf: list[Record | Large] = []
        self._at = self._of = 0  # place in the leaf; the transaction that it is of
        self._after: bytes | None = None
        if not (path / self.mark).is_file():
            raise DataError(f"'{path}' is no LMDB: there is no {self.mark} in it")
        try:
            self._file = LmdbFile(path / self.mark)
            self._take_state()
        except (Damage, OSError) as error:
            why = getattr(error, "strerror", None) or error
            raise DataError(f"'{path}' is no LMDB that can be read: {why}") from error
        try:
            self._check_length()
            self._stable(self._first)
        except DataError:
            self.close()
            raise

    def _take_state(self) -> None:
        self._state = self._file.state()
        self._branches: dict[int, Branch] = {}

    def _check_length(self) -> None:
        size, wanted = self._file.size, self._state.pages * self._file.page_size
        if size < wanted:
            raise DataError(
                f"'{self.path}' is cut off: {self.mark} has {size} bytes of {wanted}", _COPY
            )

    @property
    def records(self) -> int:
        return self._state.entries

    def __len__(self) -> int:
        return self.records

    def close(self) -> None:
        self._file.close()

    def reopen(self) -> None:
        self._offset = 0
        self._stable(self._first)

    def _item(self) -> Record:
        record = self._leaf[self._at]
        if not isinstance(record, Large):
            return record
        return self._stable(lambda: self._large(record.key))

    def _key(self) -> bytes:
        return self._leaf[self._at].key

    def _advance(self) -> None:
        self._at += 1
        if self._at == len(self._leaf):
            after = self._after
            self._stable(lambda: self._next(after))

    def _find(self, key: bytes) -> bool:
        self._stable(lambda: self._goto(key))
        return self._key() == key

    def _stable(self, step: Callable[[], T]) -> T:
        """What `step` reads of the tree, all of it from one state: once more from the newest
        if a writer has ended a transaction meanwhile, since that may have used pages anew.
        So a step must not depend on what an earlier try of it has left."""
        for _ in range(_TRIES):
            damage: Damage | None = None
            try:
                found = step()
            except Damage as error:
                damage = error
            try:
                if self._file.transaction() != self._state.transaction:
                    self._take_state()
                    continue
            except Damage as error:
                damage = error
            if damage is not None:
                raise DataError(f"'{self.path}' is damaged: {damage}", _COPY) from damage
            return found
        raise DataError(f"'{self.path}' is written faster than it can be read")

    # -- steps ---------------------------------------------------------------------------

    def _large(self, key: bytes) -> Record:
        """The record of a key whose value had pages of its own; they may be another's by now."""
        if self._of != self._state.transaction:
            self._goto(key)
        record = self._leaf[self._at]
        return Record(record.key, self._file.value(record)) if isinstance(record, Large) else record

    def _first(self) -> None:
        self._descend(None)
        self._at = 0

    def _next(self, after: bytes | None) -> None:
        """To the leaf that begins with `after` or behind it; None: to the first."""
        if after is None:
            self._first()
        else:
            self._goto(after)

    def _goto(self, wanted: bytes) -> None:
        """To the first key that is not before `wanted`, or if there is none to the first."""
        self._descend(wanted)
        keys = [record.key for record in self._leaf]
        self._at = bisect_left(keys, wanted)
        if self._at == len(keys):
            self._next(self._after)

    def _descend(self, wanted: bytes | None) -> None:
        """The leaf where `wanted` is or would be (None: the first), and the key that the next
        leaf begins with or lies behind."""
        number, after = self._state.root, None
        if number is None:
            raise DataError(f"'{self.path}' is empty", "it was made, but nothing written into it")
        for _ in range(self._state.depth):
            branch = self._branches.get(number) or self._file.page(number)
            if not isinstance(branch, Branch):
                if after is not None and wanted is not None and after <= wanted:
                    raise Damage(f"page {number} is out of order")
                self._leaf, self._after = branch.records, after
                self._of = self._state.transaction
                return
            self._branches[number] = branch
            keys, pages = branch
            # The first key of a branch is not written: all before the second are its.
            i = bisect_right(keys, wanted, 1) - 1 if wanted is not None else 0
            if i + 1 < len(pages):
                after = keys[i + 1]
            number = pages[i]
        raise Damage("its tree is deeper than it says")
