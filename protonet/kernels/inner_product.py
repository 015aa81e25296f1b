"""The matrix products of a fully connected layer.

x (N, K), w (M, K), b (M), y (N, M).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .gemm import Gemm, cut, gemm, run

#: Items up to which, but for a single one, BLAS takes longer to put the weights in order than to
#: multiply them: it takes products of up to so many multiply-adds as they lie.
FEW, LARGEST = 128, 10**6
#: Inputs and outputs of such a product, at most and about at least.
INPUTS, OUTPUTS, FEWEST = 1024, 64, 12
#: The same of its gradient: rows of the weights, at most, and columns.
ROWS, COLUMNS = 512, 64

Task = Callable[[], None]


def forward(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> None:
    """y = x w^T + b."""
    pieces = tasks(x, w, b, y)
    threads.run(lambda i: pieces[i][2](), len(pieces))


def tasks(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> list[tuple[slice, slice, Task]]:
    """The same in pieces: which items and outputs of y, and what writes them."""
    multiply = _in_pieces if 1 < len(x) <= FEW and w.flags.c_contiguous else _at_once
    return [
        (i, j, partial(multiply, x[i], w[j], None if b is None else b[j], y[i, j]))
        for i, j in cut(y.shape, x.shape[1])
    ]


def _at_once(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> None:
    np.matmul(x, w.T, out=y)
    if b is not None:
        np.add(y, b, out=y)


def _in_pieces(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> None:
    """Some outputs and some inputs at a time, so that each weight is read once, as it lies."""
    (n, k), m = x.shape, len(w)
    columns = scratch.buffer("columns", (k, n), x.dtype)
    np.copyto(columns, x.T)
    total = scratch.buffer("product", (m, n), x.dtype)
    more = scratch.buffer("each", (m, n), x.dtype)
    depth = min(INPUTS, LARGEST // (FEWEST * n))
    rows = min(OUTPUTS, LARGEST // (depth * n))
    whole = m - m % rows
    for low in range(0, max(k, 1), depth):
        out, part = more if low else total, slice(low, min(low + depth, k))
        blocks = w[:whole, part].reshape(whole // rows, rows, part.stop - low)
        np.matmul(blocks, columns[part], out=out[:whole].reshape(whole // rows, rows, n))
        np.matmul(w[whole:, part], columns[part], out=out[whole:])
        if low:
            np.add(total, more, out=total)
    if b is None:
        np.copyto(y, total.T)
    else:
        np.add(total.T, b, out=y)


def backward(x: NDArray, w: NDArray, dy: NDArray, dx: NDArray | None, dw: NDArray | None) -> None:
    """Write dx = dy w, and add dy^T x to dw; each only if it is wanted."""
    products = []
    if dw is not None:
        products.append(Gemm(dy.T, x, dw, add=True))
    if dx is not None:
        products.append(Gemm(dy, w, dx))
    run(products)


def backward_few(dy: NDArray, w: NDArray, dx: NDArray) -> None:
    """dx = dy w; of few items, with each weight read once, as it lies."""
    (n, m), k = dy.shape, w.shape[1]
    if not (1 < n <= FEW and w.flags.c_contiguous):
        gemm(dy, w, dx)
        return
    half = -(-k // (2 * COLUMNS)) * COLUMNS  # cut by the shape alone: see threads.py
    parts = [slice(low, min(low + half, k)) for low in range(0, k, half)]
    threads.run(lambda i: _in_blocks(dy, w[:, parts[i]], dx[:, parts[i]]), len(parts), n * m * k)


def _in_blocks(dy: NDArray, w: NDArray, dx: NDArray) -> None:
    """Some rows at a time of blocks of columns; what columns are left over, at once."""
    (n, m), k = dy.shape, w.shape[1]
    whole = k - k % COLUMNS
    blocks = w[:, :whole].reshape(m, whole // COLUMNS, COLUMNS).transpose(1, 0, 2)
    total = scratch.buffer("product", (len(blocks), n, COLUMNS), dx.dtype)
    more = scratch.buffer("each", total.shape, dx.dtype)
    depth = min(ROWS, LARGEST // (COLUMNS * n))
    for low in range(0, m, depth):
        part = slice(low, low + depth)
        np.matmul(dy[:, part], blocks[:, part], out=more if low else total)
        if low:
            np.add(total, more, out=total)
    np.copyto(dx[:, :whole].reshape(n, len(blocks), COLUMNS), total.transpose(1, 0, 2))
    if whole < k:
        np.matmul(dy, w[:, whole:], out=dx[:, whole:])


def backward_bias(dy: NDArray, db: NDArray) -> None:
    """Add the sum of dy over the items to db."""
    total = scratch.buffer("total", db.shape, db.dtype)
    np.add.reduce(dy, axis=0, out=total)
    np.add(db, total, out=db)
