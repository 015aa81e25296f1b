"""The bias of a convolution, where it is not part of a product."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from .. import scratch, threads
from .memory import SUMS, TOTAL

#: Values in a piece of work that goes through memory once.
PIECE = 1 << 17


def backward_bias(dy: NDArray, db: NDArray) -> None:
    """Add to db the sum of dy (N, M, out...) over images and positions."""
    flat = dy.reshape(*dy.shape[:2], prod(dy.shape[2:]))
    sums = scratch.buffer(SUMS, flat.shape[:2], dy.dtype)
    step = _images(flat)
    threads.for_chunks(len(flat), step, lambda i, j: np.add.reduce(flat[i:j], 2, out=sums[i:j]))
    total = scratch.buffer(TOTAL, db.shape, db.dtype)
    np.add(db, np.add.reduce(sums, axis=0, out=total), out=db)


def add_bias(y: NDArray, b: NDArray) -> None:
    """y (N, M, out...) += b (M), in place."""
    flat, bias = y.reshape(*y.shape[:2], prod(y.shape[2:])), b[:, None]
    step = _images(flat)
    threads.for_chunks(len(flat), step, lambda i, j: np.add(flat[i:j], bias, out=flat[i:j]))


def ones(count: int, dtype: np.dtype) -> NDArray:
    """A product with ones is a sum, but much faster."""
    return scratch.views(("ones", count, dtype), lambda: np.ones(count, dtype))


def _images(flat: NDArray) -> int:
    return max(1, PIECE // max(1, prod(flat.shape[1:])))
