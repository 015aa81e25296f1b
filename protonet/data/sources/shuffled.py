"""ShuffledSource: the records of a store in a random order, another one in each pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..order import Order, make_rng
from .base import Record, Source


class ShuffledSource(Source):
    """All records of `source`, which is at its first one and belongs to no worker yet.

    Every worker has to have the same `seed`, so that they share one order.
    """

    def __init__(
        self, source: Source, seed: np.random.SeedSequence, rank: int = 0, size: int = 1
    ) -> None:
        super().__init__(source.path, rank, size)
        self._source, self._keys = source, [source._key()]
        source._advance()
        while source._key() != self._keys[0]:
            self._keys.append(source._key())
            source._advance()
        self._order = Order(len(self._keys), make_rng(seed))

    @property
    def records(self) -> int:
        return len(self._keys)

    def state(self) -> dict[str, Any]:
        return {"key": self._key().hex(), "offset": self._offset, "order": self._order.state()}

    def set_state(self, state: dict[str, Any]) -> None:
        self._order.set_state(state["order"])
        super().set_state(state)

    def close(self) -> None:
        self._source.close()

    def reopen(self) -> None:
        self._source.reopen()

    def _item(self) -> Record:
        self._source.set_state({"key": self._key().hex(), "offset": 0})
        return self._source.peek()

    def _key(self) -> bytes:
        return self._keys[self._order.peek()]

    def _advance(self) -> None:
        self._order.next()

    def _find(self, key: bytes) -> bool:
        """The order has gone to its place already: does the same record lie there?"""
        return self._key() == key
