"""Pooling that draws a cell of each window at random (Zeiler and Fergus 2013).

In TRAIN a cell is drawn with a probability proportional to its value, in TEST the values are
averaged with these probabilities.  How windows lie over a plane: see pool.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import scratch
from .pool import Pool, for_planes, framed, unframe, window_sums


def draw_forward(x: NDArray, u: NDArray, y: NDArray, mask: NDArray, pool: Pool) -> None:
    """y: one cell of each window, drawn with a probability proportional to its value.

    u (planes, OH, OW) are uniform random numbers: the cell is the first, row by row, at
    which the running sum reaches u times the sum of the window.  mask: its number.
    Where negative values keep it from ever doing so, the first cell is taken (Caffe leaves
    what was there before); a window with a NaN gives NaN.
    """

    def chunk(start: int, stop: int) -> None:
        frame = framed(x[start:stop], pool, 0.0)
        out, number = y[start:stop], mask[start:stop]
        limit = scratch.buffer("value", out.shape, out.dtype)
        running = scratch.buffer("columns", out.shape, out.dtype)
        found = scratch.buffer("found", out.shape, np.bool_)
        undecided = scratch.buffer("undecided", out.shape, np.bool_)
        limit.fill(0)
        for _, rows, columns in pool.places():
            limit += frame[:, rows, columns]
        limit *= u[start:stop]
        running.fill(0)
        number.fill(pool.cells)
        for k, rows, columns in pool.places():
            value = frame[:, rows, columns]
            running += value
            np.greater_equal(running, limit, out=found)
            found &= np.equal(number, pool.cells, out=undecided)
            np.copyto(out, value, where=found)
            np.copyto(number, k, where=found, casting="unsafe")
        np.equal(number, pool.cells, out=undecided)
        if undecided.any():
            _, rows, columns = next(pool.places())
            np.copyto(out, frame[:, rows, columns], where=undecided)
            np.copyto(out, limit, where=np.isnan(limit))
            np.copyto(number, 0, where=undecided)

    for_planes(len(x), x.shape[1] * x.shape[2], chunk)


def weighted_forward(x: NDArray, y: NDArray, total: NDArray, pool: Pool) -> None:
    """y: the mean of each window weighted with its own values, sum x^2 / sum x.

    0 where the sum, kept in `total`, is not positive: what a random draw gives on average.
    """

    def chunk(start: int, stop: int) -> None:
        frame = framed(x[start:stop], pool, 0.0)
        window_sums(frame, total[start:stop], pool)
        _weighted_mean(frame, total[start:stop], y[start:stop], pool)

    for_planes(len(x), x.shape[1] * x.shape[2], chunk)


def _weighted_mean(frame: NDArray, sums: NDArray, out: NDArray, pool: Pool) -> None:
    """out = sum of squares / sums over each window, 0 where sums is not positive."""
    squares = scratch.buffer("squares", frame.shape, frame.dtype)
    np.multiply(frame, frame, out=squares)
    window_sums(squares, out, pool)
    positive = sums > 0
    np.divide(out, sums, out=out, where=positive)
    np.copyto(out, 0, where=~positive)


def weighted_backward(x: NDArray, total: NDArray, dy: NDArray, dx: NDArray, pool: Pool) -> None:
    """Write dx of `weighted_forward`: dy (2 x - y) / sum, over the windows of each cell."""

    def chunk(start: int, stop: int) -> None:
        cells = framed(x[start:stop], pool, 0.0)
        size = dy[start:stop].shape
        names = ("mean", "rate", "part")
        mean, rate, part = (scratch.buffer(name, size, dx.dtype) for name in names)
        _weighted_mean(cells, total[start:stop], mean, pool)
        rate.fill(0)
        np.divide(dy[start:stop], total[start:stop], out=rate, where=total[start:stop] > 0)
        frame = scratch.buffer("spread", (stop - start, *pool.frame), dx.dtype)
        frame.fill(0)
        for _, rows, columns in pool.places():
            np.multiply(cells[:, rows, columns], 2, out=part)
            part -= mean
            part *= rate
            frame[:, rows, columns] += part
        unframe(frame, dx[start:stop], pool)

    for_planes(len(dx), dx.shape[1] * dx.shape[2], chunk)
