"""The largest value in each bin of regions, ROIPooling.

Bins of all sizes overlap, and are looked up rather than searched: tables hold the maxima of all
windows of 2^i x 2^j cells, each made from two of the one before, and four of them cover any
bin.  Channels stand last in the tables, so that looking up is copying rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .roi import Bins, Pair, for_channels, groups


class _Lookup:
    """Where the four windows that cover each bin stand in the tables.

    levels: tables along the rows and the columns.  rows (4, R, PH * PW): of the tables,
    laid one behind another as (levels, levels, N, H, W).
    """

    def __init__(self, bins: Bins, maps: tuple[int, int, int]) -> None:
        n, h, w = maps
        cells = bins.top.shape[1] * bins.left.shape[1]
        tall, wide = _level(bins.bottom - bins.top), _level(bins.right - bins.left)
        self.levels = int(tall.max(initial=0)) + 1, int(wide.max(initial=0)) + 1
        self.empty = bins.areas.reshape(len(bins.image), cells) == 0
        table = (tall[:, :, None] * self.levels[1] + wide[:, None]) * n
        table = (table + bins.image[:, None, None]) * h
        corners = [
            ((table + y[:, :, None]) * w + x[:, None]).reshape(self.empty.shape)
            for y in (bins.top, bins.bottom - (1 << tall))
            for x in (bins.left, bins.right - (1 << wide))
        ]
        self.rows = np.stack(corners)
        self.rows[:, self.empty] = 0


def _level(length: NDArray) -> NDArray:
    """The i for which 2^i <= length < 2^(i+1); 0 for less than 1."""
    return np.frexp(np.maximum(length, 1))[1].astype(np.intp) - 1


def _windows(levels: Pair, h: int, w: int) -> list[tuple[Pair, Pair, Pair, Pair]]:
    """How each table but the first is made: (table, the one before, rows and columns that
    it has, the steps to the other half of its windows)."""
    made = []
    for i in range(levels[0]):
        for j in range(levels[1]):
            before, step = ((i, j - 1), (0, 1 << (j - 1))) if j else ((i - 1, 0), (1 << i >> 1, 0))
            if i or j:
                made.append(((i, j), before, (h - (1 << i) + 1, w - (1 << j) + 1), step))
    return made


def max_pool(x: NDArray, bins: Bins, *, out: NDArray) -> NDArray:
    """out (R, C, PH, PW): the largest value of x (N, C, H, W) in each bin, 0 if it is empty."""
    n, channels, h, w = x.shape
    look = _Lookup(bins, (n, h, w))
    pooled = out.shape[2:]
    cells = pooled[0] * pooled[1]
    tables = look.levels[0] * look.levels[1]

    def work(start: int, stop: int) -> None:
        size = stop - start
        table = scratch.buffer("roi table", (*look.levels, n, h, w, size), x.dtype)
        table[0, 0] = x[:, start:stop].transpose(0, 2, 3, 1)
        for to, before, (rows, columns), (down, right) in _windows(look.levels, h, w):
            one = table[before][:, :rows, :columns]
            other = table[before][:, down : down + rows, right : right + columns]
            np.maximum(one, other, out=table[to][:, :rows, :columns])
        flat = table.reshape(-1, size)
        for part in groups(len(out), size * cells):
            count = part.stop - part.start
            best = scratch.buffer("roi best", (count, cells, size), x.dtype)
            other = scratch.buffer("roi other", best.shape, x.dtype)
            np.take(flat, look.rows[0, part], axis=0, out=best, mode="clip")
            for corner in look.rows[1:, part]:
                np.take(flat, corner, axis=0, out=other, mode="clip")
                np.maximum(best, other, out=best)
            best[look.empty[part]] = 0
            out[part, start:stop] = best.reshape(count, *pooled, size).transpose(0, 3, 1, 2)

    for_channels(channels, n * h * w * tables, work)
    return out


def max_pool_backward(x: NDArray, bins: Bins, dy: NDArray, *, out: NDArray) -> NDArray:
    """out (N, C, H, W) = dx: each bin's dy (R, C, PH, PW) goes to the first, in row order, of
    its largest values; that of an empty bin goes nowhere.

    The values of a channel are ranked, the first of equal ones highest: then the largest rank
    in a bin tells the cell.
    """
    n, channels, h, w = x.shape
    cells = n * h * w
    ranks = np.empty((channels, cells), np.int32)
    cell_of = np.empty((channels, cells), np.intp)
    values = x.transpose(1, 0, 2, 3)

    def rank(start: int, stop: int) -> None:
        backwards = values[start:stop].reshape(-1, cells)[:, ::-1]
        cell_of[start:stop] = cells - 1 - np.argsort(backwards, axis=1, kind="stable")
        numbers = np.arange(cells, dtype=np.int32)[None]
        np.put_along_axis(ranks[start:stop], cell_of[start:stop], numbers, axis=1)

    for_channels(channels, cells, rank)
    maps = ranks.reshape(channels, n, h, w).transpose(1, 0, 2, 3)
    best = max_pool(maps, bins, out=np.empty(dy.shape, np.int32))
    filled = bins.areas > 0

    def spread(channel: int) -> None:
        at = cell_of[channel].take(best[:, channel][filled])
        sums = np.bincount(at, dy[:, channel][filled], cells)
        out[:, channel] = sums.reshape(n, h, w)

    threads.run(spread, channels)
    return out
