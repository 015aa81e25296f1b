"""The matrix products of a fully connected layer.

x (N, K), w (M, K), b (M), y (N, M).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import parallel
from .gemm import gemm


def forward(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> None:
    """y = x w^T + b."""
    gemm(x, w.T, y)
    if b is not None:
        np.add(y, b, out=y)


def backward_data(dy: NDArray, w: NDArray, dx: NDArray) -> None:
    """Write dx = dy w."""
    gemm(dy, w, dx)


def backward_weights(x: NDArray, dy: NDArray, dw: NDArray) -> None:
    """Add dy^T x to dw."""
    gemm(dy.T, x, dw, add=True)


def backward_bias(dy: NDArray, db: NDArray) -> None:
    """Add the sum of dy over the items to db."""
    total = parallel.buffer("total", db.shape, db.dtype)
    np.add.reduce(dy, axis=0, out=total)
    np.add(db, total, out=db)
