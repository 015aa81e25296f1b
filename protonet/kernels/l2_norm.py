"""L2 normalisation: values divided by the length of the vector they belong to.

x (N, C, S): the vector is that of the channels at one place, one of N * S (`lengths` (N, S)), or
all values of an item (`lengths` (N, 1)).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from . import threads
from .scratch import buffer
from .threads import PIECE


def normalise(x: NDArray, eps: float, lengths: NDArray, out: NDArray) -> None:
    """lengths = sqrt(eps + sum of x^2), out = x / lengths; `out` is not x."""

    def piece(items: slice, places: slice, own: slice) -> None:
        values, length = x[items, :, places], lengths[items, own]
        length[...] = _sums(values, values, length.shape[1])
        length += eps
        np.sqrt(length, out=length)
        np.divide(values, length[:, None], out=out[items, :, places])

    _for_vectors(x, lengths, piece)


def normalise_backward(dy: NDArray, y: NDArray, lengths: NDArray, dx: NDArray) -> None:
    """dx = (dy - y * (sum of y dy)) / lengths, over each vector; dx is not dy.

    Making a vector longer does not change it once it is normalised: that part of dy is lost.
    """

    def piece(items: slice, places: slice, own: slice) -> None:
        grad, value, d = dy[items, :, places], y[items, :, places], dx[items, :, places]
        length = lengths[items, own]
        shared = _sums(value, grad, length.shape[1])[:, None]
        lost = np.multiply(value, shared, out=buffer("norm", d.shape, d.dtype))
        np.subtract(grad, lost, out=d)
        d /= length[:, None]

    _for_vectors(dy, lengths, piece)


def _sums(a: NDArray, b: NDArray, count: int) -> NDArray:
    """Sums of a * b, two of (N, C, S), over C or, where count is 1, over C and S: (N, count)."""
    if count == 1:
        return np.einsum("ncs,ncs->n", a, b)[:, None]
    return np.einsum("ncs,ncs->ns", a, b)


def _for_vectors(x: NDArray, lengths: NDArray, fn: Callable[[slice, slice, slice], None]) -> None:
    """fn(items, places, where their lengths are) for pieces of x that hold whole vectors."""
    items, channels, places = x.shape
    size = max(1, channels * places)
    if size <= PIECE or lengths.shape[1] == 1:
        every = slice(None)
        threads.for_chunks(items, max(1, PIECE // size), lambda a, b: fn(slice(a, b), every, every))
        return
    each = max(1, PIECE // channels)
    parts = -(-places // each)

    def piece(k: int) -> None:
        item, start = k // parts, k % parts * each
        own = slice(start, min(places, start + each))
        fn(slice(item, item + 1), own, own)

    threads.run(piece, items * parts)
