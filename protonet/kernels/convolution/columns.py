"""Columns of a convolution: which there are, how a batch is cut, and how they are made.

Arrays have their channels split into groups here: x (N, G, C, in...), y (N, G, M, out...),
w (G, M, C, kernel...), with C and M counted within a group.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Sizes, windows
from .geometry import Geometry
from .memory import COLUMNS, INPUT, ROWS, WEIGHTS
from .way import Piece

#: Values in a chunk's columns: two megabytes of floats, a large second-level cache.  Smaller
#: ones would be no faster: each step of Python between two products may have to wait for
#: another thread's.
VALUES = 1 << 19
#: Positions below which a GEMM spends its time on packing the weights.
POSITIONS = 256
#: Values in the columns of so small a batch that cutting it would only add steps.
WHOLE = 1 << 16


class Chunk(NamedTuple):
    """Images first..last, output rows top..bottom (of the first spatial axis), groups low..high."""

    first: int
    last: int
    top: int
    bottom: int
    low: int
    high: int


class Plan:
    """How the columns of one shape are made.

    last: channels innermost; columns are then (images * positions, k C), and else
    (images, groups, C k, positions).  point: no window, x itself is the columns.
    """

    def __init__(self, g: Geometry) -> None:
        self.images, self.groups, self.channels = g.images, g.group, g.channels
        self.size, self.out, self.window, self.dtype = g.size, g.out, g.window, g.dtype
        self.depth = g.depth
        self.point = g.window.pointwise
        self.last = self.groups == 1 and self._channels_last()
        self.row = prod(self.out[1:])
        self.chunks = self._cut()
        self.pieces = [self._piece(chunk, g.outputs) for chunk in self.chunks]

    def _channels_last(self) -> bool:
        """Does NHWC give the longer runs to copy?"""
        kernel, stride, dilation = self.window.kernel, self.window.stride, self.window.dilation
        if self.point:
            return self.out[0] < 32
        run_last = self.channels * (kernel[-1] if dilation[-1] == 1 else 1)
        run_planes = self.out[-1] if stride[-1] == 1 else 2
        return run_last > min(run_planes, 96)

    def _cut(self) -> list[Chunk]:
        """The batch in chunks of so many columns: by the shape, not by the threads."""
        rows, row = self.out[0], self.row
        total = self.images * rows * row * self.groups
        wanted = min(max(VALUES // self.depth, POSITIONS), max(total // 4, POSITIONS // 3))
        if total * self.depth <= min(WHOLE, VALUES):
            wanted = total
        if wanted >= rows * row:
            images = cut(
                self.images, even(-(-self.images // (wanted // (rows * row))), self.images)
            )
            lines = [(0, rows)]
        else:
            images = cut(self.images, self.images)
            lines = cut(rows, even(-(-rows // max(1, wanted // row)), rows))
        columns = self.depth * max(j - i for i, j in images) * row * max(j - i for i, j in lines)
        groups = cut(self.groups, -(-self.groups // max(1, VALUES // columns)))
        return [Chunk(*i, *r, *g) for i in images for r in lines for g in groups]

    def _piece(self, chunk: Chunk, outputs: int) -> Piece:
        """What is written of y for a chunk."""
        return Piece(
            slice(chunk.first, chunk.last),
            slice(chunk.low * outputs, chunk.high * outputs),
            slice(chunk.top * self.row, chunk.bottom * self.row),
        )


def even(pieces: int, most: int) -> int:
    """An even number of pieces keeps two threads busy to the end."""
    return pieces + 1 if 1 < pieces < most and pieces % 2 else pieces


def cut(length: int, pieces: int) -> list[tuple[int, int]]:
    """range(length) in so many pieces of about one length."""
    return list(pairwise(length * i // pieces for i in range(pieces + 1)))


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    return Plan(g)


def frame_size(p: Plan, chunk: Chunk) -> Sizes:
    """Input that a chunk's windows see, with its padding."""
    rows = (chunk.bottom - chunk.top - 1) * p.window.stride[0] + p.window.extent[0]
    return (rows, *(n + 2 * pad for n, pad in zip(p.size[1:], p.window.pad[1:])))


def stage(x: NDArray, chunk: Chunk, p: Plan) -> NDArray:
    """The input of a chunk with its padding: (images, groups, C, in...) or, channels last,
    (images, in..., C)."""
    low = chunk.top * p.window.stride[0] - p.window.pad[0]
    first, end = max(low, 0), low + frame_size(p, chunk)[0]
    source = x[chunk.first : chunk.last, chunk.low : chunk.high, :, first : max(end, 0)]
    if not p.last and not any(p.window.pad):
        return source
    key = ("stage", p, chunk.top, chunk.bottom, *source.shape[:2])
    frame, inside = scratch.views(key, lambda: _frame(p, chunk, source.shape))
    if any(p.window.pad):
        frame.fill(0)
    np.copyto(inside, source)
    return frame


def _frame(p: Plan, chunk: Chunk, source: Sizes) -> tuple[NDArray, NDArray]:
    """Memory for a chunk's input, and the part of it that is not padding, as NCHW."""
    size = frame_size(p, chunk)
    above = max(p.window.pad[0] - chunk.top * p.window.stride[0], 0)
    inside = [slice(above, above + source[3])]
    inside += [slice(pad, pad + n) for n, pad in zip(p.size[1:], p.window.pad[1:])]
    if p.last:
        frame = scratch.buffer(INPUT, (source[0], *size, p.channels), p.dtype)
        part = frame[(slice(None), *inside)]
        return frame, part.transpose(0, part.ndim - 1, *range(1, part.ndim - 1))[:, None]
    frame = scratch.buffer(INPUT, (*source[:3], *size), p.dtype)
    where: Index = (..., *inside)
    return frame, frame[where]


def columns(x: NDArray, chunk: Chunk, p: Plan, ones: bool = False) -> NDArray:
    """Columns of a chunk.  ones: one row more, of ones, whose weight is the bias."""
    frame = stage(x, chunk, p)
    if p.point:
        return frame.reshape(-1, p.channels) if p.last else frame
    images, out = chunk.last - chunk.first, (chunk.bottom - chunk.top, *p.out[1:])
    positions, axes = prod(out), len(out)
    if p.last:
        view = windows(frame, p.window, out, 1, 1 + axes)
        cols = scratch.buffer(COLUMNS, view.shape, p.dtype)
        np.copyto(cols, view)
        return cols.reshape(images * positions, p.depth)
    groups = chunk.high - chunk.low
    cols = scratch.buffer(COLUMNS, (images, groups, p.depth + ones, positions), p.dtype)
    view = windows(frame, p.window, out, 3, 3)
    np.copyto(cols[:, :, : p.depth].reshape(view.shape), view)
    if ones:
        cols[:, :, p.depth] = 1
    return cols


def block(y: NDArray, chunk: Chunk, p: Plan) -> NDArray:
    """A chunk's part of y, (images, groups, M, positions): a view."""
    flat = y.reshape(*y.shape[:3], p.out[0] * p.row)
    positions = slice(chunk.top * p.row, chunk.bottom * p.row)
    return flat[chunk.first : chunk.last, chunk.low : chunk.high, :, positions]


def rows(y: NDArray, chunk: Chunk, p: Plan) -> NDArray:
    """A copy of a chunk's part of y with channels last, (images * positions, M)."""
    part = block(y, chunk, p)[:, 0]
    images, m, positions = part.shape
    copy = scratch.buffer(ROWS, (images, positions, m), y.dtype)
    np.copyto(copy, part.transpose(0, 2, 1))
    return copy.reshape(images * positions, m)


def matrix(w: NDArray, p: Plan, b: NDArray | None = None, name: str | None = WEIGHTS) -> NDArray:
    """w as it meets the columns: (G, M, C k), with b as a last column, or (M, k C); in scratch of
    this name, or, where it is not w itself, in memory of its own."""
    groups, m = w.shape[:2]
    if p.last:
        moved = w[0].transpose(0, *range(2, w.ndim - 1), 1)
        copy = _memory(name, moved.shape, w.dtype)
        np.copyto(copy, moved)
        return copy.reshape(m, p.depth)
    if b is None:
        return w.reshape(groups, m, p.depth)
    copy = _memory(name, (groups, m, p.depth + 1), w.dtype)
    copy[..., : p.depth], copy[..., p.depth] = w.reshape(groups, m, p.depth), b
    return copy


def _memory(name: str | None, shape: Sizes, dtype: np.dtype) -> NDArray:
    return np.empty(shape, dtype) if name is None else scratch.buffer(name, shape, dtype)
