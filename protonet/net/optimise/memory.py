"""Memory of the values that live only while a net runs.

Outside of a pass they are not to be had: whoever asks for them is told how they can be.
"""

from __future__ import annotations

from types import TracebackType

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ...core.blob import Memory
from ...errors import NetError

#: What a memory shows that has nothing to show.
_NOTHING = np.empty(0)


class Lent(Memory):
    """A memory of values that are gone after the pass.

    name: of the blob.  why: what becomes of its values, a few words after "they".  slot: the
    memory it has for a time, with others before and after it; None if there is no such time.
    pool: tells whether the net runs.
    """

    __slots__ = ("_name", "_pool", "_why", "slot")

    def __init__(
        self, name: str, why: str, dtype: DTypeLike, pool: Pool, slot: Memory | None = None
    ) -> None:
        self.dtype, self.placed = np.dtype(dtype), False
        self._name, self._why, self._pool, self.slot = name, why, pool, slot

    @property
    def lost(self) -> bool:
        return self.slot is None or not self._pool.running

    @property
    def flat(self) -> NDArray:  # type: ignore[override]
        return _NOTHING if self.slot is None or not self._pool.running else self.slot.flat

    def view(self, shape: tuple[int, ...], count: int) -> NDArray:
        if self.slot is None or not self._pool.running:
            raise NetError(
                f"the values of '{self._name}' are not kept by an optimised net: they {self._why}",
                f"build it with keep=['{self._name}'], or without optimize to see all",
            )
        return self.slot.view(shape, count)


class Pool:
    """The memories that a net lends, while it runs: `with pool: ...`, also within another."""

    def __init__(self) -> None:
        self.slots: list[Memory] = []
        self.running = 0

    def __enter__(self) -> None:
        self.running += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.running -= 1
