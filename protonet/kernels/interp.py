"""Resizing planes: two small matrix products, one along the rows and one along the columns.

Whatever takes each output from few neighbours along either axis is out = R x C^T, with a row of
weights for each output row in R (OH, H) and for each output column in C (OW, W).  Its gradient is
the transposed operation, dx = R^T dout C: the same with both matrices transposed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import scratch, threads
from .threads import PIECE

Kernel = Callable[[NDArray], NDArray]


def bilinear(size: int, out: int, dtype: DTypeLike) -> NDArray:
    """Weights (out, size) that lay the first and last cell of both on each other.

    Output i is taken from i r, r = (size - 1) / (out - 1), 0 if out is 1: from the cell below
    it and the next, as far as it lies between them.
    """
    source = np.arange(out) * ((size - 1) / max(1, out - 1) if out > 1 else 0.0)
    low = np.minimum(source.astype(np.intp), size - 1)
    high, weight = np.minimum(low + 1, size - 1), source - low
    weights = np.zeros((out, size))
    weights[np.arange(out), low] = 1 - weight
    weights[np.arange(out), high] += weight
    return weights.astype(dtype)


def triangle(x: NDArray) -> NDArray:
    """1 - |x|, 0 beyond 1: the weights of linear interpolation."""
    weights: NDArray = np.maximum(0, 1 - np.abs(x))
    return weights


def cubic(x: NDArray) -> NDArray:
    """Keys' kernel (1981) with a = -1/2, 0 beyond 2."""
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1, ((2.5 - 0.5 * x) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def weighted(source: NDArray, size: int, kernel: Kernel, scale: float, radius: int) -> NDArray:
    """Weights (out, size): kernel(scale * distance) between each place of `source` (out) and the
    cells up to `radius` from the nearest one, divided by their sum; zeros if that is 0."""
    distance = source[:, None] - np.arange(size)
    centre = np.floor(source + 0.5)[:, None]
    near = np.abs(centre - np.arange(size)) <= radius
    weights = np.where(near, kernel(scale * distance), 0)
    total = weights.sum(1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total != 0)


def resize(x: NDArray, rows: NDArray, columns: NDArray, out: NDArray) -> None:
    """out = rows x columns^T for each plane.

    x (P, H, W), rows (OH, H), columns (OW, W), out (P, OH, OW).  The product that leaves less to
    the other comes first.
    """
    (height, old_h), (width, old_w) = rows.shape, columns.shape
    rows_first = height * old_w * (old_h + width) <= old_h * width * (old_w + height)
    between = (height, old_w) if rows_first else (old_h, width)
    each = max(old_h * old_w, height * width, 1)

    def piece(start: int, stop: int) -> None:
        half = scratch.buffer("resized", (stop - start, *between), x.dtype)
        if rows_first:
            np.matmul(rows, x[start:stop], out=half)
            np.matmul(half, columns.T, out=out[start:stop])
        else:
            np.matmul(x[start:stop], columns.T, out=half)
            np.matmul(rows, half, out=out[start:stop])

    threads.for_chunks(len(x), max(1, PIECE // each), piece)


# -- TensorFlow's ways -----------------------------------------------------------------------


def places(size: int, out: int, corners: bool, half: bool) -> NDArray:
    """Where the outputs lie along `size` cells, in float32 as TensorFlow reckons.

    Output i at i size / out; corners: at i (size - 1) / (out - 1), if out > 1; half: the middle
    of the outputs, (i + 1/2) size / out.
    """
    index = np.arange(out, dtype=np.float32)
    if corners and out > 1:
        return index * (np.float32(size - 1) / np.float32(out - 1))
    scale = np.float32(size) / np.float32(out)
    return (index + np.float32(0.5)) * scale if half else index * scale


def between(place: NDArray, size: int) -> NDArray:
    """Weights (out, size) of the cells below and above each place; beyond the ends the last."""
    below, weights = np.floor(place), np.zeros((len(place), size))
    row, share = np.arange(len(place)), place - below
    weights[row, np.clip(below, 0, size - 1).astype(np.intp)] = 1 - share
    weights[row, np.clip(np.ceil(place), 0, size - 1).astype(np.intp)] += share
    return weights


def chosen(cell: NDArray, size: int) -> NDArray:
    """Weights (out, size): 1 for one cell each, of those that exist the nearest to `cell`."""
    weights = np.zeros((len(cell), size))
    weights[np.arange(len(cell)), np.clip(cell, 0, size - 1).astype(np.intp)] = 1
    return weights
