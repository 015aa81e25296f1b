"""Matrix products split over the threads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .blas import blas_single

#: Multiply-adds below which handing out the work costs more than it saves.
SMALL = 1 << 19
#: Sums so short that they are made and added so many values at a time, which are still in the
#: cache; longer ones are multiplied faster as a whole.
SHORT, CACHED = 16, 1 << 17


class Gemm(NamedTuple):
    """out (m, n) = a (m, k) @ b (k, n); with `add`, out += a @ b."""

    a: NDArray
    b: NDArray
    out: NDArray
    add: bool = False


def gemm(a: NDArray, b: NDArray, out: NDArray, add: bool = False) -> None:
    """One product.  A small one is not handed out: that would take longer than itself."""
    product = Gemm(a, b, out, add)
    if out.size * a.shape[1] < SMALL:
        with blas_single:
            _multiply(product)
    else:
        run([product])


def run(products: list[Gemm]) -> None:
    """Products that do not depend on one another."""
    pieces = [piece for product in products for piece in _pieces(product)]
    threads.run(lambda i: _multiply(pieces[i]), len(pieces))


def _pieces(product: Gemm) -> list[Gemm]:
    """A product cut along the longer side of `out`, by its shape alone: see threads.py."""
    a, b, out, add = product
    return [Gemm(a[i], b[:, j], out[i, j], add) for i, j in cut(out.shape, a.shape[1])]


def cut(shape: tuple[int, ...], k: int) -> list[tuple[slice, slice]]:
    """Rows and columns of the pieces of a product (m, n) of sums of k."""
    m, n = shape
    work, whole = m * n * k, slice(None)
    if work < SMALL:
        return [(whole, whole)]
    # An even number of parts, and of each a multiple of 16, a vector register of floats.
    count = 2 * min(4, max(1, work // (128 * SMALL)))
    step = -(-max(m, n) // (16 * count)) * 16
    parts = [slice(i, i + step) for i in range(0, max(m, n), step)]
    return [(part, whole) if m >= n else (whole, part) for part in parts]


def _multiply(piece: Gemm) -> None:
    a, b, out, add = piece
    if not add:
        np.matmul(a, b, out=out)
        return
    m, n = out.shape
    step = max(1, CACHED // max(1, n)) if a.shape[1] <= SHORT else max(1, m)
    for i in range(0, m, step):
        part = out[i : i + step]
        product = scratch.buffer("product", part.shape, out.dtype)
        np.matmul(a[i : i + step], b, out=product)
        np.add(part, product, out=part)
