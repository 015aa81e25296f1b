"""Softmax: scores into probabilities along one axis.

Arrays are seen as (outer, classes, inner): the axes before the class axis, the class axis,
and those behind it.  For (N, C) scores inner is 1; for a segmentation it is H * W.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .threads import PIECE


def softmax(x: NDArray, *, out: NDArray) -> NDArray:
    """p_k = e^x_k / sum over j of e^x_j.

    The largest score is subtracted first.  That cancels in the fraction, and leaves no
    exponent above 0 that could overflow.  out may be x.
    """

    def piece(x: NDArray, p: NDArray) -> None:
        if x.shape[2] == 1:  # rows that lie together are faster
            x, p = x[:, :, 0], p[:, :, 0]
        each = scratch.buffer("softmax", (x.shape[0], 1, *x.shape[2:]), x.dtype)
        np.subtract(x, np.maximum.reduce(x, axis=1, keepdims=True, out=each), out=p)
        np.exp(p, out=p)
        np.divide(p, np.add.reduce(p, axis=1, keepdims=True, out=each), out=p)

    _chunked(piece, x, out)
    return out


def softmax_backward(p: NDArray, dp: NDArray, *, out: NDArray) -> NDArray:
    """dx_k = p_k * (dp_k - sum over j of p_j dp_j)

    Raising a score lifts its own probability by p_k and takes from all, itself included, in
    proportion to theirs: dp_j/dx_k = p_j * ((j == k) - p_k).  out may be dp.
    """

    def piece(p: NDArray, dp: NDArray, dx: NDArray) -> None:
        shared = scratch.buffer("softmax", (p.shape[0], p.shape[2]), p.dtype)
        np.einsum("okn,okn->on", p, dp, out=shared)
        np.subtract(dp, shared[:, None, :], out=dx)
        dx *= p

    _chunked(piece, p, dp, out)
    return out


def _chunked(fn: Callable[..., None], *arrays: NDArray) -> None:
    """fn(*pieces) over pieces of the outer axis, or of the inner one if outer is short."""
    outer, classes, inner = arrays[0].shape
    columns = max(1, PIECE // max(1, classes))
    if outer * inner <= columns:
        fn(*arrays)
    elif inner <= columns:
        threads.for_chunks(
            outer, columns // inner, lambda a, b: fn(*[array[a:b] for array in arrays])
        )
    else:  # one item is more than a chunk
        for item in zip(*arrays):
            _chunked_columns(fn, columns, item)


def _chunked_columns(fn: Callable[..., None], columns: int, item: Sequence[NDArray]) -> None:
    """fn over pieces of the inner axis of one item, each as (1, classes, columns)."""
    threads.for_chunks(item[0].shape[1], columns, lambda a, b: fn(*[x[None, :, a:b] for x in item]))
