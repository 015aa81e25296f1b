"""Values of maps at points between their cells, on a grid in each region: ROIAlign."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import scratch
from .roi import Pair, for_channels, groups, scatter, widened


class Points(NamedTuple):
    """The four cells around each point and what each weighs.

    cell (4, R, PH * PW): places in (N, H, W), seen flat.  weight: the same shape, 0 for points
    that lie outside.
    """

    cell: NDArray
    weight: NDArray


def grid_points(rois: NDArray, scale: float, ratio: float, grid: Pair, maps: Pair) -> Points:
    """A grid of `grid` points over each region (R, 5), from corner to corner.

    The region is widened (see `widened`), scaled, and moved by half a cell; if it has no size,
    or where a point lies more than half a cell outside of the map, the weights are 0.
    """
    h, w = maps
    corners = widened(rois, ratio)[:, 1:] * np.float32(scale) - np.float32(0.5)
    sized = np.all(corners[:, 2:] > corners[:, :2], axis=1)
    x_low, x_high, x_part, x_in = _between(corners[:, 0], corners[:, 2], grid[1], w)
    y_low, y_high, y_part, y_in = _between(corners[:, 1], corners[:, 3], grid[0], h)
    inside = np.reshape(sized, (-1, 1, 1)) & y_in[:, :, None] & x_in[:, None]
    start = rois[:, 0].astype(np.intp)[:, None, None] * h
    cells, weights = [], []
    for y, in_y in ((y_low, 1 - y_part), (y_high, y_part)):
        for x, in_x in ((x_low, 1 - x_part), (x_high, x_part)):
            cells.append((start + y[:, :, None]) * w + x[:, None])
            weights.append(np.where(inside, in_y[:, :, None] * in_x[:, None], 0))
    shape = (4, len(rois), grid[0] * grid[1])
    return Points(np.stack(cells).reshape(shape), np.stack(weights).reshape(shape))


def _between(start: NDArray, stop: NDArray, points: int, size: int) -> tuple[NDArray, ...]:
    """`points` places from start to stop (R): the cells before and behind each (R, points), how
    far it is from the one before, and whether it lies within half a cell of the map."""
    step = (stop - start) / np.float32(max(1, points - 1))
    place = start[:, None] + np.arange(points, dtype=np.float32) * step[:, None]
    inside = (place >= -0.5) & (place <= size - 0.5)
    place = np.clip(place, 0, size - 1)
    low = np.floor(place)
    high = np.minimum(low + 1, size - 1)
    return low.astype(np.intp), high.astype(np.intp), place - low, inside


def bilinear(x: NDArray, points: Points, *, out: NDArray) -> NDArray:
    """out (R, C, GH, GW): x (N, C, H, W) at the points, the four cells around each weighed."""
    n, channels, h, w = x.shape
    grid = out.shape[2:]
    count = grid[0] * grid[1]
    weight = points.weight.astype(x.dtype)[..., None]

    def work(start: int, stop: int) -> None:
        size = stop - start
        maps = scratch.buffer("roi table", (n, h, w, size), x.dtype)
        maps[...] = x[:, start:stop].transpose(0, 2, 3, 1)
        flat = maps.reshape(-1, size)
        for part in groups(len(out), size * count):
            regions = part.stop - part.start
            total = scratch.buffer("roi best", (regions, count, size), x.dtype)
            value = scratch.buffer("roi other", total.shape, x.dtype)
            total.fill(0)
            for cell, share in zip(points.cell[:, part], weight[:, part]):
                np.take(flat, cell, axis=0, out=value, mode="clip")
                value *= share
                total += value
            out[part, start:stop] = total.reshape(regions, *grid, size).transpose(0, 3, 1, 2)

    for_channels(channels, n * h * w, work)
    return out


def bilinear_backward(dy: NDArray, points: Points, *, out: NDArray) -> NDArray:
    """out (N, C, H, W) = dx: dy (R, C, GH, GW) spread over the four cells as they weigh."""
    n, channels, h, w = out.shape
    count = dy.shape[2] * dy.shape[3]

    def work(start: int, stop: int) -> None:
        size = stop - start
        sums = np.zeros((n * h * w, size))
        for part in groups(len(dy), size * count):
            given = dy[part, start:stop].reshape(-1, size, count).transpose(0, 2, 1)
            for cell, share in zip(points.cell[:, part], points.weight[:, part]):
                shared = (given * share[:, :, None]).reshape(-1, size)
                sums += scatter(cell, shared, n * h * w)
        out[:, start:stop] = sums.reshape(n, h, w, size).transpose(0, 3, 1, 2)

    for_channels(channels, n * h * w, work)
    return out
