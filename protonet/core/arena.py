"""Arena: all learnable parameters of a net in one flat array, their diffs in another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .blob import Blob


class Arena:
    """Moves the blobs' memory into two flat arrays, so that clearing, a norm, a sum over
    workers or an update of all parameters is one vector operation.

    data, diff: flat arrays.  slices[i]: where blob i lies in them.  The blobs' own `data`
    and `diff` are views into the arena from then on, for everyone who shares them.
    """

    def __init__(self, blobs: Sequence[Blob], dtype: DTypeLike) -> None:
        total = sum(blob.count for blob in blobs)
        self.data, self.diff = np.zeros(total, dtype), np.zeros(total, dtype)
        self.slices: list[slice] = []
        self._diffs = [blob.diff_memory for blob in blobs]
        start = 0
        for blob in blobs:
            part = slice(start, start + blob.count)
            blob.place(self.data[part], self.diff[part])
            self.slices.append(part)
            start = part.stop

    def move_diff(self, diff: NDArray) -> None:
        """Have the diffs in another flat array from now on, with the values that they have."""
        diff[:] = self.diff
        for memory, part in zip(self._diffs, self.slices):
            memory.flat = diff[part]
        self.diff = diff
