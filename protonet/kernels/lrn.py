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

    def piece(x: NDArray, s: NDArray, y: NDArray) -> None:
        square = scratch.buffer("square", x.shape, x.dtype)
        np.multiply(x, x, out=square)
        _sum(square, s, norm)
        s *= norm.rate
        s += norm.k
        _power(s, norm.beta, y)
        y *= x

    _pieces(piece, norm, x, s, y)


def backward(x: NDArray, s: NDArray, dy: NDArray, dx: NDArray, norm: Norm) -> None:
    """Write dx."""

    def piece(x: NDArray, s: NDArray, dy: NDArray, dx: NDArray) -> None:
        each = scratch.buffer("square", x.shape, x.dtype)
        total = scratch.buffer("sum", x.shape, x.dtype)
        _power(s, norm.beta, dx)
        np.multiply(dy, dx, out=dx)
        np.multiply(dx, x, out=each)
        each /= s
        _sum(each, total, norm)
        total *= x
        total *= 2 * norm.rate * norm.beta
        dx -= total

    _pieces(piece, norm, x, s, dy, dx)


def _pieces(piece: Callable[..., None], norm: Norm, *arrays: NDArray) -> None:
    """Call `piece` with parts of the arrays that hold all neighbours of their values."""
    n, c, h, w = arrays[0].shape
    if norm.across:  # some positions of all channels, (n, C, positions)
        step = max(1, min(PIECE // max(1, c), h * w))
        images = max(1, PIECE // max(1, c * h * w))
        cuts = max(1, -(-h * w // step))
        flat = [a.reshape(n, c, h * w) for a in arrays]

        def columns(i: int) -> None:
            first, start = i // cuts * images, i % cuts * step
            piece(*(a[first : first + images, :, start : start + step] for a in flat))

        threads.run(columns, -(-n // images) * cuts)
    else:
        planes = [a.reshape(n * c, h, w) for a in arrays]
        step = max(1, PIECE // max(1, h * w))
        threads.for_chunks(n * c, step, lambda i, j: piece(*(a[i:j] for a in planes)))


def _sum(values: NDArray, out: NDArray, norm: Norm) -> None:
    """out: for each value the sum of its neighbours and itself."""
    half = norm.size // 2
    if not norm.across:
        half = min(half, max(values.shape[1:]))  # a larger square sees no more
        box = (2 * half + 1, 2 * half + 1)
        window = pool.Pool(box, (1, 1), (half, half), values.shape[1:])
        pool.window_sums(pool.framed(values, window, 0.0), out, window)
        return
    np.copyto(out, values)
    for shift in range(1, min(half, values.shape[1] - 1) + 1):
        np.add(out[:, shift:], values[:, :-shift], out=out[:, shift:])
        np.add(out[:, :-shift], values[:, shift:], out=out[:, :-shift])


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
