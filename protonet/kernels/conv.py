"""Convolution as matrix products, for any number of spatial axes.

    y[n, m, o] = b[m] + sum over c, k of w[m, c, k] x[n, c, o * stride - pad + k * dilation]

Each window of x is written out as a column, and the sum becomes a GEMM ("im2col").  The
columns of a whole batch would be huge, so the work is cut into chunks, some images or some
rows of one image, whose columns stay in the cache; the threads share the chunks.  Three
ways, chosen by shape (`_lowering`):

* pointwise: 1x1 kernels need no columns, x is the matrix;
* planes: columns (C k, positions) cut out of NCHW; runs of one row of output are copied;
* channels last: the chunk is first turned into NHWC, so that runs of kw * C values are
  copied and added, which is much longer when there are many channels.

Depthwise convolution (one input channel for each output) has no sums worth a GEMM: see
depthwise.py.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import parallel
from .im2col import Sizes, Window, scatter_add, windows

#: Values in a chunk's columns: a megabyte of floats, half of a usual second-level cache.
COLUMNS = 1 << 18
#: Positions below which a GEMM spends its time on packing the weights.
POSITIONS = 256
#: Values in all partial sums of a weight gradient together.
PARTIALS = 1 << 22


class Chunk(NamedTuple):
    """Images first..last, output rows top..bottom (rows: of the first spatial axis)."""

    first: int
    last: int
    top: int
    bottom: int


def forward(
    x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, window: Window, group: int = 1
) -> None:
    """y = x * w + b.  x (N, C, in...), w (M, C / group, kernel...), y (N, M, out...)."""
    for xg, wg, bg, yg in _groups(group, (x, 1), (w, 0), (b, 0), (y, 1)):
        _forward(xg, wg, bg, yg, window)


def backward_weights(
    x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None, window: Window, group: int = 1
) -> None:
    """Add the gradients to dw, the correlation of x with dy, and to db, the sum of dy."""
    for xg, wg, bg, yg in _groups(group, (x, 1), (dw, 0), (db, 0), (dy, 1)):
        _backward_weights(xg, yg, wg, bg, window)


def backward_data(dy: NDArray, w: NDArray, dx: NDArray, window: Window, group: int = 1) -> None:
    """Write dx: each dy spread over its window, weighted by w."""
    for xg, wg, yg in _groups(group, (dx, 1), (w, 0), (dy, 1)):
        _backward_data(yg, wg, xg, window)


def backward_bias(dy: NDArray, db: NDArray) -> None:
    """Add to db the sum of dy (N, M, out...) over images and positions."""
    flat = dy.reshape(*dy.shape[:2], -1)
    sums = parallel.buffer("sums", flat.shape[:2], dy.dtype)
    step = max(1, COLUMNS // max(1, flat[0].size))
    parallel.for_chunks(len(flat), step, lambda i, j: np.add.reduce(flat[i:j], 2, out=sums[i:j]))
    total = parallel.buffer("total", db.shape, db.dtype)
    np.add(db, np.add.reduce(sums, axis=0, out=total), out=db)


def add_bias(y: NDArray, b: NDArray) -> None:
    """y (N, M, out...) += b (M), in place."""
    flat, bias = y.reshape(*y.shape[:2], -1), b[:, None]
    step = max(1, COLUMNS // max(1, flat[0].size))
    parallel.for_chunks(len(flat), step, lambda i, j: np.add(flat[i:j], bias, out=flat[i:j]))


def _groups(group: int, *arrays: tuple[NDArray | None, int]):
    """For each group the part of each (array, axis) that belongs to it."""
    for g in range(group):
        yield tuple(
            None if a is None else a[(slice(None),) * axis + (_part(a.shape[axis], g, group),)]
            for a, axis in arrays
        )


def _part(length: int, g: int, group: int) -> slice:
    size = length // group
    return slice(g * size, (g + 1) * size)


def _flat(*arrays: NDArray) -> list[NDArray]:
    """All spatial axes as one."""
    return [a.reshape(*a.shape[:2], prod(a.shape[2:])) for a in arrays]


POINT = Window((1,), (1,), (0,), (1,))


def _channels_last(channels: int, window: Window, out: Sizes) -> bool:
    """Whether columns are cut out of NHWC: where that gives the longer runs."""
    if window is POINT:
        return out[0] < 32
    run_last = channels * (window.kernel[-1] if window.dilation[-1] == 1 else 1)
    run_planes = out[-1] if window.stride[-1] == 1 else 2
    return run_last > min(run_planes, 96)


@lru_cache(maxsize=512)
def _chunks(images: int, rows: int, row: int, depth: int) -> list[Chunk]:
    """Cut a batch, `row` positions in each of `rows` rows, `depth` values in a column."""
    total = images * rows * row
    wanted = min(max(COLUMNS // depth, POSITIONS), max(total // 8, POSITIONS // 3))
    if wanted >= rows * row:
        pieces = _even(-(-images // (wanted // (rows * row))), images)
        return [Chunk(a, b, 0, rows) for a, b in _cut(images, pieces)]
    pieces = _even(-(-rows // max(1, wanted // row)), rows)
    return [Chunk(n, n + 1, a, b) for n in range(images) for a, b in _cut(rows, pieces)]


def _even(pieces: int, most: int) -> int:
    """An even number of pieces keeps two threads busy to the end."""
    return pieces + 1 if 1 < pieces < most and pieces % 2 else pieces


def _cut(length: int, pieces: int) -> list[tuple[int, int]]:
    ends = [length * i // pieces for i in range(pieces + 1)]
    return list(pairwise(ends))


def _stage(x: NDArray, chunk: Chunk, window: Window, last: bool) -> NDArray:
    """The padded part of x that a chunk's windows see: NCHW, or NHWC if `last`."""
    stride, pad = window.stride[0], window.pad[0]
    low = chunk.top * stride - pad
    high = (chunk.bottom - 1) * stride + window.extent[0] - pad
    source = x[chunk.first : chunk.last, :, max(low, 0) : max(min(high, x.shape[2]), 0)]
    if not last and not any(window.pad):
        return source
    size = (high - low, *(n + 2 * p for n, p in zip(x.shape[3:], window.pad[1:])))
    images, channels = source.shape[:2]
    if last:
        source = source.transpose(0, *range(2, source.ndim), 1)
        staged = parallel.buffer("input", (images, *size, channels), x.dtype)
    else:
        staged = parallel.buffer("input", (images, channels, *size), x.dtype)
    if any(window.pad):
        staged.fill(0)
    axis = 1 if last else 2
    above = max(-low, 0)
    inside = [slice(above, above + source.shape[axis])]
    inside += [slice(p, p + n) for n, p in zip(x.shape[3:], window.pad[1:])]
    np.copyto(staged[(slice(None),) * axis + tuple(inside)], source)
    return staged


def _columns(
    x: NDArray, chunk: Chunk, window: Window, out: Sizes, last: bool, ones: bool
) -> NDArray:
    """Columns of a chunk: (images, C k, positions), or (images * positions, k C) if `last`.

    ones: one row more, of ones, for which the bias is the weight (not with `last`).
    """
    staged = _stage(x, chunk, window, last)
    images, channels = chunk.last - chunk.first, x.shape[1]
    out = (chunk.bottom - chunk.top, *out[1:])
    positions, cells = prod(out), prod(window.kernel)
    if window is POINT:
        return staged.reshape(-1, channels) if last else staged
    if last:
        view = windows(staged, window, out, 1, 1 + len(out))
        cols = parallel.buffer("columns", view.shape, x.dtype)
        np.copyto(cols, view)
        return cols.reshape(images * positions, cells * channels)
    depth = channels * cells
    cols = parallel.buffer("columns", (images, depth + ones, positions), x.dtype)
    view = windows(staged, window, out, 2, 2)
    np.copyto(cols[:, :depth].reshape(view.shape), view)
    if ones:
        cols[:, depth] = 1
    return cols


def _block(y: NDArray, chunk: Chunk) -> NDArray:
    """A chunk's part of y (N, M, out...), as (images, M, positions); a view."""
    row = prod(y.shape[3:])
    flat = y.reshape(*y.shape[:2], y.shape[2] * row)
    return flat[chunk.first : chunk.last, :, chunk.top * row : chunk.bottom * row]


def _rows(y: NDArray, chunk: Chunk) -> NDArray:
    """A copy of a chunk's part of y with channels last: (images * positions, M)."""
    block = _block(y, chunk)
    images, m, positions = block.shape
    rows = parallel.buffer("output", (images, positions, m), y.dtype)
    np.copyto(rows, block.transpose(0, 2, 1))
    return rows.reshape(images * positions, m)


def _weights_last(w: NDArray, name: str = "weights") -> NDArray:
    """w (M, C, kernel...) as a matrix (M, kernel... C)."""
    moved = np.moveaxis(w, 1, -1)
    copy = parallel.buffer(name, moved.shape, w.dtype)
    np.copyto(copy, moved)
    return copy.reshape(w.shape[0], -1)


def _plan(x: NDArray, y: NDArray, window: Window) -> tuple[NDArray, NDArray, Window, bool, list]:
    """x and y as they are handled, whether channels come last, and the chunks."""
    if window.pointwise:
        x, y = _flat(x, y)
        window = POINT
    out = y.shape[2:]
    last = _channels_last(x.shape[1], window, out)
    depth = x.shape[1] * prod(window.kernel)
    return x, y, window, last, _chunks(x.shape[0], out[0], prod(out[1:]), depth)


def _forward(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, window: Window) -> None:
    x, y, window, last, chunks = _plan(x, y, window)
    out = y.shape[2:]
    ones = b is not None and not last and window is not POINT
    matrix = _weights_last(w) if last else w.reshape(w.shape[0], -1)
    if ones:
        matrix = _with_bias(matrix, b)

    def task(i: int) -> None:
        cols = _columns(x, chunks[i], window, out, last, ones)
        block = _block(y, chunks[i])
        if last:
            images, m, positions = block.shape
            rows = parallel.buffer("output", (images * positions, m), y.dtype)
            np.matmul(cols, matrix.T, out=rows)
            turned = rows.reshape(images, positions, m).transpose(0, 2, 1)
        else:
            np.matmul(matrix, cols, out=block)
            turned = block
        if b is not None and not ones:
            np.add(turned, b[:, None], out=block)
        elif last:
            np.copyto(block, turned)

    parallel.run(task, len(chunks))


def _with_bias(w: NDArray, b: NDArray) -> NDArray:
    """w (M, K) with the bias as one column more."""
    m, k = w.shape
    matrix = parallel.buffer("weights", (m, k + 1), w.dtype)
    matrix[:, :k], matrix[:, k] = w, b
    return matrix


def _backward_weights(
    x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None, window: Window
) -> None:
    x, dy, window, last, chunks = _plan(x, dy, window)
    out = dy.shape[2:]
    m, bias = len(dw), db is not None
    depth = dw.size // m
    ones = bias and not last and window is not POINT
    # Each slot adds up a run of chunks; the slots are then added up in order.
    slots = _cut(len(chunks), min(len(chunks), 8, max(2, PARTIALS // dw.size)))
    partials = parallel.buffer("partials", (len(slots), m, depth + bias), dw.dtype)

    def product(chunk: Chunk, target: NDArray) -> None:
        cols = _columns(x, chunk, window, out, last, ones)
        if last:
            rows = _rows(dy, chunk)
            np.matmul(rows.T, cols, out=target[:, :depth])
            if bias:
                np.add.reduce(rows, axis=0, out=target[:, depth])
        elif ones or not bias:
            _correlate(_block(dy, chunk), cols, target)
        else:
            _correlate(_block(dy, chunk), cols, target[:, :depth])
            np.add.reduce(_block(dy, chunk), axis=(0, 2), out=target[:, depth])

    def task(slot: int) -> None:
        first, end = slots[slot]
        product(chunks[first], partials[slot])
        for i in range(first + 1, end):
            target = parallel.buffer("product", (m, depth + bias), dw.dtype)
            product(chunks[i], target)
            np.add(partials[slot], target, out=partials[slot])

    def finish(i: int, j: int) -> None:
        total = partials[0, i:j]
        for partial in partials[1:, i:j]:
            np.add(total, partial, out=total)
        part, values = dw[i:j], total[:, :depth]
        if last:
            part = np.moveaxis(part, 1, -1)
        np.add(part, values.reshape(part.shape), out=part)
        if bias:
            np.add(db[i:j], total[:, depth], out=db[i:j])

    parallel.run(task, len(slots))
    parallel.for_chunks(m, max(1, -(-m // 8) if dw.size > COLUMNS else m), finish)


def _correlate(dy: NDArray, cols: NDArray, out: NDArray) -> None:
    """out (M, K) = sum over images of dy (n, M, P) @ cols (n, K, P).T"""
    if len(dy) == 1:
        np.matmul(dy[0], cols[0].T, out=out)
        return
    each = parallel.buffer("each", (len(dy), *out.shape), out.dtype)
    np.matmul(dy, cols.transpose(0, 2, 1), out=each)
    np.add.reduce(each, axis=0, out=out)


def _backward_data(dy: NDArray, w: NDArray, dx: NDArray, window: Window) -> None:
    gathered = _transposed(window)
    if gathered and prod(dx.shape[2:]) <= 1.35 * prod(dy.shape[2:]):
        _forward(dy, _turned(w), None, dx, gathered)
    else:
        _scatter(dy, w, dx, window)


def _transposed(window: Window) -> Window | None:
    """The window with which a convolution of dy gives dx: only for strides of one."""
    pad = tuple(e - 1 - p for e, p in zip(window.extent, window.pad))
    if any(s != 1 for s in window.stride) or any(p < 0 for p in pad):
        return None
    return Window(window.kernel, window.stride, pad, window.dilation)


def _turned(w: NDArray) -> NDArray:
    """w with inputs and outputs exchanged and the kernel turned round."""
    turned = np.swapaxes(w, 0, 1)[(..., *(slice(None, None, -1) for _ in w.shape[2:]))]
    copy = parallel.buffer("turned", turned.shape, w.dtype)
    np.copyto(copy, turned)
    return copy


def _scatter(dy: NDArray, w: NDArray, dx: NDArray, window: Window) -> None:
    """dx by columns: multiply back, and add each column to the cells it was taken from."""
    out = dy.shape[2:]
    last = _channels_last(dx.shape[1], window, out)
    channels = dx.shape[1]
    chunks = _chunks(dx.shape[0], out[0], prod(out[1:]), channels * prod(window.kernel))
    # Rows of one image overlap in dx, so they stay in one task, with some of the channels.
    images = sorted({(chunk.first, chunk.last) for chunk in chunks})
    parts = _cut(channels, 1 if len(images) >= 4 else max(1, min(4, channels // 8)))
    tasks = [(span, part) for span in images for part in parts]
    matrix = _weights_last(w) if last else w

    def task(i: int) -> None:
        (first, end), (low, high) = tasks[i]
        mine = [chunk for chunk in chunks if chunk.first == first]
        part = dx[first:end, low:high]
        if last:
            whole = matrix if len(parts) == 1 else _weights_last(w[:, low:high], "part")
            _scatter_last(dy, whole, part, window, mine)
        else:
            _scatter_planes(dy, w[:, low:high], part, window, mine)

    parallel.run(task, len(tasks))


def _scatter_planes(
    dy: NDArray, w: NDArray, dx: NDArray, window: Window, chunks: list[Chunk]
) -> None:
    images, channels = dx.shape[:2]
    size = tuple(n + 2 * p for n, p in zip(dx.shape[2:], window.pad))
    padded = parallel.buffer("input", (images, channels, *size), dx.dtype)
    padded.fill(0)
    matrix = w.reshape(w.shape[0], -1).T
    for chunk in chunks:
        block = _block(dy, chunk)
        out = (chunk.bottom - chunk.top, *dy.shape[3:])
        cols = parallel.buffer("columns", (images, matrix.shape[0], block.shape[2]), dx.dtype)
        np.matmul(matrix, block, out=cols)
        cells = padded[:, :, chunk.top * window.stride[0] :]
        scatter_add(cells, cols.reshape(images, channels, *window.kernel, *out), window, out)
    inside = [slice(p, p + n) for n, p in zip(dx.shape[2:], window.pad)]
    np.copyto(dx, padded[(..., *inside)])


def _scatter_last(
    dy: NDArray, matrix: NDArray, dx: NDArray, window: Window, chunks: list[Chunk]
) -> None:
    images, channels = dx.shape[:2]
    size = tuple(n + 2 * p for n, p in zip(dx.shape[2:], window.pad))
    padded = parallel.buffer("input", (images, *size, channels), dx.dtype)
    padded.fill(0)
    for chunk in chunks:
        rows = _rows(dy, chunk)
        out = (chunk.bottom - chunk.top, *dy.shape[3:])
        cols = parallel.buffer("columns", (len(rows), matrix.shape[1]), dx.dtype)
        np.matmul(rows, matrix, out=cols)
        cols = cols.reshape(images, *out, *window.kernel, channels)
        _add_last(padded, chunk.top * window.stride[0], cols, window, out)
    inside = [slice(p, p + n) for n, p in zip(dx.shape[2:], window.pad)]
    np.copyto(dx, np.moveaxis(padded[(slice(None), *inside)], -1, 1))


def _add_last(padded: NDArray, top: int, cols: NDArray, window: Window, out: Sizes) -> None:
    """scatter_add with channels last: cols (N, out..., kernel..., C), to rows from `top` on."""
    key = (padded.shape, cols.shape, padded.dtype, top, window)
    pairs = parallel.views(key, (padded, cols), lambda: _pairs(padded, top, cols, window, out))
    for target, source in pairs:
        np.add(target, source, out=target)


def _pairs(
    padded: NDArray, top: int, cols: NDArray, window: Window, out: Sizes
) -> list[tuple[NDArray, NDArray]]:
    """Which part of `padded` each part of `cols` is added to.

    A row of the kernel and its channels are neighbours in `cols` as in `padded`: they are
    added as one run.  Every `apart`-th run of a row of output touches other cells, so
    these are one operation.
    """
    kernel, channels = list(window.kernel), cols.shape[-1]
    row = 1
    if window.dilation[-1] == 1:
        row = kernel.pop()
    apart = -(-row // window.stride[-1])
    axes = len(out)
    # Bytes from one output cell to the next, in the frame and in the columns.
    cell = padded.strides[1:-1]
    to_step = [padded.strides[0], *(b * s for b, s in zip(cell, window.stride)), cols.itemsize]
    from_step = [*cols.strides[: 1 + axes], cols.itemsize]
    to_step[axes] *= apart
    from_step[axes] *= apart
    shape = [len(cols), *out, row * channels]
    pairs = []
    for offset in product(*map(range, kernel)):
        to = top * cell[0] + sum(o * d * b for o, d, b in zip(offset, window.dilation, cell))
        fro = sum(o * b for o, b in zip(offset, cols.strides[1 + axes :]))
        for start in range(min(apart, out[-1])):
            shape[axes] = -(-(out[-1] - start) // apart)
            to_start = to + start * cell[-1] * window.stride[-1]
            from_start = fro + start * cols.strides[axes]
            pairs.append(
                (
                    np.ndarray(shape, padded.dtype, padded, to_start, to_step),
                    np.ndarray(shape, cols.dtype, cols, from_start, from_step),
                )
            )
    return pairs
