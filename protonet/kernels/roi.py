"""Regions of interest: where their bins and points lie on feature maps.

A region is a row (image, x1, y1, x2, y2) in pixels of the image; corners are included.  Maps
are (N, C, H, W) arrays, H and W the image's size times `scale`.

All of it is computed in float32, as the forks did: whether a border falls on this cell or the
next must not depend on the type of the maps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import threads

#: Values of the maps that are worked on together, and of the regions' results.
PIECE = 1 << 18

Pair = tuple[int, int]


class Bins(NamedTuple):
    """The bins of R regions, cut to the maps: bin (p, q) of region r covers the rows
    top[r, p] .. bottom[r, p] - 1 and the columns left[r, q] .. right[r, q] - 1 of `image[r]`.

    image (R), top and bottom (R, PH), left and right (R, PW), whole numbers.
    """

    image: NDArray
    top: NDArray
    bottom: NDArray
    left: NDArray
    right: NDArray

    @property
    def areas(self) -> NDArray:
        """Cells of each bin, (R, PH, PW); 0 where it lies outside of the map."""
        rows = np.maximum(self.bottom - self.top, 0)
        return rows[:, :, None] * np.maximum(self.right - self.left, 0)[:, None]

    def without(self, left_out: NDArray) -> Bins:
        """The same, but no cell in the bins of some regions, a mask (R)."""
        return self._replace(bottom=np.where(left_out[:, None], self.top, self.bottom))


def round_away(x: NDArray) -> NDArray:
    """To the nearest whole number, halves away from zero: C's round."""
    exact = np.abs(x).astype(np.float64)
    return np.copysign(np.floor(exact + 0.5), x).astype(np.float32)


def widened(rois: NDArray, ratio: float) -> NDArray:
    """Regions grown by ratio * (x2 - x1 + 1) to each side, and up and down likewise: (R, 5)."""
    wide = rois.astype(np.float32)
    if ratio:
        grown = (wide[:, 3:] - wide[:, 1:3] + 1) * np.float32(ratio)
        wide[:, 1:3] -= grown
        wide[:, 3:] += grown
    return wide


def rounded_bins(rois: NDArray, scale: float, pooled: Pair, size: Pair) -> tuple[Bins, NDArray]:
    """Bins of ROIPooling, and which regions end before they begin (R).

    Corners are scaled and rounded; the region is at least 1 x 1, and bin p of P covers
    floor(p w / P) .. ceil((p + 1) w / P) of its width w, likewise its height.
    """
    corners = round_away(rois[:, 1:].astype(np.float32) * np.float32(scale))
    low, high = corners[:, :2], corners[:, 2:]
    length = np.maximum(high - low + 1, 1)
    # low and high hold x first, pooled and size y first.
    left, right = _edges(low[:, 0], length[:, 0], pooled[1], size[1], shifted=False)
    top, bottom = _edges(low[:, 1], length[:, 1], pooled[0], size[0], shifted=False)
    image = rois[:, 0].astype(np.intp)
    return Bins(image, top, bottom, left, right), np.logical_or(*(high < low).T)


def scaled_bins(rois: NDArray, scale: float, group: int, size: Pair) -> Bins:
    """Bins of PSROIPooling, group x group of them.

    Corners are rounded first and scaled then, the far ones after 1 was added; a side is at
    least 0.1, and bin p covers floor(p b + x1) .. ceil((p + 1) b + x1), b = side / group.
    """
    corners = round_away(rois[:, 1:].astype(np.float32))
    low = corners[:, :2] * np.float32(scale)
    length = np.maximum((corners[:, 2:] + 1) * np.float32(scale) - low, np.float32(0.1))
    left, right = _edges(low[:, 0], length[:, 0], group, size[1], shifted=True)
    top, bottom = _edges(low[:, 1], length[:, 1], group, size[0], shifted=True)
    return Bins(rois[:, 0].astype(np.intp), top, bottom, left, right)


def _edges(
    low: NDArray, length: NDArray, bins: int, limit: int, *, shifted: bool
) -> tuple[NDArray, NDArray]:
    """First cell, and the one behind the last, of each bin along one axis, in 0 .. limit.

    low, length (R) -> two (R, bins).  shifted: whether `low` is added before the rounding.
    """
    step = (length / np.float32(bins))[:, None]
    place = np.arange(bins + 1, dtype=np.float32) * step
    if shifted:
        place += low[:, None]
    start, stop = np.floor(place[:, :-1]), np.ceil(place[:, 1:])
    if not shifted:
        start += low[:, None]
        stop += low[:, None]
    return tuple(np.clip(edge, 0, limit).astype(np.intp) for edge in (start, stop))  # type: ignore[return-value]


def for_channels(channels: int, values: int, work: Callable[[int, int], object]) -> None:
    """work(start, stop) for blocks of channels, `values` of each being held at a time."""
    threads.for_chunks(channels, max(8, PIECE // max(1, values)), work)


def groups(regions: int, values: int) -> list[slice]:
    """Cut the regions into groups, `values` being those of one region's result."""
    step = max(1, PIECE // max(1, values))
    return [slice(start, min(start + step, regions)) for start in range(0, regions, step)]


def scatter(place: NDArray, values: NDArray, cells: int) -> NDArray:
    """Sums of values (B, K) over what has the same place: (cells, K), float64.

    place (B) or (B, K): 0 .. cells - 1.
    """
    count = values.shape[1]
    flat = place.reshape(len(values), -1) * count + np.arange(count)
    sums = np.bincount(flat.reshape(-1), values.reshape(-1), cells * count)
    return sums.reshape(cells, count)
