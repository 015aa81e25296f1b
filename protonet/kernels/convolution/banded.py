"""Depthwise convolution as products with banded matrices: each channel has a filter of its own.

Along a row, B neighbouring outputs see L = stride (B - 1) + extent neighbouring cells.  So row i
of a channel's kernel is a matrix (L, B) with the weights on some of its diagonals,

    band_i[stride b + j dilation, b] = w[i, j]
    y[o] = sum over i of x[stride o + i dilation] band_i

where x are rows of L cells, as they lie in the padded plane, and y rows of B outputs, as they
lie in the plane of outputs: products without columns.  Most of what they multiply is 0, and yet
this is faster than going through memory once for each cell of the kernel.

    dw[i, j] = sum over b of (x^T dy)[stride b + j dilation, b]     the same diagonals
    dx = dy in its padding times the bands of the kernel turned round, for steps of one

The bands themselves are a product of w with ones and zeros, and dw is one with the same.  What
is not finite would spread by such products, 0 Inf being NaN: then a piece is computed again, cell
by cell of the kernel.
"""

from __future__ import annotations

from functools import lru_cache, partial
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Sizes, Window, strided
from . import lowered, tiles
from .columns import cut, even
from .geometry import Geometry
from .memory import COLUMNS, EACH, INPUT, PART, PRODUCT, ROWS, SUMS
from .way import Backward, Piece, Stage, Stages, Task, Verdict, nothing

#: Outputs of a block: of shorter rows all, of longer ones so many as leave the least over.
BLOCKS, BEST = range(8, 17), 14
#: Cells that a block sees, up to which it pays.
SEES = 48
#: Values of a piece's frame: many, for of shorter calls two threads wait for one another.
VALUES = 1 << 19

ready = nothing

Pair = tuple[int, int]


class Plan(NamedTuple):
    """block, blocks: outputs of a block, and of these in a row.  sees: cells before a block.
    frame: rows and pitch of the padded plane.  to, fro: of the plane what part is in the frame,
    and where.  channels: of a task, by its shape alone; images: of a piece of its work."""

    window: Window
    out: Pair
    block: int
    blocks: int
    sees: int
    frame: Pair
    to: tuple[slice, slice]
    fro: tuple[slice, slice]
    channels: list[Pair]
    images: int

    @property
    def whole(self) -> bool:
        """Do the blocks fill a row?"""
        return self.block * self.blocks == self.out[1]


def suits(g: Geometry) -> Verdict:
    if g.group == 1 or g.channels > 1 or g.outputs > 1:
        return Verdict(False, "not one filter for each channel")
    if len(g.out) != 2:
        return Verdict(False, "not planes")
    sees = plan(g).sees
    if sees > SEES:
        return Verdict(False, f"{plan(g).block} outputs see {sees} cells, pays up to {SEES}")
    return Verdict(True, f"{g.group} filters of their own, {sees} cells to {plan(g).block} outputs")


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    """For y of x."""
    return _plan(g.images, g.group, g.size, g.out, g.window)


@lru_cache(maxsize=1024)
def back(g: Geometry) -> Plan:
    """For dx of dy, by steps of one."""
    pad = tuple(e - 1 - p for e, p in zip(g.window.extent, g.window.pad))
    return _plan(g.images, g.group, g.out, g.size, g.window._replace(pad=pad))


def _plan(images: int, channels: int, size: Sizes, out: Sizes, window: Window) -> Plan:
    width = out[1]
    block = width if width < BLOCKS.stop else min(BLOCKS, key=lambda b: (-width % b, abs(b - BEST)))
    blocks = -(-out[1] // block)
    (down, across), extent, pad = window.stride, window.extent, window.pad
    frame = (down * (out[0] - 1) + extent[0], across * (blocks * block - 1) + extent[1])
    seen = (frame[0], across * (out[1] - 1) + extent[1])
    starts = [max(-p, 0) for p in pad]
    counts = [max(0, min(n - a, f - p - a)) for n, a, f, p in zip(size, starts, seen, pad)]
    fro = [slice(a, a + n) for a, n in zip(starts, counts)]
    to = [slice(a + p, a + p + n) for a, p, n in zip(starts, pad, counts)]
    values = frame[0] * frame[1]
    pieces = even(max(2, -(-channels * values // VALUES)), channels)
    spans = cut(channels, min(pieces, channels))
    step = max(1, VALUES // (values * (spans[-1][1] - spans[-1][0])))
    sees = across * (block - 1) + extent[1]
    return Plan(
        window,
        (out[0], out[1]),
        block,
        blocks,
        sees,
        frame,
        (to[0], to[1]),
        (fro[0], fro[1]),
        spans,
        min(step, max(images, 1)),
    )


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: None = None,
) -> Stages:
    p = plan(g)
    pieces = [Piece(slice(None), slice(*span), slice(None)) for span in p.channels]
    yield Stage(_convolve(p, x, w[:, 0], b, y), _work(g), pieces)


def backward(g: Geometry, a: Backward) -> Stages:
    x, w, dy, dw, db, dx = a
    tasks: list[Task] = []
    if x is not None and dw is not None:
        tasks += _correlate(plan(g), x, dy, dw[:, 0], db)
    if dx is not None and g.window.stride == (1, 1):
        tasks += _convolve(back(g), dy, turned(w), None, dx)
        dx = None
    yield Stage(tasks, _work(g))
    if dx is not None:
        way = tiles if tiles.suits(g).suits else lowered
        yield from way.backward(g, Backward(None, w, dy, None, None, dx))


def turned(w: NDArray) -> NDArray:
    """w (C, 1, kh, kw) turned round, (C, kh, kw), in memory of its own: BLAS takes no rows that
    run backwards."""
    return np.ascontiguousarray(w[:, 0, ::-1, ::-1])


def _work(g: Geometry) -> int:
    """Multiply-adds, with those of zeros."""
    return g.work * plan(g).sees // g.window.kernel[1]


def _convolve(p: Plan, x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> list[Task]:
    """Tasks that write y (N, C, OH, OW); w (C, kh, kw)."""

    def task(low: int, high: int) -> None:
        bands = _bands(w[low:high], p)
        for i in range(0, len(x), p.images):
            frame = _frame(x[i : i + p.images, low:high], p)
            target = y[i : i + p.images, low:high]
            out = target if p.whole else scratch.buffer(ROWS, _padded(target, p), y.dtype)
            more = scratch.buffer(PRODUCT, out.shape, y.dtype)
            blocks, each = _blocks(out, p), _blocks(more, p)
            np.matmul(_seen(frame, 0, p), bands[:, 0], out=blocks)
            for row in range(1, p.window.kernel[0]):
                np.matmul(_seen(frame, row, p), bands[:, row], out=each)
                np.add(out, more, out=out)
            out = out[..., : p.out[1]]
            if not (_finite(frame) and _finite(bands)):
                _cell_by_cell(frame, w[low:high], out, p)
            if b is not None:
                np.add(out, b[low:high, None, None], out=target)
            elif not p.whole:
                np.copyto(target, out)

    return [partial(task, *span) for span in p.channels]


def _correlate(p: Plan, x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None) -> list[Task]:
    """Tasks that add to dw (C, kh, kw) and db (C): each all images of some channels, so that no
    two add to the same weights."""
    rows, cells = p.window.kernel

    def task(low: int, high: int) -> None:
        for i in range(0, len(x), p.images):
            frame = _frame(x[i : i + p.images, low:high], p)
            back = part = dy[i : i + p.images, low:high]
            n, c = part.shape[:2]
            if not p.whole:
                back = scratch.buffer(ROWS, _padded(part, p), dy.dtype)
                back[..., p.out[1] :] = 0
                np.copyto(back[..., : p.out[1]], part)
            blocks = _blocks(back, p)
            products = scratch.buffer(EACH, (n, c, p.blocks, p.sees, p.block), dy.dtype)
            sums = scratch.buffer(PRODUCT, (n, c, p.blocks, cells), dy.dtype)
            for row in range(rows):
                np.matmul(_seen(frame, row, p).swapaxes(3, 4), blocks, out=products)
                flat = products.reshape(-1, p.sees * p.block)
                np.matmul(flat, _pattern(p, dy.dtype).T, out=sums.reshape(-1, cells))
                if not _finite(sums):
                    np.add.reduce(_diagonals(products, p), axis=4, out=sums)
                total = scratch.buffer(SUMS, (c, cells), dy.dtype)
                np.add.reduce(sums, axis=(0, 2), out=total)
                np.add(dw[low:high, row], total, out=dw[low:high, row])
            if db is not None:
                total = scratch.buffer(SUMS, (c,), dy.dtype)
                np.add.reduce(part, axis=(0, 2, 3), out=total)
                np.add(db[low:high], total, out=db[low:high])

    return [partial(task, *span) for span in p.channels]


@lru_cache(maxsize=256)
def _ones(sees: int, block: int, cells: int, steps: Pair, dtype: np.dtype) -> NDArray:
    stride, dilation = steps
    pattern = np.zeros((cells, sees, block), dtype)
    for j, b in np.ndindex(cells, block):
        pattern[j, stride * b + j * dilation, b] = 1
    return pattern.reshape(cells, -1)


def _pattern(p: Plan, dtype: np.dtype) -> NDArray:
    """Where the weights of a row are in a band: ones (kw, cells seen x block) among zeros."""
    steps = (p.window.stride[1], p.window.dilation[1])
    return _ones(p.sees, p.block, p.window.kernel[1], steps, dtype)


def _bands(w: NDArray, p: Plan) -> NDArray:
    """w (C, kh, kw) as (C, kh, 1, cells seen, outputs of a block)."""
    c, rows, cells = w.shape
    bands = scratch.buffer(PART, (c, rows, 1, p.sees, p.block), w.dtype)
    np.matmul(w.reshape(-1, cells), _pattern(p, w.dtype), out=bands.reshape(c * rows, -1))
    return bands


def _diagonals(bands: NDArray, p: Plan) -> NDArray:
    """A view of what a pattern picks of (..., cells seen, block): (..., kw, block)."""
    *strides, down, right = bands.strides
    shape = (*bands.shape[:-2], p.window.kernel[1], p.block)
    steps = (p.window.dilation[1] * down, p.window.stride[1] * down + right)
    return as_strided(bands, shape, (*strides, *steps))


def _finite(values: NDArray) -> bool:
    """Whether all are; of huge ones it may say no."""
    flat = values.reshape(-1)
    return isfinite(np.dot(flat, flat))


def _padded(y: NDArray, p: Plan) -> Sizes:
    """The shape of y (N, C, OH, OW) with whole blocks."""
    return (*y.shape[:3], p.block * p.blocks)


def _frame(x: NDArray, p: Plan) -> NDArray:
    """x (N, C, H, W) in its padding."""
    frame = scratch.buffer(INPUT, (*x.shape[:2], *p.frame), x.dtype)
    frame.fill(0)
    np.copyto(frame[(..., *p.to)], x[(..., *p.fro)])
    return frame


def _seen(frame: NDArray, row: int, p: Plan) -> NDArray:
    """What a row of the kernel sees: a view (N, C, blocks, OH, cells)."""
    n, c, down, right = frame.strides
    steps = (n, c, p.window.stride[1] * p.block * right, p.window.stride[0] * down, right)
    shape = (*frame.shape[:2], p.blocks, p.out[0], p.sees)
    return np.ndarray(shape, frame.dtype, frame, row * p.window.dilation[0] * down, steps)


def _blocks(y: NDArray, p: Plan) -> NDArray:
    """y (N, C, OH, blocks of a row) as (N, C, blocks, OH, block)."""
    return y.reshape(*y.shape[:3], p.blocks, p.block).swapaxes(2, 3)


def _cell_by_cell(frame: NDArray, w: NDArray, out: NDArray, p: Plan) -> None:
    """The convolution (N, C, OH, OW) of a frame without products with zeros."""
    more = scratch.buffer(COLUMNS, out.shape, out.dtype)
    out.fill(0)
    for i, j in np.ndindex(*p.window.kernel):
        where: Index = (..., *strided((i, j), p.window, p.out))
        np.multiply(frame[where], w[:, i, j, None, None], out=more)
        np.add(out, more, out=out)
