"""The gradient of a convolution's input, by columns: multiply back, add to where it came from.

Arrays as in columns.py.  This is also a Deconvolution's way forward.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Window, scatter_add
from .columns import Chunk, Plan, block, columns, cut, matrix, plan, rows
from .geometry import Geometry
from .memory import COLUMNS, INPUT, PART, PRODUCT, TURNED
from .way import Task

Pairs = list[tuple[NDArray, NDArray]]

#: Lines of dx over those of dy up to which it pays to gather them.
LINES = 1.75


def scatter(g: Geometry, dy: NDArray, w: NDArray, dx: NDArray) -> list[Task]:
    """Tasks that write dx (N, G, C, in...): each dy (N, G, M, out...) times w over its window."""
    p, fold = plan(g), _fold_of(g)
    if fold is not None:
        return _folded(dy, w, dx, p, fold)
    # Rows of one image overlap in dx, so they stay in one task.
    spans: dict[tuple[int, int, int, int], list[Chunk]] = {}
    for chunk in p.chunks:
        spans.setdefault((chunk.first, chunk.last, chunk.low, chunk.high), []).append(chunk)
    # Where that leaves few tasks, each takes some of the channels.
    parts = cut(p.channels, 1 if len(spans) >= 4 else max(1, min(4, p.channels // 8)))
    whole = matrix(w, p, name=TURNED)

    def task(span: tuple[int, int, int, int], low: int, high: int) -> None:
        first, last, group, end = span
        part = dx[first:last, group:end, low:high]
        if p.last:
            weights = whole
            if len(parts) > 1:
                cells = whole.reshape(len(whole), -1, p.channels)[..., low:high]
                copy = scratch.buffer(PART, cells.shape, w.dtype)
                np.copyto(copy, cells)
                weights = copy.reshape(len(whole), -1)
            _scatter_last(dy, weights, part[:, 0], spans[span], p)
        else:
            cells = w[group:end, :, low:high]
            _scatter_planes(dy, cells, part, spans[span], p)

    return [partial(task, span, *part) for span in spans for part in parts]


def _scatter_planes(dy: NDArray, w: NDArray, dx: NDArray, chunks: list[Chunk], p: Plan) -> None:
    """dx (images, groups, C, in...), w (groups, M, C, kernel...)."""
    window, shape = p.window, dx.shape[:3]
    size = tuple(n + 2 * pad for n, pad in zip(p.size, window.pad))
    padded = scratch.buffer(INPUT, (*shape, *size), dx.dtype)
    padded.fill(0)
    depth = shape[2] * prod(window.kernel)
    weights = w.reshape(*w.shape[:2], depth)
    merged = padded.reshape(shape[0], shape[1] * shape[2], *size)
    for chunk in chunks:
        part = block(dy, chunk, p)
        out = (chunk.bottom - chunk.top, *p.out[1:])
        cols = scratch.buffer(COLUMNS, (*shape[:2], depth, part.shape[3]), dx.dtype)
        if w.shape[1] == 1:
            np.multiply(weights.swapaxes(1, 2), part, out=cols)
        else:
            np.matmul(weights.swapaxes(1, 2), part, out=cols)
        cells = merged[:, :, chunk.top * window.stride[0] :]
        scatter_add(cells, cols.reshape(*merged.shape[:2], *window.kernel, *out), window, out)
    inside: Index = (..., *(slice(pad, pad + n) for n, pad in zip(p.size, window.pad)))
    np.copyto(dx, padded[inside])


def _scatter_last(dy: NDArray, weights: NDArray, dx: NDArray, chunks: list[Chunk], p: Plan) -> None:
    """dx (images, C, in...), weights (M, k C)."""
    images, channels = dx.shape[:2]
    size = (n + 2 * pad for n, pad in zip(p.size, p.window.pad))
    shape = (images, *size, channels)
    key = ("scatter", p, images, channels)
    padded, targets = scratch.views(key, lambda: _targets(shape, chunks, p, COLUMNS))
    padded.fill(0)
    for chunk, (cols, pairs) in zip(chunks, targets):
        np.matmul(rows(dy, chunk, p), weights, out=cols)
        for target, source in pairs:
            np.add(target, source, out=target)
    inside = [slice(pad, pad + n) for n, pad in zip(p.size, p.window.pad)]
    part = padded[(slice(None), *inside)]
    np.copyto(dx, part.transpose(0, part.ndim - 1, *range(1, part.ndim - 1)))


class Fold(NamedTuple):
    """dx made in two steps: lines, from columns of dy along all axes but the last; and along the
    last, where each line stands alone, by adding to where it came from."""

    lines: Plan
    along: Plan


@lru_cache(maxsize=1024)
def _fold_of(g: Geometry) -> Fold | None:
    """Where strides allow it, and the sums over padding that this adds are few: more
    multiplications, but much fewer additions."""
    window = g.window
    pad = tuple(e - 1 - q for e, q in zip(window.extent[:-1], window.pad))
    if not plan(g).last or any(s != 1 for s in window.stride[:-1]) or min(pad, default=-1) < 0:
        return None
    if prod(window.kernel[:-1]) == 1 or prod(g.size[:-1]) > LINES * prod(g.out[:-1]):
        return None
    ones = (1,) * len(g.out)
    upright = Window((*window.kernel[:-1], 1), ones, (*pad, 0), (*window.dilation[:-1], 1))
    lines = plan(replace(g, channels=g.outputs, outputs=g.channels, size=g.out, window=upright))
    if not lines.last:
        return None
    along = [(*[n] * len(pad), last[-1]) for n, last in zip((1, 1, 0, 1), window)]
    return Fold(lines, plan(replace(g, window=Window(*along))))


def _folded(dy: NDArray, w: NDArray, dx: NDArray, p: Plan, fold: Fold) -> list[Task]:
    """Tasks that write dx in the two steps of Fold."""
    lines, along = fold
    # w (M, C, kernel...) -> (kernel but its last axis, turned; M; last axis, C).
    axes = range(2, 1 + len(p.out))
    backwards: Index = (0, slice(None), slice(None), *[slice(None, None, -1) for _ in axes])
    turned = w[backwards].transpose(*axes, 0, 1 + len(p.out), 1)
    weights = scratch.buffer(TURNED, turned.shape, w.dtype)
    np.copyto(weights, turned)
    flat = weights.reshape(lines.depth, -1)

    def task(chunk: Chunk) -> None:
        cols = columns(dy, chunk, lines)
        images, count = chunk.last - chunk.first, chunk.bottom - chunk.top
        shape = (images, count, *p.size[1:-1], p.size[-1] + 2 * p.window.pad[-1], p.channels)
        alone = [Chunk(0, images, 0, count, 0, 1)]
        key = ("fold", along, images, count)
        padded, targets = scratch.views(key, lambda: _targets(shape, alone, along, PRODUCT))
        products, pairs = targets[0]
        np.matmul(cols, flat, out=products)
        padded.fill(0)
        for target, source in pairs:
            np.add(target, source, out=target)
        side = p.window.pad[-1]
        part = padded[..., side : side + p.size[-1], :]
        out = dx[chunk.first : chunk.last, 0, :, chunk.top : chunk.bottom]
        np.copyto(out, part.transpose(0, part.ndim - 1, *range(1, part.ndim - 1)))

    return [partial(task, chunk) for chunk in lines.chunks]


def _targets(
    shape: tuple[int, ...], chunks: list[Chunk], p: Plan, name: str
) -> tuple[NDArray, list[tuple[NDArray, Pairs]]]:
    """Memory for dx (images, in..., C); for each chunk memory for its columns, and what of
    them is added where."""
    images, channels = shape[0], shape[-1]
    padded = scratch.buffer(INPUT, shape, p.dtype)
    column = (*p.out[1:], *p.window.kernel, channels)
    most = images * max(chunk.bottom - chunk.top for chunk in chunks)
    memory = scratch.buffer(name, (most, *column), p.dtype)
    targets = []
    for chunk in chunks:
        lines = chunk.bottom - chunk.top
        cols = memory[: images * lines].reshape(images, lines, *column)
        flat = cols.reshape(images * lines * p.row, -1)
        targets.append((flat, _pairs(padded, cols, chunk, p)))
    return padded, targets


def _pairs(padded: NDArray, cols: NDArray, chunk: Chunk, p: Plan) -> Pairs:
    """Parts of dx (images, in..., C), and of columns (images, out..., kernel..., C) to add.

    A row of the kernel and its channels are neighbours in the columns as in dx: they are
    added as one run.  Every `apart`-th run of a row of output touches other cells, so
    these are one operation.
    """
    window, out = p.window, [chunk.bottom - chunk.top, *p.out[1:]]
    channels, axes = cols.shape[-1], len(out)
    kernel, row = list(window.kernel), 1
    if window.dilation[-1] == 1:
        row = kernel.pop()
    apart = -(-row // window.stride[-1])
    if out[-1] <= 2 * apart:
        # One place of each row at a time: for sums over more than two axes in place NumPy
        # cannot tell that no cell is met twice, and copies them first.
        apart = out[-1]
    # Bytes from one output cell to the next, in dx and in the columns.
    cell = padded.strides[1:-1]
    to_step = [padded.strides[0], *(b * s for b, s in zip(cell, window.stride)), cols.itemsize]
    from_step = [*cols.strides[: 1 + axes], cols.itemsize]
    pairs = []
    for offset in product(*map(range, kernel)):
        to = chunk.top * to_step[1]
        to += sum(o * d * b for o, d, b in zip(offset, window.dilation, cell))
        fro = sum(o * b for o, b in zip(offset, cols.strides[1 + axes :]))
        for start in range(min(apart, out[-1])):
            count = -(-(out[-1] - start) // apart)
            sizes = [len(cols), *out[:-1], count, row * channels]
            ends = [
                np.ndarray(
                    sizes,
                    p.dtype,
                    array,
                    begin + start * step[axes],
                    [*step[:axes], apart * step[axes], step[-1]],
                )
                for array, begin, step in ((padded, to, to_step), (cols, fro, from_step))
            ]
            pairs.append((ends[0], ends[1]))
    return pairs
