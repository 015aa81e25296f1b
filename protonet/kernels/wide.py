"""Convolution with many weights and few places: the work is cut by channels.

Elsewhere each task multiplies all the weights with some of the columns.  Where there are
more weights than columns that means to go through the weights once for each task; here
each task has some of the weights and all the places.  The columns are (C k, places), so
that w is multiplied as it lies in memory; places count over all images.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from . import scratch
from .columns import cut, even
from .im2col import Index, Sizes, Window, scatter_add, windows

Task = Callable[[], None]

#: From so many weights; up to so many places.
WEIGHTS, PLACES = 1 << 18, 512
#: Values in the columns of a task, and in what it adds to the weights' gradient.
VALUES = 1 << 19


def suits(images: int, out: Sizes, w: NDArray) -> bool:
    """w (M, C, kernel...)"""
    return w.size >= WEIGHTS and images * prod(out) <= PLACES


def forward(
    x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, window: Window
) -> tuple[list[Task], list[Task]]:
    """Tasks, and others for after them, that write y (N, M, out...)."""
    images, m = y.shape[:2]
    channels, places = x.shape[1], y[:, 0].size
    depth = w[0].size
    alone = window.pointwise and images == 1  # x itself is the columns
    whole = x.reshape(channels, -1)
    if not alone:
        whole = scratch.buffer("wide", (channels, depth // channels * places), x.dtype)
    weights, cols = w.reshape(m, depth), whole.reshape(depth, places)
    planes = y.reshape(images, m, -1)

    def gather(low: int, high: int) -> None:
        _columns(x[:, low:high], y.shape[2:], window, whole[low:high])

    def multiply(low: int, high: int) -> None:
        if images == 1:
            out = planes[0, low:high]
            np.matmul(weights[low:high], cols, out=out)
            if b is not None:
                np.add(out, b[low:high, None], out=out)
            return
        product = scratch.buffer("product", (high - low, places), x.dtype)
        np.matmul(weights[low:high], cols, out=product)
        turned = product.reshape(high - low, images, -1).swapaxes(0, 1)
        if b is None:
            np.copyto(planes[:, low:high], turned)
        else:
            np.add(turned, b[low:high, None], out=planes[:, low:high])

    return (
        [] if alone else [partial(gather, *part) for part in cut(channels, min(channels, 4))],
        [partial(multiply, *part) for part in cut(m, min(m, 4))],
    )


def backward(
    x: NDArray | None,
    dy: NDArray,
    w: NDArray,
    dw: NDArray | None,
    dx: NDArray | None,
    window: Window,
) -> list[Task]:
    """Tasks that add to dw and write dx, each where it is wanted."""
    m, channels = w.shape[:2]
    cells = w[0, 0].size
    # For all tasks: dy as (M, places).
    lines = scratch.buffer("wide", (m, len(dy), dy[0, 0].size), dy.dtype)
    np.copyto(lines, dy.reshape(len(dy), m, -1).swapaxes(0, 1))
    flat = lines.reshape(m, -1)
    places = flat.shape[1]

    def task(low: int, high: int) -> None:
        depth = (high - low) * cells
        cols = scratch.buffer("columns", (depth, places), dy.dtype)
        if x is not None and dw is not None:
            _columns(x[:, low:high], dy.shape[2:], window, cols.reshape(high - low, -1))
            product = scratch.buffer("product", (m, depth), dy.dtype)
            np.matmul(flat, cols.T, out=product)
            part = dw.reshape(m, -1)[:, low * cells : high * cells]
            np.add(part, product, out=part)
        if dx is not None:
            np.matmul(w.reshape(m, -1)[:, low * cells : high * cells].T, flat, out=cols)
            _spread(cols.reshape(high - low, -1), dy.shape[2:], window, dx[:, low:high])

    most = max(1, VALUES // (cells * max(m, places)))
    pieces = even(max(min(channels, 4), -(-channels // most)), channels)
    return [partial(task, *part) for part in cut(channels, pieces)]


def _frame(x: NDArray, window: Window) -> tuple[NDArray, NDArray]:
    """Zeros of the size of x with its padding, and the part that is not padding."""
    size = (n + 2 * p for n, p in zip(x.shape[2:], window.pad))
    frame = scratch.buffer("input", (*x.shape[:2], *size), x.dtype)
    frame.fill(0)
    inside: Index = (..., *(slice(p, p + n) for n, p in zip(x.shape[2:], window.pad)))
    return frame, frame[inside]


def _columns(x: NDArray, out: Sizes, window: Window, cols: NDArray) -> None:
    """Write cols (C, kernel N out)."""
    frame, inside = _frame(x, window)
    np.copyto(inside, x)
    axes = len(out)
    view = windows(frame, window, out, 2, 2)  # (N, C, kernel..., out...)
    view = view.transpose(1, *range(2, 2 + axes), 0, *range(2 + axes, 2 + 2 * axes))
    np.copyto(cols.reshape(view.shape), view)


def _spread(cols: NDArray, out: Sizes, window: Window, dx: NDArray) -> None:
    """Write dx (N, C, in...) from cols (C, kernel N out)."""
    frame, inside = _frame(dx, window)
    axes = len(out)
    each = cols.reshape(dx.shape[1], *window.kernel, len(dx), *out)
    each = each.transpose(1 + axes, *range(1 + axes), *range(2 + axes, 2 + 2 * axes))
    scatter_add(frame, each, window, out)
    np.copyto(dx, inside)
