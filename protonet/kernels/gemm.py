"""Matrix products split over the threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import parallel

#: Multiply-adds below which handing out the work costs more than it saves.
SMALL = 1 << 19


def gemm(a: NDArray, b: NDArray, out: NDArray, add: bool = False) -> None:
    """out (m, n) = a (m, k) @ b (k, n), or out += a @ b; cut along the longer side of out."""
    m, n = out.shape
    work = m * n * a.shape[1]
    # The cut depends on the shape alone: see parallel.py.
    pieces = 1 if work < SMALL else min(8, max(2, work // (8 * SMALL)))
    if m >= n:
        step = _step(m, pieces)
        parallel.for_chunks(m, step, lambda i, j: _product(a[i:j], b, out[i:j], add))
    else:
        step = _step(n, pieces)
        parallel.for_chunks(n, step, lambda i, j: _product(a, b[:, i:j], out[:, i:j], add))


def _step(length: int, pieces: int) -> int:
    """Length of a piece, a multiple of 16 (a vector register of floats)."""
    return max(1, -(-length // (pieces * 16)) * 16)


def _product(a: NDArray, b: NDArray, out: NDArray, add: bool) -> None:
    if not add:
        np.matmul(a, b, out=out)
        return
    product = parallel.buffer("product", out.shape, out.dtype)
    np.matmul(a, b, out=product)
    np.add(out, product, out=out)
