"""Zero mean, unit variance: per channel over a batch (BatchNorm) or per image (MVN).

BatchNorm's arrays are seen as (N, C, H * W), MVN's as rows.  Means and variances are taken
in two steps, first the mean, then squares of what is left: in float32 the short cut
E[x^2] - E[x]^2 loses everything when the mean is large.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from . import parallel
from .affine import PIECE, add_sums, for_pieces
from .parallel import buffer


def moments(x: NDArray, mean: NDArray, var: NDArray) -> None:
    """Mean and biased variance of each channel of x (N, C, S).

    Each piece of memory is read once: it gives its own mean and sum of squares around it;
    these are joined by the rule of Chan, Golub and LeVeque (1979).
    """
    outer, channels, inner = x.shape
    total = max(1, outer * inner)
    means = np.zeros((outer, channels), x.dtype)
    squares, counts = np.zeros_like(means), np.zeros((outer, 1), x.dtype)

    def piece(i: int, o: slice, d: slice) -> None:
        part = x[o, d]
        count = part.shape[0] * inner
        centre = np.add.reduce(part, axis=(0, 2)) / count
        rest = buffer("norm", part.shape, x.dtype)
        np.subtract(part, centre[:, None], out=rest)
        np.multiply(rest, rest, out=rest)
        means[i, d], counts[i] = centre, count
        np.add.reduce(rest, axis=(0, 2), out=squares[i, d])

    parts = for_pieces(x.shape, piece)
    means, squares, counts = means[:parts], squares[:parts], counts[:parts]
    np.divide(np.add.reduce(means * counts, axis=0), total, out=mean)
    spread = counts * (means - mean) ** 2
    np.divide(np.add.reduce(squares + spread, axis=0), total, out=var)


def normalise(
    x: NDArray, mean: NDArray, inv_std: NDArray, out: NDArray, keep: NDArray | None = None
) -> None:
    """out = (x - mean) * inv_std per channel of x (N, C, S); `out` may be x, keep a copy of out."""

    def piece(i: int, o: slice, d: slice) -> None:
        y = out[o, d]
        np.subtract(x[o, d], mean[d, None], out=y)
        np.multiply(y, inv_std[d, None], out=y)
        if keep is not None:
            np.copyto(keep[o, d], y)

    for_pieces(x.shape, piece)


def normalise_backward(dy: NDArray, y: NDArray, inv_std: NDArray, dx: NDArray) -> None:
    """dx = (dy - mean(dy) - y * mean(y * dy)) * inv_std per channel; dx may be dy.

    The two means are what the gradient loses by flowing through the batch's own mean and
    standard deviation.
    """
    outer, channels, inner = dy.shape
    sums = np.zeros((2, channels), dy.dtype)
    add_sums([(dy, None), (dy, y)], [sums[0], sums[1]])
    sums /= max(1, outer * inner)

    def piece(i: int, o: slice, d: slice) -> None:
        through_std = buffer("norm", dy[o, d].shape, dy.dtype)
        np.multiply(y[o, d], sums[1, d, None], out=through_std)
        np.subtract(dy[o, d], sums[0, d, None], out=dx[o, d])
        np.subtract(dx[o, d], through_std, out=dx[o, d])
        np.multiply(dx[o, d], inv_std[d, None], out=dx[o, d])

    for_pieces(dy.shape, piece)


def standardise_rows(x: NDArray, out: NDArray, divisor: NDArray | None, eps: float) -> None:
    """out = (x - mean) / divisor for each row, divisor = std + eps; None: only the mean goes."""

    def piece(start: int, stop: int) -> None:
        rows, y = x[start:stop], out[start:stop]
        n = rows.shape[1]
        np.subtract(rows, np.add.reduce(rows, axis=1, keepdims=True) / n, out=y)
        if divisor is not None:
            squares = np.multiply(y, y, out=buffer("norm", y.shape, y.dtype))
            variance = np.add.reduce(squares, axis=1) / n
            divisor[start:stop] = np.sqrt(variance) + eps
            np.divide(y, divisor[start:stop, None], out=y)

    _for_rows(x, piece)


def standardise_rows_backward(
    dy: NDArray, y: NDArray, divisor: NDArray | None, dx: NDArray
) -> None:
    """dx = (dy - mean(dy) - y * mean(y * dy)) / divisor; without one, dx = dy - mean(dy)."""

    def piece(start: int, stop: int) -> None:
        grad, d = dy[start:stop], dx[start:stop]
        n = grad.shape[1]
        lost = np.add.reduce(grad, axis=1, keepdims=True) / n
        if divisor is None:
            np.subtract(grad, lost, out=d)
            return
        value, temp = y[start:stop], buffer("norm", grad.shape, grad.dtype)
        np.multiply(grad, value, out=temp)
        np.multiply(value, np.add.reduce(temp, axis=1, keepdims=True) / n, out=temp)
        np.subtract(grad, lost, out=d)
        np.subtract(d, temp, out=d)
        np.divide(d, divisor[start:stop, None], out=d)

    _for_rows(dy, piece)


def _for_rows(x: NDArray, piece: Callable[[int, int], None]) -> None:
    parallel.for_chunks(x.shape[0], max(1, PIECE // max(1, x.shape[1])), piece)
