"""The matrix products of a fully connected layer.

x (N, K), w (M, K), b (M), y (N, M).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from . import scratch
from .gemm import Gemm, cut, gemm, run


def forward(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> None:
    """y = x w^T + b."""
    gemm(x, w.T, y)
    if b is not None:
        np.add(y, b, out=y)


def tasks(
    x: NDArray, w: NDArray, b: NDArray | None, y: NDArray
) -> list[tuple[slice, slice, Callable[[], None]]]:
    """The same in pieces: which items and outputs of y, and what writes them."""

    def multiply(i: slice, j: slice) -> None:
        out = np.matmul(x[i], w[j].T, out=y[i, j])
        if b is not None:
            np.add(out, b[j], out=out)

    return [(i, j, partial(multiply, i, j)) for i, j in cut(y.shape, x.shape[1])]


def backward(x: NDArray, w: NDArray, dy: NDArray, dx: NDArray | None, dw: NDArray | None) -> None:
    """Write dx = dy w, and add dy^T x to dw; each only if it is wanted."""
    products = []
    if dw is not None:
        products.append(Gemm(dy.T, x, dw, add=True))
    if dx is not None:
        products.append(Gemm(dy, w, dx))
    run(products)


def backward_bias(dy: NDArray, db: NDArray) -> None:
    """Add the sum of dy over the items to db."""
    total = scratch.buffer("total", db.shape, db.dtype)
    np.add.reduce(dy, axis=0, out=total)
    np.add(db, total, out=db)
