"""Vectors over the channels of a blob, brought to a length of one.

Arrays are seen as (N, C, S), one vector of C numbers at each place; lengths as (N, S).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .threads import PIECE


def _for_items(x: NDArray, fn: Callable[[int, int], None]) -> None:
    """fn(start, stop) for pieces of the first axis."""
    threads.for_chunks(len(x), max(1, PIECE // max(1, x[:1].size)), fn)


def euclidean(x: NDArray, eps: float, out: NDArray) -> None:
    """out = sqrt(sum over C of x^2 + eps)"""

    def piece(start: int, stop: int) -> None:
        length = out[start:stop]
        np.einsum("ncs,ncs->ns", x[start:stop], x[start:stop], out=length)
        np.add(length, eps, out=length)
        np.sqrt(length, out=length)

    _for_items(x, piece)


def manhattan(x: NDArray, eps: float, out: NDArray) -> None:
    """out = sum over C of |x| + eps"""

    def piece(start: int, stop: int) -> None:
        values = scratch.buffer("lengths", x[start:stop].shape, x.dtype)
        np.abs(x[start:stop], out=values)
        np.add.reduce(values, axis=1, out=out[start:stop])
        np.add(out[start:stop], eps, out=out[start:stop])

    _for_items(x, piece)


def divide(x: NDArray, length: NDArray, out: NDArray) -> None:
    """out = x / length"""

    def piece(start: int, stop: int) -> None:
        np.divide(x[start:stop], length[start:stop, None], out=out[start:stop])

    _for_items(x, piece)


def multiply(x: NDArray, factor: NDArray, out: NDArray) -> None:
    """out = x * factor, one (N, S) for all channels."""

    def piece(start: int, stop: int) -> None:
        np.multiply(x[start:stop], factor[start:stop, None], out=out[start:stop])

    _for_items(x, piece)


def dot(x: NDArray, y: NDArray, out: NDArray) -> None:
    """out = sum over C of x y"""

    def piece(start: int, stop: int) -> None:
        np.einsum("ncs,ncs->ns", x[start:stop], y[start:stop], out=out[start:stop])

    _for_items(x, piece)


def divide_backward(
    dy: NDArray,
    y: NDArray,
    along: NDArray,
    length: NDArray,
    out: NDArray,
    dlength: NDArray | None = None,
) -> None:
    """dx = (dy - along * sum over C of y dy) / length, and + along * dlength if that is given.

    along = d length / dx: y for the Euclidean length, sign(x) for the sum of magnitudes.
    `along` may be `out`.
    """

    def piece(start: int, stop: int) -> None:
        i = slice(start, stop)
        factor = scratch.buffer("lengths of a piece", length[i].shape, dy.dtype)
        np.einsum("ncs,ncs->ns", y[i], dy[i], out=factor)
        if dlength is not None:
            room = scratch.buffer("lengths of the gradient", length[i].shape, dy.dtype)
            np.subtract(factor, np.multiply(dlength[i], length[i], out=room), out=factor)
        through = scratch.buffer("lengths", dy[i].shape, dy.dtype)
        np.multiply(along[i], factor[:, None], out=through)
        np.subtract(dy[i], through, out=out[i])
        np.divide(out[i], length[i, None], out=out[i])

    _for_items(dy, piece)
