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
