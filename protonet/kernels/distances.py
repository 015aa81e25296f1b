"""Distances between the rows of two matrices: x (M, K) and w (N, K)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import threads
from .gemm import gemm
from .scratch import buffer

#: Added to the squared length of a row before it is made 1 long.
LENGTH_EPSILON = 1e-6


def normalise_rows(w: NDArray, out: NDArray) -> None:
    """out = w, each row over the root of its squared length + 1e-6; out may be w."""
    length = np.einsum("ij,ij->i", w, w)
    length += LENGTH_EPSILON
    np.sqrt(length, out=length)
    np.divide(w, length[:, None], out=out)


def squared(x: NDArray, w: NDArray, y: NDArray) -> None:
    """y (M, N) = sum over k of (x_mk - w_nk)^2, as |x|^2 - 2 x w + |w|^2; never below 0."""
    gemm(x, w.T, y)
    y *= -2
    y += np.einsum("ij,ij->i", x, x)[:, None]
    y += np.einsum("ij,ij->i", w, w)
    np.maximum(y, 0, out=y)


def squared_backward(
    x: NDArray, w: NDArray, dy: NDArray, dx: NDArray | None, dw: NDArray | None
) -> None:
    """Write dx, add to dw; None: not wanted."""
    if dx is not None:
        gemm(dy, w, dx)
        np.subtract(x * dy.sum(axis=1)[:, None], dx, out=dx)
        dx *= 2
    if dw is not None:
        towards = buffer("distances", w.shape, w.dtype)
        gemm(dy.T, x, towards)
        np.subtract(w * dy.sum(axis=0)[:, None], towards, out=towards)
        towards *= 2
        dw += towards


def absolute(x: NDArray, w: NDArray, y: NDArray) -> None:
    """y (M, N) = sum over k of |x_mk - w_nk|."""

    def rows(start: int, stop: int) -> None:
        apart = _differences(x[start:stop], w)
        np.add.reduce(np.abs(apart, out=apart), axis=2, out=y[start:stop])

    threads.for_chunks(len(x), _rows_a_chunk(w), rows)


def absolute_backward(
    x: NDArray, w: NDArray, dy: NDArray, dx: NDArray | None, dw: NDArray | None
) -> None:
    """Write dx, add to dw; None: not wanted.  As happynear's fork has it:

    dx_mk = sum over n of (dy_mn where x_mk > w_nk, else -1), and dw_nk = sum over m of (dy_mn
    where w_nk > x_mk, else -1): where the derivative has -dy, these have -1.
    """
    step = _rows_a_chunk(w)
    for start in range(0, len(x), step):  # in order: the parts of dw are added up
        part = slice(start, start + step)
        near, far = x[part, None], w[None]
        if dx is not None:
            np.add.reduce(_one_sided(near, far, dy[part, :, None]), axis=1, out=dx[part])
        if dw is not None:
            dw += _one_sided(far, near, dy[part, :, None]).sum(axis=0)


def backward_at(
    x: NDArray, w: NDArray, dy: NDArray, label: NDArray, dw: NDArray, absolute: bool
) -> None:
    """Add to dw what comes of one row of w for each item alone: label and its dy (M)."""
    own = w[label]
    share = dy[:, None]
    part = _one_sided(own, x, share) if absolute else 2 * share * (own - x)
    np.add.at(dw, label, part)


def _one_sided(a: NDArray, b: NDArray, dy: NDArray) -> NDArray:
    """dy where a > b, else -1; in scratch."""
    shape = np.broadcast_shapes(a.shape, b.shape)
    above = np.greater(a, b, out=buffer("distances above", shape, np.bool_))
    out = buffer("distances", shape, a.dtype)
    out.fill(-1)
    np.copyto(out, dy, where=above)
    return out


def _differences(x: NDArray, w: NDArray) -> NDArray:
    """x (m, K) - w (N, K): (m, N, K), in scratch."""
    out = buffer("distances", (len(x), *w.shape), x.dtype)
    return np.subtract(x[:, None], w, out=out)


def _rows_a_chunk(w: NDArray) -> int:
    return max(1, threads.PIECE // max(1, w.size))
