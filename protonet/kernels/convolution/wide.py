"""Convolution with many weights and few places: the work is cut by channels.

Elsewhere each task multiplies all the weights with some of the columns.  Where there are
more weights than columns that means to go through the weights once for each task; here
each task has some of the weights and all the places.  The columns are (C k, places), so
that w is multiplied as it lies in memory; places count over all images.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Sizes, Window, scatter_add, windows
from .bias import backward_bias
from .columns import cut, even
from .geometry import Geometry
from .memory import COLUMNS, COMMON, INPUT, PRODUCT
from .way import Backward, Piece, Stage, Stages, Verdict, nothing

#: From so many weights; up to so many places, of windows and of single cells.
WEIGHTS, PLACES, POINTS = 1 << 18, 512, 2048
#: Values in the columns of a task, and in what it adds to the weights' gradient.
VALUES = 1 << 19
#: Tasks at least, where there are so many channels.
TASKS = 4

ready = nothing


def suits(g: Geometry) -> Verdict:
    if g.group > 1:
        return Verdict(False, f"{g.group} groups at once")
    if g.window.pointwise and g.images == 1:
        return Verdict(False, "one image's input is its columns")
    if g.weights < WEIGHTS:
        return Verdict(False, f"{g.weights} weights, pays from {WEIGHTS}")
    most = POINTS if g.window.pointwise else PLACES
    if g.places > most:
        return Verdict(False, f"{g.places} places, pays up to {most}")
    return Verdict(True, f"{g.weights} weights for only {g.places} places")


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: Any = None,
) -> Stages:
    window = g.window
    images, m = y.shape[:2]
    channels, places = x.shape[1], y[:, 0].size
    depth = w[0].size
    whole = scratch.buffer(COMMON, (channels, depth // channels * places), x.dtype)
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
        product = scratch.buffer(PRODUCT, (high - low, places), x.dtype)
        np.matmul(weights[low:high], cols, out=product)
        turned = product.reshape(high - low, images, -1).swapaxes(0, 1)
        if b is None:
            np.copyto(planes[:, low:high], turned)
        else:
            np.add(turned, b[low:high, None], out=planes[:, low:high])

    parts = cut(channels, min(channels, TASKS))
    yield Stage([partial(gather, *part) for part in parts], g.work)
    parts = cut(m, min(m, TASKS))
    pieces = [Piece(slice(None), slice(*part), slice(None)) for part in parts]
    yield Stage([partial(multiply, *part) for part in parts], g.work, pieces)


def backward(g: Geometry, a: Backward) -> Stages:
    x, w, dy, dw, db, dx = a
    window = g.window
    m, channels = w.shape[:2]
    cells = w[0, 0].size
    # For all tasks: dy as (M, places).
    lines = scratch.buffer(COMMON, (m, len(dy), dy[0, 0].size), dy.dtype)
    np.copyto(lines, dy.reshape(len(dy), m, -1).swapaxes(0, 1))
    flat = lines.reshape(m, -1)
    places = flat.shape[1]

    def task(low: int, high: int) -> None:
        depth = (high - low) * cells
        cols = scratch.buffer(COLUMNS, (depth, places), dy.dtype)
        if x is not None and dw is not None:
            _columns(x[:, low:high], dy.shape[2:], window, cols.reshape(high - low, -1))
            product = scratch.buffer(PRODUCT, (m, depth), dy.dtype)
            np.matmul(flat, cols.T, out=product)
            part = dw.reshape(m, -1)[:, low * cells : high * cells]
            np.add(part, product, out=part)
        if dx is not None:
            np.matmul(w.reshape(m, -1)[:, low * cells : high * cells].T, flat, out=cols)
            _spread(cols.reshape(high - low, -1), dy.shape[2:], window, dx[:, low:high])

    most = max(1, VALUES // (cells * max(m, places)))
    pieces = even(max(min(channels, TASKS), -(-channels // most)), channels)
    yield Stage([partial(task, *part) for part in cut(channels, pieces)], g.work)
    if db is not None:
        backward_bias(dy, db)


def _frame(x: NDArray, window: Window) -> tuple[NDArray, NDArray]:
    """Zeros of the size of x with its padding, and the part that is not padding."""
    size = (n + 2 * p for n, p in zip(x.shape[2:], window.pad))
    frame = scratch.buffer(INPUT, (*x.shape[:2], *size), x.dtype)
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
