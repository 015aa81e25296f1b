"""Source: the records of a store in the order of their keys, round and round."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from ...errors import DataError
from .writer import StoreWriter


class Record(NamedTuple):
    key: bytes
    value: bytes


class Source(ABC):
    """An endless stream: after the last record comes the first again.

    With `size` workers, record i of the stream goes to the worker of rank i // block mod size.

    A subclass moves a cursor: `_item` reads where it stands, `_advance` moves it on (from
    the last record to the first), `_find` moves it to a key.  It stands in one file with the
    writer of its kind of store, and is registered there.
    """

    #: What `backend` of data_param calls the store: "LMDB".
    kind: ClassVar[str]
    #: The same in a sentence: "an LMDB".
    title: ClassVar[str]
    #: The file by which the store's folder is known.
    mark: ClassVar[str]
    #: What makes such a store.
    writer: ClassVar[type[StoreWriter]]
    #: How many records are dealt to one worker before the next one's turn.
    block: int = 1

    def __init__(self, path: Path, rank: int = 0, size: int = 1) -> None:
        self.path, self.rank, self.size = path, rank, size
        self._offset = 0  # how many records of the stream lie behind the cursor, mod size * block

    @property
    def records(self) -> int | None:
        """How many records the store has; None if only reading them all would tell."""
        return None

    def peek(self) -> Record:
        """The record under the cursor, at the start the first one; does not move."""
        return self._item()

    def read(self) -> Record:
        """The next record of this worker."""
        while self._offset // self.block != self.rank:
            self._step()
        record = self._item()
        self._step()
        return record

    def _step(self) -> None:
        self._advance()
        self._offset = (self._offset + 1) % (self.size * self.block)

    def state(self) -> dict[str, Any]:
        """Where the stream stands, as plain values; `set_state` goes there again."""
        return {"key": self._key().hex(), "offset": self._offset}

    def set_state(self, state: dict[str, Any]) -> None:
        key = bytes.fromhex(state["key"])
        if not self._find(key):
            raise DataError(
                f"'{self.path}' has no record {show_key(key)} any more",
                "the store has changed since the snapshot",
            )
        self._offset = state["offset"]

    @abstractmethod
    def close(self) -> None:
        """Let go of the store; may be called again."""

    @abstractmethod
    def reopen(self) -> None:
        """Begin anew in a forked process, at the first record."""

    @abstractmethod
    def _item(self) -> Record: ...

    @abstractmethod
    def _key(self) -> bytes: ...

    @abstractmethod
    def _advance(self) -> None: ...

    @abstractmethod
    def _find(self, key: bytes) -> bool: ...


def show_key(key: bytes) -> str:
    """A key for a message: in quotes, what is not ASCII escaped."""
    return "'" + key.decode("ascii", "backslashreplace") + "'"
