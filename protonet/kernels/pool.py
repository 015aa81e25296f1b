"""Pooling over planes: maximum and average.

A window may hang over the edges of the plane.  So each chunk of planes is copied into a
frame that is as large as all windows together, filled with what does not count (the
lowest number for a maximum, 0 for a sum).  Then the cells at one place of all windows are
one strided slice, and the loops run over the places of a window, not over the windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads

#: Values of a chunk of planes.  A chunk takes a dozen short NumPy calls, and threads that make
#: many of those wait for one another: so the chunks are few, and a small blob is only one.
PIECE = 3 << 17

Pair = tuple[int, int]


class Pool(NamedTuple):
    """Kernel, stride, pad (height, width) and the size of the output plane.  end: the padding
    below and to the right, where it is another."""

    kernel: Pair
    stride: Pair
    pad: Pair
    out: Pair
    end: Pair | None = None

    @property
    def cells(self) -> int:
        return self.kernel[0] * self.kernel[1]

    @property
    def frame(self) -> Pair:
        """The size that all windows cover together."""
        h, w = ((n - 1) * s + k for n, s, k in zip(self.out, self.stride, self.kernel))
        return h, w

    def places(self) -> Iterator[tuple[int, slice, slice]]:
        """For each cell of a window: its number and where in the frame it lies."""
        (kh, kw), (sh, sw), (oh, ow) = self.kernel, self.stride, self.out
        for i in range(kh):
            for j in range(kw):
                rows = slice(i, i + sh * (oh - 1) + 1, sh)
                yield i * kw + j, rows, slice(j, j + sw * (ow - 1) + 1, sw)

    def whole(self, size: Pair) -> bool:
        """Is there one window, and does it lie on the whole plane?"""
        return self.out == (1, 1) and self.kernel == size and self.pad == (0, 0)

    def mask_dtype(self) -> np.dtype:
        """Of the number of a cell in its window."""
        return np.dtype(np.uint8 if self.cells < 256 else np.int32)

    def divisor(self, size: Pair, dtype: np.dtype, counts_pad: bool = True) -> NDArray:
        """Cells of each window that lie in the plane or, if it counts, its padding, (OH, OW)."""
        return _divisor(self, size, dtype, counts_pad)


@lru_cache(maxsize=256)
def _divisor(pool: Pool, size: Pair, dtype: np.dtype, counts_pad: bool) -> NDArray:
    counts = []
    ends = pool.end or pool.pad
    for n, k, s, p, end, out in zip(size, pool.kernel, pool.stride, pool.pad, ends, pool.out):
        start = np.arange(out) * s - p
        low, high = (start, n + end) if counts_pad else (np.maximum(start, 0), n)
        # At least 1: a long stride may leave a last window outside of everything.
        counts.append(np.maximum(np.minimum(start + k, high) - low, 1))
    cells: NDArray = np.multiply.outer(*counts).astype(dtype)
    cells.flags.writeable = False
    return cells


def out_size(
    size: Pair, kernel: Pair, stride: Pair, pad: Pair, ceil: bool, end: Pair | None = None
) -> Pair:
    """Windows along each axis, by Caffe's rules.

    With any padding, a last window that would start beyond plane and left padding is
    dropped again: it would see nothing.
    """
    out, end = [], end or pad
    for n, k, s, p, e in zip(size, kernel, stride, pad, end):
        room = n + p + e - k
        count = (-(-room // s) if ceil else room // s) + 1
        if (any(pad) or any(end)) and (count - 1) * s >= n + p:
            count -= 1
        out.append(count)
    return out[0], out[1]


def same(size: Pair, kernel: Pair, stride: Pair) -> tuple[Pair, Pair, Pair]:
    """TensorFlow's SAME: ceil(n / stride) windows an axis, and the padding before and behind."""
    counts = [-(-n // s) for n, s in zip(size, stride)]
    room = [max(0, k - (n % s or s)) for n, k, s in zip(size, kernel, stride)]
    before = [r // 2 for r in room]
    after = [r - b for r, b in zip(room, before)]
    return (counts[0], counts[1]), (before[0], before[1]), (after[0], after[1])


def for_planes(planes: int, values: int, fn: Callable[[int, int], object]) -> None:
    """fn(start, stop) for chunks of planes of `values` values each."""
    chunks = -(-planes * values // threads.piece(PIECE))
    chunks += chunks > 1 and chunks % 2  # an even number of them keeps two busy to the end
    threads.for_chunks(planes, -(-planes // max(1, chunks)), fn)


def framed(x: NDArray, pool: Pool, fill: float) -> NDArray:
    """x (planes, H, W) in a frame; x itself where it is one already."""
    height, width = pool.frame
    (ph, pw), (_, h, w) = pool.pad, x.shape
    if (ph, pw) == (0, 0) and h >= height and w >= width:
        return x
    frame = scratch.buffer("frame", (len(x), height, width), x.dtype)
    frame.fill(fill)
    rows, columns = min(h, height - ph), min(w, width - pw)
    np.copyto(frame[:, ph : ph + rows, pw : pw + columns], x[:, :rows, :columns])
    return frame


def unframe(frame: NDArray, dx: NDArray, pool: Pool) -> None:
    """Write dx: what lies inside the plane; 0 where no window reaches."""
    (ph, pw), (_, h, w) = pool.pad, dx.shape
    inside = frame[:, ph : ph + h, pw : pw + w]
    if inside.shape != dx.shape:
        dx.fill(0)
    np.copyto(dx[:, : inside.shape[1], : inside.shape[2]], inside)


def max_forward(x: NDArray, y: NDArray, mask: NDArray | None, pool: Pool) -> None:
    """y: the largest value of each window; mask: the number of its cell in the window.

    x (planes, H, W), y and mask (planes, OH, OW).  The first of equal values wins.  NaN
    is passed on.
    """
    lowest = float(np.finfo(x.dtype).min)

    def chunk(start: int, stop: int) -> None:
        part = None if mask is None else mask[start:stop]
        if pool.whole(x.shape[1:]):
            _max_whole(x[start:stop], y[start:stop], part)
        elif part is None:
            fold(np.maximum, framed(x[start:stop], pool, lowest), y[start:stop], pool)
        else:
            _max_forward(framed(x[start:stop], pool, lowest), y[start:stop], part, pool)

    for_planes(len(x), x.shape[1] * x.shape[2], chunk)


def _max_whole(x: NDArray, y: NDArray, mask: NDArray | None) -> None:
    flat = x.reshape(len(x), -1)
    np.max(flat, axis=1, out=y.reshape(-1))
    if mask is not None:
        mask.reshape(-1)[:] = flat.argmax(axis=1)


def _max_forward(frame: NDArray, y: NDArray, mask: NDArray, pool: Pool) -> None:
    # A contiguous copy of the slice first: it is read twice, and what follows is fast.
    value = scratch.buffer("value", y.shape, y.dtype)
    larger = scratch.buffer("larger", y.shape, np.bool_)
    number = scratch.buffer("number", y.shape, mask.dtype)
    mask.fill(0)
    for k, rows, columns in pool.places():
        if k == 0:
            np.copyto(y, frame[:, rows, columns])
            continue
        np.copyto(value, frame[:, rows, columns])
        # Later places have higher numbers: the last that was larger stays.
        np.greater(value, y, out=larger)
        np.multiply(larger.view(np.uint8), mask.dtype.type(k), out=number)
        np.maximum(mask, number, out=mask)
        np.maximum(y, value, out=y)


def max_backward(dy: NDArray, mask: NDArray, dx: NDArray, pool: Pool) -> None:
    """Write dx: each dy goes to the cell that `mask` names."""

    def chunk(start: int, stop: int) -> None:
        if pool.whole(dx.shape[1:]):
            part = dx[start:stop].reshape(stop - start, -1)
            part.fill(0)
            part[np.arange(stop - start), mask[start:stop].reshape(-1)] = dy[start:stop].reshape(-1)
        elif all(s >= k for s, k in zip(pool.stride, pool.kernel)):
            _max_backward_apart(dy[start:stop], mask[start:stop], dx[start:stop], pool)
        else:
            _max_backward(dy[start:stop], mask[start:stop], dx[start:stop], pool)

    for_planes(len(dx), dx.shape[1] * dx.shape[2], chunk)


def _max_backward(dy: NDArray, mask: NDArray, dx: NDArray, pool: Pool) -> None:
    # Windows overlap: each dy is added to the cell that is named, which others may name too.
    height, width = pool.frame
    across = pool.kernel[1]
    corner = np.arange(pool.out[0])[:, None] * (pool.stride[0] * width)
    corner = corner + np.arange(pool.out[1]) * pool.stride[1]
    cells = scratch.buffer("cells", dy.shape, np.intp)
    row = scratch.buffer("number", mask.shape, mask.dtype)
    np.floor_divide(mask, mask.dtype.type(across), out=row)
    np.multiply(row, np.intp(width - across), out=cells)
    np.add(cells, mask, out=cells)
    np.add(cells, corner, out=cells)
    np.add(cells, np.arange(len(dy))[:, None, None] * (height * width), out=cells)
    frame = scratch.buffer("frame", (len(dx), height, width), dx.dtype)
    frame.fill(0)
    np.add.at(frame.reshape(-1), cells.reshape(-1), dy.reshape(-1))
    unframe(frame, dx, pool)


def _max_backward_apart(dy: NDArray, mask: NDArray, dx: NDArray, pool: Pool) -> None:
    # dy where the mask names the cell, else 0: with the bits of the float, since a
    # product with 0 would spread an infinity.
    bits = np.dtype(f"i{dy.dtype.itemsize}")
    chosen = scratch.buffer("larger", dy.shape, np.bool_)
    sign = scratch.buffer("sign", dy.shape, np.int8)
    select = scratch.buffer("value", dy.shape, bits)
    direct = pool.pad == (0, 0) and pool.frame == dx.shape[1:]
    frame = dx if direct else scratch.buffer("frame", (len(dx), *pool.frame), dx.dtype)
    if pool.stride != pool.kernel:
        frame.fill(0)
    for k, rows, columns in pool.places():
        np.equal(mask, mask.dtype.type(k), out=chosen)
        np.negative(chosen.view(np.int8), out=sign)
        np.copyto(select, sign)
        np.bitwise_and(dy.view(bits), select, out=frame[:, rows, columns].view(bits))
    if not direct:
        unframe(frame, dx, pool)


def max_index(mask: NDArray, pool: Pool, size: Pair, out: NDArray) -> None:
    """out: the flat index h * W + w in its plane of each cell that `mask` names."""
    (height, width), kw = size, pool.kernel[1]
    top = np.arange(pool.out[0])[:, None] * pool.stride[0] - pool.pad[0]
    left = np.arange(pool.out[1]) * pool.stride[1] - pool.pad[1]
    corner = (top * width + left).astype(out.dtype)

    def chunk(start: int, stop: int) -> None:
        part, index = mask[start:stop], out[start:stop]
        step = scratch.buffer("number", part.shape, mask.dtype)
        np.floor_divide(part, kw, out=step)
        np.multiply(step, index.dtype.type(width), out=index)
        np.remainder(part, kw, out=step)
        index += step
        index += corner
        # Only a window of nothing but -inf can name a cell of the padding.
        np.clip(index, 0, height * width - 1, out=index)

    for_planes(len(mask), pool.out[0] * pool.out[1], chunk)


def ave_forward(x: NDArray, y: NDArray, pool: Pool, counts_pad: bool = True) -> None:
    """y: the mean of each window, padding counted as zeros or not at all."""
    divisor = pool.divisor(x.shape[1:], x.dtype, counts_pad)

    def chunk(start: int, stop: int) -> None:
        if pool.whole(x.shape[1:]):
            flat = x[start:stop].reshape(stop - start, -1)
            np.add.reduce(flat, axis=1, out=y[start:stop].reshape(-1))
        else:
            window_sums(framed(x[start:stop], pool, 0.0), y[start:stop], pool)
        np.divide(y[start:stop], divisor, out=y[start:stop])

    for_planes(len(x), x.shape[1] * x.shape[2], chunk)


def window_sums(frame: NDArray, y: NDArray, pool: Pool) -> None:
    """y (planes, OH, OW): the sum of each window."""
    fold(np.add, frame, y, pool)


def fold(operation: np.ufunc, frame: NDArray, y: NDArray, pool: Pool) -> None:
    """y (planes, OH, OW): each window's cells put together, first down its columns, where rows
    lie as a whole, then along its rows: all but the last cell in runs over all planes, whose values
    between two rows and two windows nobody asks for."""
    (kh, kw), (sh, sw), (oh, ow) = pool.kernel, pool.stride, pool.out
    width = pool.frame[1]
    rows = [frame[:, i : i + sh * (oh - 1) + 1 : sh, :width] for i in range(kh)]
    columns = rows[0]
    if kh > 1:
        columns = scratch.buffer("columns", (len(y), oh, width), y.dtype)
        operation(rows[0], rows[1], out=columns)
        for row in rows[2:]:
            operation(columns, row, out=columns)
    ends = [slice(j, j + sw * (ow - 1) + 1, sw) for j in range(kw)]
    if kw == 1:
        np.copyto(y, columns[:, :, ends[0]])
        return
    before = columns
    if kw > 2:
        before = scratch.buffer("runs", (len(y), oh, width), y.dtype)
        run, cells = before.reshape(-1), np.ascontiguousarray(columns).reshape(-1)
        operation(cells[:-1], cells[1:], out=run[:-1])
        for j in range(2, kw - 1):
            operation(run[:-j], cells[j:], out=run[:-j])
    operation(before[:, :, ends[0]], columns[:, :, ends[-1]], out=y)


def ave_backward(dy: NDArray, dx: NDArray, pool: Pool, counts_pad: bool = True) -> None:
    """Write dx: each dy in equal parts to the cells of its window; see `ave_forward`."""
    divisor = pool.divisor(dx.shape[1:], dx.dtype, counts_pad)
    (kh, kw), (sh, sw), (oh, ow) = pool.kernel, pool.stride, pool.out
    height, width = pool.frame

    def chunk(start: int, stop: int) -> None:
        planes = stop - start
        part = scratch.buffer("value", (planes, oh, ow), dy.dtype)
        np.divide(dy[start:stop], divisor, out=part)
        if pool.whole(dx.shape[1:]):
            np.copyto(dx[start:stop], part)
            return
        columns = scratch.buffer("columns", (planes, oh, width), dy.dtype)
        columns.fill(0)
        for j in range(kw):
            cells = columns[:, :, j : j + sw * (ow - 1) + 1 : sw]
            np.add(cells, part, out=cells)
        frame = scratch.buffer("frame", (planes, height, width), dy.dtype)
        frame.fill(0)
        for i in range(kh):
            cells = frame[:, i : i + sh * (oh - 1) + 1 : sh]
            np.add(cells, columns, out=cells)
        unframe(frame, dx[start:stop], pool)

    for_planes(len(dx), dx.shape[1] * dx.shape[2], chunk)
