"""Zero mean, unit variance: per channel over a batch (BatchNorm) or per image (MVN).

BatchNorm's arrays are seen as (N, C, H * W), MVN's as rows.  Means and variances are taken
in two steps, first the mean, then squares of what is left: in float32 the short cut
E[x^2] - E[x]^2 loses everything when the mean is large.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from . import threads
from .affine import add_sums, for_blocks, for_parts, parts_of
from .scratch import buffer
from .threads import PIECE


def moments(x: NDArray, mean: NDArray, var: NDArray) -> None:
    """Mean and biased variance of each channel of x (N, C, S).

    Memory is read once: each block gives its own mean and sum of squares around it, and these
    are joined by the rule of Chan, Golub and LeVeque (1979).
    """
    parts = parts_of(x.shape)
    means, squares = np.zeros((2, parts, x.shape[1]), x.dtype)
    counts = [0] * parts

    def part(i: int, blocks: list[slice], d: slice) -> None:
        count = 0
        for o in blocks:
            values = x[o, d]
            n = values.shape[0] * values.shape[2]
            centre = np.add.reduce(values, axis=(0, 2)) / max(1, n)
            rest = buffer("norm", values.shape, x.dtype)
            np.subtract(values, centre[:, None], out=rest)
            spread = np.einsum("odi,odi->d", rest, rest)
            count = join(count, means[i, d], squares[i, d], n, centre, spread)
        counts[i] = count

    for_parts(x.shape, part)
    total = counts[0]
    for i in range(1, parts):
        total = join(total, means[0], squares[0], counts[i], means[i], squares[i])
    np.copyto(mean, means[0])
    np.divide(squares[0], max(1, total), out=var)


def join(
    count: int, mean: NDArray, squares: NDArray, n: int, centre: NDArray, spread: NDArray
) -> int:
    """Take n values with mean `centre` and sum of squares `spread` into the first three."""
    total = count + n
    if n:
        delta = centre - mean
        np.add(mean, delta * (n / total), out=mean)
        np.add(squares, spread + delta * delta * (count * n / total), out=squares)
    return total


def normalise(
    x: NDArray, mean: NDArray, inv_std: NDArray, out: NDArray, keep: NDArray | None = None
) -> None:
    """out = (x - mean) * inv_std per channel of x (N, C, S); `out` may be x, keep a copy of out."""

    def block(o: slice, d: slice) -> None:
        y = out[o, d]
        np.subtract(x[o, d], mean[d, None], out=y)
        np.multiply(y, inv_std[d, None], out=y)
        if keep is not None:
            np.copyto(keep[o, d], y)

    for_blocks(x.shape, block)


def normalise_backward(dy: NDArray, y: NDArray, inv_std: NDArray, dx: NDArray) -> None:
    """dx = (dy - mean(dy) - y * mean(y * dy)) * inv_std per channel; dx may be dy.

    The two means are what the gradient loses by flowing through the batch's own mean and
    standard deviation.
    """
    outer, channels, inner = dy.shape
    sums = np.zeros((2, channels), dy.dtype)
    add_sums([(dy, None), (dy, y)], [sums[0], sums[1]])
    sums /= max(1, outer * inner)

    def block(o: slice, d: slice) -> None:
        through_std = buffer("norm", dy[o, d].shape, dy.dtype)
        np.multiply(y[o, d], sums[1, d, None], out=through_std)
        np.subtract(dy[o, d], sums[0, d, None], out=dx[o, d])
        np.subtract(dx[o, d], through_std, out=dx[o, d])
        np.multiply(dx[o, d], inv_std[d, None], out=dx[o, d])

    for_blocks(dy.shape, block)


def standardise_rows(x: NDArray, out: NDArray, divisor: NDArray | None, eps: float) -> None:
    """out = (x - mean) / divisor for each row, divisor = std + eps; None: only the mean goes."""

    def piece(start: int, stop: int) -> None:
        rows, y = x[start:stop], out[start:stop]
        n = max(1, rows.shape[1])
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
        n = max(1, grad.shape[1])
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
    threads.for_chunks(x.shape[0], max(1, PIECE // max(1, x.shape[1])), piece)
