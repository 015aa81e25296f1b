"""Order: which item comes next, round and round, shuffled anew in each pass."""

from __future__ import annotations

from typing import Any

import numpy as np


class Order:
    """The endless stream 0, 1, ... n-1, 0, 1, ...; with `rng` each pass is a permutation.

    With `size` workers, item i of the stream goes to the worker of rank i // block mod size; then
    all need one seed, so that they share one order.
    """

    def __init__(
        self,
        n: int,
        rng: np.random.Generator | None = None,
        rank: int = 0,
        size: int = 1,
        block: int = 1,
    ) -> None:
        self._n, self._rng, self._rank, self._size, self._block = n, rng, rank, size, block
        self._offset = 0  # items of the stream so far, mod size * block
        self._begin()

    def _begin(self) -> None:
        """Start a pass; its permutation can be made again from `_before`."""
        self._position = 0
        self._before = rng_state(self._rng)
        self._items = np.arange(self._n) if self._rng is None else self._rng.permutation(self._n)

    def next(self) -> int:
        """The next item of this worker."""
        while self._offset // self._block != self._rank:
            self._step()
        return self._step()

    def peek(self) -> int:
        """The item under way; does not move."""
        return int(self._items[self._position])

    def skip(self, count: int) -> None:
        """Leave out that many items of this pass."""
        self._position = count % self._n

    def _step(self) -> int:
        item = self.peek()
        self._position += 1
        self._offset = (self._offset + 1) % (self._size * self._block)
        if self._position == self._n:
            self._begin()
        return item

    def state(self) -> dict[str, Any]:
        """Where the stream stands, as plain values."""
        return {"position": self._position, "offset": self._offset, "rng": self._before}

    def set_state(self, state: dict[str, Any]) -> None:
        set_rng_state(self._rng, state["rng"])
        self._begin()
        self._position, self._offset = state["position"], state["offset"]


def rng_state(rng: np.random.Generator | None) -> dict[str, Any]:
    """The state of an SFC64 stream as plain values, for a snapshot; {} without one."""
    if rng is None:
        return {}
    state: dict[str, Any] = dict(rng.bit_generator.state)
    state["state"] = [int(word) for word in state["state"]["state"]]
    return state


def set_rng_state(rng: np.random.Generator | None, state: dict[str, Any]) -> None:
    """Bring back what `rng_state` returned."""
    if rng is not None and state:
        words = np.array(state["state"], np.uint64)
        rng.bit_generator.state = {**state, "state": {"state": words}}


def make_rng(seed: np.random.SeedSequence) -> np.random.Generator:
    """A stream whose state `rng_state` can keep."""
    return np.random.Generator(np.random.SFC64(seed))
