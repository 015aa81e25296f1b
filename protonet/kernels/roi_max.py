"""The largest value in each bin of regions, ROIPooling.

Bins of all sizes overlap, and are looked up rather than searched: tables hold the maxima of all
windows of 2^i x 2^j cells, each made from two of the one before, and four of them cover any
bin.  Channels stand last in the tables, so that looking up is copying rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import scratch
from .roi import Bins, Pair, for_channels, groups, scatter


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
    its largest values; that of an empty bin goes nowhere."""
    n, channels, h, w = x.shape
    look = _Lookup(bins, (n, h, w))
    cells = dy.shape[2] * dy.shape[3]
    tables = look.levels[0] * look.levels[1]

    def work(start: int, stop: int) -> None:
        size = stop - start
        value = scratch.buffer("roi table", (*look.levels, n, h, w, size), x.dtype)
        place = scratch.buffer("roi places", value.shape, np.int32)
        value[0, 0] = x[:, start:stop].transpose(0, 2, 3, 1)
        place[0, 0] = np.arange(n * h * w, dtype=np.int32).reshape(n, h, w, 1)
        for to, before, (rows, columns), (down, right) in _windows(look.levels, h, w):
            here = np.s_[:, :rows, :columns]
            there = np.s_[:, down : down + rows, right : right + columns]
            value[to][here], place[to][here] = value[before][here], place[before][here]
            _take_first(
                value[to][here], place[to][here], value[before][there], place[before][there]
            )
        value, place = value.reshape(-1, size), place.reshape(-1, size)
        sums = np.zeros((n * h * w, size))
        for part in groups(len(dy), size * cells):
            first, *others = look.rows[:, part].reshape(4, -1)
            best, at = value[first], place[first]
            for corner in others:
                _take_first(best, at, value[corner], place[corner])
            given = dy[part, start:stop].reshape(-1, size, cells).transpose(0, 2, 1)
            given = np.where(look.empty[part][:, :, None], 0, given)
            sums += scatter(at, given.reshape(-1, size), n * h * w)
        out[:, start:stop] = sums.reshape(n, h, w, size).transpose(0, 3, 1, 2)

    for_channels(channels, 2 * n * h * w * tables, work)
    return out


def _take_first(best: NDArray, at: NDArray, other: NDArray, other_at: NDArray) -> None:
    """Where `other` is larger, or as large and further ahead, take it and its place."""
    better = (other > best) | ((other == best) & (other_at < at))
    np.copyto(best, other, where=better)
    np.copyto(at, other_at, where=better)
