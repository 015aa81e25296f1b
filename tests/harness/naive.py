"""Plain loops for the kernels of protonet: slow, and plain enough to be believed.

Everything is computed in float64, one number at a time, straight from the formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = tuple[int, ...]
Index = tuple[Any, ...]


def taps(
    size: Ints, out: Ints, kernel: Ints, stride: Ints, pad: Ints, dilation: Ints
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(output cell, kernel cell, input cell) for all that lie inside the input."""
    for o in product(*map(range, out)):
        for k in product(*map(range, kernel)):
            cell = tuple(a * s - p + b * d for a, s, p, b, d in zip(o, stride, pad, k, dilation))
            if all(0 <= c < n for c, n in zip(cell, size)):
                yield o, k, cell


def conv(
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    kernel: Ints,
    stride: Ints,
    pad: Ints,
    dilation: Ints,
    group: int = 1,
) -> NDArray:
    """x (N, C, in...), w (M, C/group, kernel...) -> y (N, M, out...)."""
    n, c = x.shape[:2]
    m = w.shape[0]
    size = x.shape[2:]
    out = tuple(
        (i + 2 * p - d * (k - 1) - 1) // s + 1
        for i, k, s, p, d in zip(size, kernel, stride, pad, dilation)
    )
    y = np.zeros((n, m, *out))
    for o, k, cell in taps(size, out, kernel, stride, pad, dilation):
        for j in range(m):
            for i in range(c // group):
                channel = j // (m // group) * (c // group) + i
                seen: Index = (slice(None), channel, *cell)
                into: Index = (slice(None), j, *o)
                y[into] += x[seen] * w[(j, i, *k)]
    if b is not None:
        y += b.reshape(1, m, *(1,) * len(out))
    return y


def conv_backward(
    x: NDArray,
    w: NDArray,
    dy: NDArray,
    kernel: Ints,
    stride: Ints,
    pad: Ints,
    dilation: Ints,
    group: int = 1,
) -> tuple[NDArray, NDArray, NDArray]:
    """dx, dw, db of `conv`."""
    c, m = x.shape[1], w.shape[0]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for o, k, cell in taps(x.shape[2:], dy.shape[2:], kernel, stride, pad, dilation):
        for j in range(m):
            for i in range(c // group):
                channel = j // (m // group) * (c // group) + i
                at: Index = (slice(None), channel, *cell)
                out: Index = (slice(None), j, *o)
                dx[at] += dy[out] * w[(j, i, *k)]
                dw[(j, i, *k)] += (dy[out] * x[at]).sum()
    db = np.array([dy[:, j].sum() for j in range(m)])
    return dx, dw, db


def im2col(x: NDArray, out: Ints, kernel: Ints, stride: Ints, pad: Ints, dilation: Ints) -> NDArray:
    """x (N, C, in...) -> (N, C, kernel..., out...)."""
    cols = np.zeros((*x.shape[:2], *kernel, *out))
    for o, k, cell in taps(x.shape[2:], out, kernel, stride, pad, dilation):
        into: Index = (slice(None), slice(None), *k, *o)
        seen: Index = (slice(None), slice(None), *cell)
        cols[into] = x[seen]
    return cols


def pool_windows(
    size: Ints, out: Ints, kernel: Ints, stride: Ints, pad: Ints
) -> Iterator[tuple[int, int, list[tuple[int, int]], int]]:
    """(oh, ow, cells inside the plane in row order, divisor of the mean) of each window."""
    for oh, ow in product(range(out[0]), range(out[1])):
        top, left = oh * stride[0] - pad[0], ow * stride[1] - pad[1]
        bottom = min(top + kernel[0], size[0] + pad[0])
        right = min(left + kernel[1], size[1] + pad[1])
        cells = [
            (h, w)
            for h in range(max(top, 0), min(bottom, size[0]))
            for w in range(max(left, 0), min(right, size[1]))
        ]
        yield oh, ow, cells, (bottom - top) * (right - left)


def pool(
    x: NDArray, dy: NDArray, out: Ints, kernel: Ints, stride: Ints, pad: Ints, method: str
) -> tuple[NDArray, NDArray, NDArray]:
    """x (planes, H, W), dy (planes, out) -> y, dx, and for "max" the flat index of the cells."""
    y, dx, index = np.zeros(dy.shape), np.zeros(x.shape), np.zeros(dy.shape)
    for oh, ow, cells, divisor in pool_windows(x.shape[1:], out, kernel, stride, pad):
        for p in range(len(x)):
            g = dy[p, oh, ow]
            if method == "max":
                best = max(cells, key=lambda cell: x[(p, *cell)])
                y[p, oh, ow] = x[(p, *best)]
                index[p, oh, ow] = best[0] * x.shape[2] + best[1]
                dx[(p, *best)] += g
            elif method == "ave":
                y[p, oh, ow] = sum(x[(p, *cell)] for cell in cells) / divisor
                for cell in cells:
                    dx[(p, *cell)] += g / divisor
            else:
                total = sum(x[(p, *cell)] for cell in cells)
                mean = sum(x[(p, *cell)] ** 2 for cell in cells) / total
                y[p, oh, ow] = mean
                for cell in cells:
                    dx[(p, *cell)] += g * (2 * x[(p, *cell)] - mean) / total
    return y, dx, index


def lrn(x: NDArray, size: int, alpha: float, beta: float, k: float, across: bool) -> NDArray:
    """x (N, C, H, W) -> y."""
    y = np.zeros(x.shape)
    half = size // 2
    for n, c, h, w in np.ndindex(x.shape):
        if across:
            near = x[n, max(c - half, 0) : c + half + 1, h, w]
            s = k + alpha / size * (near**2).sum()
        else:
            near = x[n, c, max(h - half, 0) : h + half + 1, max(w - half, 0) : w + half + 1]
            s = 1 + alpha / size**2 * (near**2).sum()
        y[n, c, h, w] = x[n, c, h, w] * s**-beta
    return y
