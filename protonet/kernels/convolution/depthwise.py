"""Depthwise convolution of planes by steps of one: each channel has a filter of its own.

Written out with all its padding, an image is one long run of numbers, and the window's
cell (i, j) meets, over all the places of the output, the same run moved on by
i * pitch + j: long copies and long products, where rows of output would be many short ones.
What this computes beside the image, at the end of each row, is not read.

    y = sum over (i, j) of w[i, j] x[. + i pitch + j]           a row of columns for each (i, j)
    dw[i, j] = dot product of dy with x[. + i pitch + j]        no columns needed
    dx = sum over (i, j) of w[i, j] dy[. - i pitch - j]         dy stands behind its padding

A run holds some images one after the other, (N, rows, pitch); one's padding below is the
padding above of the next.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from .. import scratch
from ..windows import Sizes
from .geometry import Geometry
from .memory import COLUMNS, INPUT, PART, PRODUCT, ROWS, SUMS
from .way import Piece, Stage, Stages, Verdict

#: Values in the columns of a task: as many as the caches bear, for each step of Python
#: between two products may have to wait for another thread's.
VALUES = 1 << 20
#: Values of the output from which it pays, and columns of one plane up to which it does.
LEAST, MOST = 1 << 17, 1 << 22


class Plan(NamedTuple):
    """rows, pitch: of an image with its padding.  inside: what of it is the image.  steps: along
    the run, from a cell of the kernel to the next below and beside.  tail: what the last
    place sees behind it."""

    rows: int
    pitch: int
    inside: tuple[slice, slice]
    steps: tuple[int, int]
    tail: int
    images: int
    channels: int


def suits(g: Geometry) -> Verdict:
    if g.group == 1 or g.channels > 1 or g.outputs > 1:
        return Verdict(False, "not one filter for each channel")
    if g.window.stride != (1, 1):
        return Verdict(False, "does not move by one")
    values, p = g.places * g.group, plan(g)
    if values < LEAST:
        return Verdict(False, f"{values} values, pays from {LEAST}")
    if g.depth * p.rows * p.pitch > MOST:
        return Verdict(False, f"planes of {p.rows} x {p.pitch} are too large")
    return Verdict(True, f"{g.group} filters of their own for {values} values")


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    images, channels, size, window = g.images, g.group, g.size, g.window
    room = [e - 1 for e in window.extent]
    rows, pitch = (n + r for n, r in zip(g.out, room))
    inside = [slice(pad, pad + n) for n, pad in zip(size, window.pad)]
    down, right = window.dilation
    each = window.kernel[0] * window.kernel[1] * rows * pitch
    step = max(1, min(images, VALUES // (4 * each)))
    share = max(1, min(-(-channels // 4), VALUES // (each * step)))
    return Plan(
        rows,
        pitch,
        (inside[0], inside[1]),
        (down * pitch, right),
        room[0] * pitch + room[1],
        step,
        share,
    )


def forward(g: Geometry, x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> Stages:
    p, window = plan(g), g.window
    height, width = y.shape[2:]

    def task(i: int, low: int, high: int) -> None:
        out = y[i : i + p.images, low:high]
        run, length = _run(x[i : i + p.images, low:high], p)
        sums = _sums(w[low:high], _moved(run, window.kernel, p.steps, length))
        inside = _places(sums, p)[:, :, :height, :width]
        if b is None:
            np.copyto(out, inside)
        else:
            np.add(inside, b[low:high, None, None], out=out)

    parts = [(i, *span) for i in range(0, len(x), p.images) for span in _spans(p, len(w))]
    pieces = [Piece(slice(i, i + p.images), slice(*span), slice(None)) for i, *span in parts]
    yield Stage([partial(task, *part) for part in parts], pieces=pieces)


def backward(
    g: Geometry,
    x: NDArray | None,
    w: NDArray,
    dy: NDArray,
    dw: NDArray | None,
    db: NDArray | None,
    dx: NDArray | None,
) -> Stages:
    p, kernel = plan(g), g.window.kernel

    def task(low: int, high: int) -> None:
        for i in range(0, len(dy), p.images):
            run, length = _padded(dy[i : i + p.images, low:high], p)
            if x is not None and dw is not None:
                seen, _ = _run(x[i : i + p.images, low:high], p)
                # After the last row of dy there is only padding.
                moved = _moved(seen, kernel, p.steps, length - p.tail)
                part = scratch.buffer(PART, moved.shape[:3], dw.dtype)
                np.einsum("cijl,cl->cij", moved, run[:, p.tail : length], out=part)
                np.add(dw[low:high, 0], part, out=dw[low:high, 0])
            if db is not None:
                total = scratch.buffer(SUMS, (high - low,), dy.dtype)
                np.add.reduce(run, axis=1, out=total)
                np.add(db[low:high], total, out=db[low:high])
            if dx is not None:
                back = (-p.steps[0], -p.steps[1])
                moved = _moved(run[:, p.tail :], kernel, back, length)
                places = _places(_sums(w[low:high], moved), p)
                np.copyto(dx[i : i + p.images, low:high], places[(..., *p.inside)])

    # All images of a channel, so that no two tasks add to the same weights.
    yield Stage([partial(task, *span) for span in _spans(p, len(w))])


def _spans(p: Plan, channels: int) -> list[tuple[int, int]]:
    return [(c, min(c + p.channels, channels)) for c in range(0, channels, p.channels)]


def _empty(name: str, x: NDArray, p: Plan) -> tuple[NDArray, NDArray, int]:
    """Zeros for a run (C, length + tail); its places (N, C, rows, pitch); the length."""
    n, c = x.shape[:2]
    length = n * p.rows * p.pitch
    run = scratch.buffer(name, (c, length + p.tail), x.dtype)
    run.fill(0)
    return run, run[:, :length].reshape(c, n, p.rows, p.pitch).swapaxes(0, 1), length


def _run(x: NDArray, p: Plan) -> tuple[NDArray, int]:
    """x (N, C, H, W) with its padding."""
    run, places, length = _empty(INPUT, x, p)
    np.copyto(places[(..., *p.inside)], x)
    return run, length


def _padded(dy: NDArray, p: Plan) -> tuple[NDArray, int]:
    """dy (N, C, OH, OW) behind as much padding as a window is wide: the first is at `tail`."""
    run, places, length = _empty(ROWS, dy, p)
    np.copyto(places[:, :, -dy.shape[2] :, -dy.shape[3] :], dy)
    return run, length


def _moved(run: NDArray, kernel: Sizes, steps: Sizes, length: int) -> NDArray:
    """A view (C, kh, kw, length): a run as each cell of the kernel meets it."""
    strides = (run.strides[0], *(n * run.itemsize for n in steps), run.itemsize)
    return as_strided(run, (len(run), *kernel, length), strides)


def _sums(w: NDArray, moved: NDArray) -> NDArray:
    """Over the cells of the kernel: (C, length)."""
    c, *_, length = moved.shape
    cols = scratch.buffer(COLUMNS, moved.shape, moved.dtype)
    np.copyto(cols, moved)
    sums = scratch.buffer(PRODUCT, (c, 1, length), moved.dtype)
    np.matmul(w.reshape(c, 1, -1), cols.reshape(c, -1, length), out=sums)
    return sums[:, 0]


def _places(sums: NDArray, p: Plan) -> NDArray:
    """Sums (C, length) as (N, C, rows, pitch)."""
    return sums.reshape(len(sums), -1, p.rows, p.pitch).swapaxes(0, 1)
