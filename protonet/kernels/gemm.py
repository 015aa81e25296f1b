"""Matrix products split over the threads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads

#: Multiply-adds below which handing out the work costs more than it saves.
SMALL = 1 << 19


class Gemm(NamedTuple):
    """out (m, n) = a (m, k) @ b (k, n); with `add`, out += a @ b."""

    a: NDArray
    b: NDArray
    out: NDArray
    add: bool = False


def gemm(a: NDArray, b: NDArray, out: NDArray, add: bool = False) -> None:
    """One product."""
    run([Gemm(a, b, out, add)])


def run(products: list[Gemm]) -> None:
    """Products that do not depend on one another."""
    pieces = [piece for product in products for piece in _pieces(product)]
    threads.run(lambda i: _multiply(pieces[i]), len(pieces))


def _pieces(product: Gemm) -> list[Gemm]:
    """A product cut along the longer side of `out`, by its shape alone: see threads.py."""
    a, b, out, add = product
    m, n = out.shape
    work = m * n * a.shape[1]
    if work < SMALL:
        return [product]
    # A multiple of 16, a vector register of floats.
    step = -(-max(m, n) // (16 * min(8, max(2, work // (64 * SMALL))))) * 16
    if m >= n:
        return [Gemm(a[i : i + step], b, out[i : i + step], add) for i in range(0, m, step)]
    return [Gemm(a, b[:, i : i + step], out[:, i : i + step], add) for i in range(0, n, step)]


def _multiply(piece: Gemm) -> None:
    a, b, out, add = piece
    if not add:
        np.matmul(a, b, out=out)
        return
    product = scratch.buffer("product", out.shape, out.dtype)
    np.matmul(a, b, out=product)
    np.add(out, product, out=out)
