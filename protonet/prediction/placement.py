"""Placement: where a picture lies in what a net sees of it, and the way back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Placement(NamedTuple):
    """Where a picture lies in what the net sees: x there is scale[0] x + offset[0], y likewise.

    size: height and width of the picture; shown: of what the net sees.
    """

    scale: tuple[float, float]
    offset: tuple[float, float]
    size: tuple[int, int]
    shown: tuple[int, int]

    def back(self, boxes: NDArray) -> NDArray:
        """Boxes (R, 4), x1, y1, x2, y2 in pixels of what the net sees, in pixels of the picture."""
        return (boxes - np.tile(self.offset, 2)) / np.tile(self.scale, 2)

    def map_back(self, labels: NDArray, outside: int) -> NDArray:
        """A map (h, w) over what the net sees as one over the picture, (H, W): each pixel has
        the value of the place its centre lies in; `outside` what was cut off."""
        rows, inside_y = self._places(1, labels.shape[0])
        columns, inside_x = self._places(0, labels.shape[1])
        found = labels[np.ix_(rows, columns)]
        found[~np.logical_and.outer(inside_y, inside_x)] = outside
        return found

    def _places(self, axis: int, count: int) -> tuple[NDArray, NDArray]:
        """For rows (axis 1) or columns (axis 0) of the picture: which of `count` they are in."""
        length, shown = self.size[1 - axis], self.shown[1 - axis]
        at = (np.arange(length) + 0.5) * self.scale[axis] + self.offset[axis]
        at = np.floor(at * (count / shown) + 1e-9).astype(int)
        return at.clip(0, count - 1), (at >= 0) & (at < count)
