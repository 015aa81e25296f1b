"""Local response normalisation: each value divided by the strength of its neighbours.

    y = x s^-beta,   s = k + rate * (sum of x^2 over the neighbours)
    dx = dy s^-beta - 2 rate beta x * (sum of dy x s^(-beta - 1) over the neighbours)

The neighbours are `size` channels at the same place, or a square of the same plane.  `s`
is kept from forward to backward.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import pool, scratch, threads
from .threads import PIECE


class Norm(NamedTuple):
    size: int
    rate: float
    beta: float
    k: float
    across: bool


def forward(x: NDArray, s: NDArray, y: NDArray, norm: Norm) -> None:
    """x, s and y (N, C, H, W)."""

    def piece(own: slice, x: NDArray, s: NDArray, y: NDArray) -> None:
        square = scratch.buffer("square", x.shape, x.dtype)
        np.multiply(x, x, out=square)
        x, s, y = x[:, own], s[:, own], y[:, own]
        _sum(square, own, s, norm)
        s *= norm.rate
        s += norm.k
        _power(s, norm.beta, y)
        y *= x

    _pieces(piece, norm, x, s, y)


def backward(x: NDArray, s: NDArray, dy: NDArray, dx: NDArray, norm: Norm) -> None:
    """Write dx."""

    def piece(own: slice, x: NDArray, s: NDArray, dy: NDArray, dx: NDArray) -> None:
        each = scratch.buffer("square", x.shape, x.dtype)
        _power(s, norm.beta, each)
        np.multiply(dy, each, out=each)
        dx = dx[:, own]
        np.copyto(dx, each[:, own])
        np.multiply(each, x, out=each)
        each /= s
        total = scratch.buffer("sum", dx.shape, x.dtype)
        _sum(each, own, total, norm)
        total *= x[:, own]
        total *= 2 * norm.rate * norm.beta
        dx -= total

    _pieces(piece, norm, x, s, dy, dx)


def _pieces(piece: Callable[..., None], norm: Norm, *arrays: NDArray) -> None:
    """piece(own, ...) with parts of the arrays (outer, channels or rows, inner) that hold all
    neighbours of the values at `own` of the middle axis."""
    n, c, h, w = arrays[0].shape
    size = threads.piece(PIECE)
    if not norm.across:
        planes = [a.reshape(n * c, h, w) for a in arrays]
        step = max(1, size // max(1, h * w))
        threads.for_chunks(n * c, step, lambda i, j: piece(slice(None), *(a[i:j] for a in planes)))
        return
    flat = [a.reshape(n, c, h * w) for a in arrays]
    images, half = max(1, size // max(1, c * h * w)), norm.size // 2
    width = c if images > 1 else min(c, max(norm.size, size // max(1, h * w)))
    cuts = -(-c // max(1, width))

    def channels(i: int) -> None:
        first, low = i // cuts * images, i % cuts * width
        start, stop = max(0, low - half), min(c, low + width + half)
        own = slice(low - start, min(c, low + width) - start)
        piece(own, *(a[first : first + images, start:stop] for a in flat))

    threads.run(channels, -(-n // images) * cuts)


def _sum(values: NDArray, own: slice, out: NDArray, norm: Norm) -> None:
    """out: for each of a piece's own values the sum of its neighbours and itself."""
    half = norm.size // 2
    if not norm.across:
        half = min(half, max(values.shape[1:]))  # a larger square sees no more
        box = (2 * half + 1, 2 * half + 1)
        window = pool.Pool(box, (1, 1), (half, half), values.shape[1:])
        pool.window_sums(pool.framed(values, window, 0.0), out, window)
        return
    np.copyto(out, values[:, own])
    channels, count = values.shape[1], out.shape[1]
    for shift in range(1, min(half, channels - 1) + 1):
        below, above = max(0, shift - own.start), min(count, channels - own.start - shift)
        if below < count:
            source = values[:, own.start + below - shift : own.stop - shift]
            np.add(out[:, below:], source, out=out[:, below:])
        if above > 0:
            source = values[:, own.start + shift : own.start + shift + above]
            np.add(out[:, :above], source, out=out[:, :above])


def _power(s: NDArray, beta: float, out: NDArray) -> None:
    """out = s^-beta."""
    if beta == 0.75:  # the usual one: square roots are faster
        root = scratch.buffer("root", s.shape, s.dtype)
        np.sqrt(s, out=root)
        np.sqrt(root, out=out)
        out *= root
        np.reciprocal(out, out=out)
    else:
        np.power(s, s.dtype.type(-beta), out=out)
