"""Plain loops for the kernels of protonet: slow, and plain enough to be believed.

Everything is computed in float64, one number at a time, straight from the formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

Ints = tuple[int, ...]


def taps(
    size: Ints, out: Ints, kernel: Ints, stride: Ints, pad: Ints, dilation: Ints
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(output cell, kernel cell, input cell) for all that lie inside the input."""
    for o in product(*map(range, out)):
        for k in product(*map(range, kernel)):
            cell = tuple(a * s - p + b * d for a, s, p, b, d in zip(o, stride, pad, k, dilation))
            if all(0 <= c < n for c, n in zip(cell, size)):
                yield o, k, cell


def conv(x, w, b, kernel, stride, pad, dilation, group=1):
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
                y[(slice(None), j, *o)] += x[(slice(None), channel, *cell)] * w[(j, i, *k)]
    if b is not None:
        y += b.reshape(1, m, *(1,) * len(out))
    return y


def conv_backward(x, w, dy, kernel, stride, pad, dilation, group=1):
    """dx, dw, db of `conv`."""
    c, m = x.shape[1], w.shape[0]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for o, k, cell in taps(x.shape[2:], dy.shape[2:], kernel, stride, pad, dilation):
        for j in range(m):
            for i in range(c // group):
                channel = j // (m // group) * (c // group) + i
                at = (slice(None), channel, *cell)
                dx[at] += dy[(slice(None), j, *o)] * w[(j, i, *k)]
                dw[(j, i, *k)] += (dy[(slice(None), j, *o)] * x[at]).sum()
    db = np.array([dy[:, j].sum() for j in range(m)])
    return dx, dw, db


def im2col(x, out, kernel, stride, pad, dilation):
    """x (N, C, in...) -> (N, C, kernel..., out...)."""
    cols = np.zeros((*x.shape[:2], *kernel, *out))
    for o, k, cell in taps(x.shape[2:], out, kernel, stride, pad, dilation):
        cols[(slice(None), slice(None), *k, *o)] = x[(slice(None), slice(None), *cell)]
    return cols
