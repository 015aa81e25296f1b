"""Convolution as matrix products, for any number of spatial axes.

    y[n, m, o] = b[m] + sum over c, k of w[m, c, k] x[n, c, o * stride - pad + k * dilation]

3x3 windows of many channels go Winograd's way (winograd.py), and what has more weights than
places is cut by channels (wide.py).  For all others each window of x is written out as a
column, and the sum becomes a GEMM ("im2col").  The columns of a whole batch would be huge,
so the work is cut into chunks, some images or some rows of one image, whose columns stay in
the cache; the threads share the chunks.  Three ways, chosen by shape (columns.py):

* point: 1x1 kernels need no columns, x is the matrix;
* planes: columns (C k, positions) cut out of NCHW; one row of output at a time is copied;
* channels last: the chunk is first turned into NHWC, so that kw * C values at a time are
  copied and added, which is more when there are many channels.

Many small groups are a batch of small matrices; a large depthwise convolution has a way of
its own (depthwise.py).
"""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from . import depthwise, scratch, threads, wide, winograd
from .columns import POINT, Chunk, Plan, block, columns, cut, matrix, plan, rows
from .im2col import Index, Window
from .scatter import Task, scatter

#: What _parts gives: x, w, b, y, window.
Part = tuple[NDArray, NDArray, "NDArray | None", NDArray, Window]

#: Values in all partial sums of a weight gradient together.
PARTIALS = 1 << 22
#: Multiplications below which waking another thread takes longer than they do.
SMALL = 1 << 21


def forward(
    x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, window: Window, group: int = 1
) -> None:
    """y = x * w + b.  x (N, C, in...), w (M, C / group, kernel...), y (N, M, out...)."""
    if x.size == 0:  # an empty batch, or nothing but padding
        y[...] = 0 if b is None else b.reshape(-1, *[1] * (y.ndim - 2))
        return
    work = y.size * prod(w.shape[1:])
    if depthwise.suits(x, y, w, window, group):
        _run(depthwise.forward(x, w, b, y, window), SMALL)
        return
    for part in _parts(x, w, b, y, window, group):
        xg, wg, bg, yg, used = part
        if _by_winograd(xg, yg, used):
            weights, first = winograd.weights(wg[0], turned=False)
            _run(first, work)
            bias = None if bg is None else bg[0]
            _run(winograd.convolve(xg[:, 0], weights, bias, yg[:, 0], used.pad), work)
        elif _wide(yg, wg):
            bias = None if bg is None else bg[0]
            first, tasks = wide.forward(xg[:, 0], wg[0], bias, yg[:, 0], used)
            _run(first, work)
            _run(tasks, work)
        else:
            _run(_forward(*part), work)


def backward(
    x: NDArray | None,
    dy: NDArray,
    w: NDArray,
    dw: NDArray | None,
    db: NDArray | None,
    dx: NDArray | None,
    window: Window,
    group: int = 1,
) -> None:
    """Add the gradients to dw, the correlation of x with dy, and to db, the sum of dy;
    write dx, each dy spread over its window and weighted by w.  None: not wanted.

    All of it is one list of tasks, so that the threads wait for each other once.
    """
    if any(a is not None and a.size == 0 for a in (x, dx, dy)):
        if dx is not None:
            dx.fill(0)
        dw = dx = None
    if dw is None and db is not None:
        backward_bias(dy, db)
    work = dy.size * prod(w.shape[1:])
    like = x if dx is None else dx
    if like is None or (dw is None and dx is None):
        return
    if depthwise.suits(like, dy, w, window, group):
        bias = None if dw is None else db
        _run(depthwise.backward(x, dy, w, dw, bias, dx, window), SMALL)
        return
    for_w = [] if x is None or dw is None else _parts(x, dw, db, dy, window, group)
    for_x = [] if dx is None else _parts(dx, w, None, dy, window, group)
    for part in range(max(len(for_w), len(for_x))):
        tasks: list[Task] = []
        after: list[Task] = []
        some = (for_w or for_x)[part]
        if _wide(some[3], some[1]) and not _by_winograd(some[0], some[3], some[4]):
            _wide_backward(for_w[part] if for_w else None, for_x[part] if for_x else None, work)
            continue
        if for_w:
            xg, wg, bg, yg, used = for_w[part]
            if _by_winograd(xg, yg, used):
                bias = None if bg is None else bg[0]
                tasks, after = winograd.correlate(xg[:, 0], yg[:, 0], wg[0], bias, used.pad)
            else:
                tasks, after = _backward_weights(xg, yg, wg, bg, used)
        if for_x:
            xg, wg, _, yg, used = for_x[part]
            if _by_winograd(xg, yg, used):
                weights, first = winograd.weights(wg[0], turned=True)
                _run(first, work)
                pad = tuple(2 - n for n in used.pad)
                tasks = tasks + winograd.convolve(yg[:, 0], weights, None, xg[:, 0], pad)
            else:
                tasks = tasks + _backward_data(yg, wg, xg, used)
        _run(tasks, work)
        _run(after, 0 if dw is None else 16 * dw.size)


def _wide(y: NDArray, w: NDArray) -> bool:
    return len(w) == 1 and wide.suits(len(y), y.shape[3:], w[0])


def _wide_backward(for_w: Part | None, for_x: Part | None, work: int) -> None:
    some = for_w or for_x
    assert some is not None
    window, dy = some[4], some[3][:, 0]
    x, dw = (for_w[0][:, 0], for_w[1][0]) if for_w else (None, None)
    dx, w = (for_x[0][:, 0], for_x[1][0]) if for_x else (None, some[1][0])
    _run(wide.backward(x, dy, w, dw, dx, window), work)
    if for_w and for_w[2] is not None:
        backward_bias(dy, for_w[2][0])


def _by_winograd(x: NDArray, y: NDArray, window: Window) -> bool:
    """x and y in groups, as columns.py wants them."""
    if x.ndim != 5 or x.shape[1] != 1:
        return False
    return winograd.suits(x.shape[2], y.shape[2], len(x), y.shape[3:], window)


def _run(tasks: list[Task], work: int) -> None:
    """Do all tasks, by several threads if that is worth waking them."""
    if work < SMALL:
        for task in tasks:
            task()
    else:
        threads.run(lambda i: tasks[i](), len(tasks))


def backward_bias(dy: NDArray, db: NDArray) -> None:
    """Add to db the sum of dy (N, M, out...) over images and positions."""
    flat = dy.reshape(*dy.shape[:2], prod(dy.shape[2:]))
    sums = scratch.buffer("sums", flat.shape[:2], dy.dtype)
    step = _images(flat)
    threads.for_chunks(len(flat), step, lambda i, j: np.add.reduce(flat[i:j], 2, out=sums[i:j]))
    total = scratch.buffer("total", db.shape, db.dtype)
    np.add(db, np.add.reduce(sums, axis=0, out=total), out=db)


def add_bias(y: NDArray, b: NDArray) -> None:
    """y (N, M, out...) += b (M), in place."""
    flat, bias = y.reshape(*y.shape[:2], prod(y.shape[2:])), b[:, None]
    step = _images(flat)
    threads.for_chunks(len(flat), step, lambda i, j: np.add(flat[i:j], bias, out=flat[i:j]))


def _images(flat: NDArray) -> int:
    """Images in a piece of work that goes through memory once."""
    return max(1, (1 << 17) // max(1, prod(flat.shape[1:])))


def _parts(
    x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, window: Window, group: int
) -> list[Part]:
    """The arrays with groups as an axis of their own, as columns.py wants them.

    A few groups of many channels are dealt with one by one, each as fast as if it were
    alone; many small ones all at once.
    """
    spatial_x, spatial_y = x.shape[2:], y.shape[2:]
    if window.pointwise:
        spatial_x, spatial_y, window = (prod(spatial_x),), (prod(spatial_y),), POINT
    kernel = window.kernel
    m, c = w.shape[:2]
    xs = x.reshape(len(x), group, c, *spatial_x)
    ws = w.reshape(group, m // group, c, *kernel)
    bs = None if b is None else b.reshape(group, m // group)
    ys = y.reshape(len(y), group, m // group, *spatial_y)
    if group == 1 or c < 8:
        return [(xs, ws, bs, ys, window)]
    each = [slice(g, g + 1) for g in range(group)]
    return [(xs[:, g], ws[g], None if bs is None else bs[g], ys[:, g], window) for g in each]


def _plan(x: NDArray, y: NDArray, window: Window) -> Plan:
    return plan(x.shape, y.shape[3:], window, x.dtype)


def _forward(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, window: Window) -> list[Task]:
    p = _plan(x, y, window)
    ones = b is not None and not p.last and not p.point
    weights = matrix(w, p, b if ones else None)

    def task(chunk: Chunk) -> None:
        cols = columns(x, chunk, p, ones)
        out = block(y, chunk, p)
        if p.last:
            out = out[:, 0]
            images, m, positions = out.shape
            product = scratch.buffer("rows", (images * positions, m), y.dtype)
            np.matmul(cols, weights.T, out=product)
            turned = product.reshape(images, positions, m).transpose(0, 2, 1)
            if b is None:
                np.copyto(out, turned)
            else:
                np.add(turned, b[0, :, None], out=out)
            return
        np.matmul(weights[chunk.low : chunk.high], cols, out=out)
        if b is not None and not ones:
            np.add(out, b[chunk.low : chunk.high, :, None], out=out)

    return [partial(task, chunk) for chunk in p.chunks]


def _backward_data(dy: NDArray, w: NDArray, dx: NDArray, window: Window) -> list[Task]:
    turned = _transposed(window)
    if turned and prod(dx.shape[3:]) <= 1.35 * prod(dy.shape[3:]):
        return _forward(dy, _turned(w), None, dx, turned)
    return scatter(dy, w, dx, window)


def _backward_weights(
    x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None, window: Window
) -> tuple[list[Task], list[Task]]:
    """What to do, and what to do when all of that is done."""
    p = _plan(x, dy, window)
    groups, m = dw.shape[:2]
    bias = db is not None
    # Each slot adds up a run of chunks; the slots are then added up in order.
    spans = sorted({(chunk.low, chunk.high) for chunk in p.chunks})
    mine = {span: [c for c in p.chunks if (c.low, c.high) == span] for span in spans}
    count = len(p.chunks) // len(spans)
    slots = cut(count, min(count, 8, max(2, PARTIALS // dw.size)))
    width = p.depth + bias
    partials = scratch.buffer("partials", (len(slots), groups, m, width), dw.dtype)

    def task(i: int) -> None:
        low, high = spans[i // len(slots)]
        first, end = slots[i % len(slots)]
        target = partials[i % len(slots), low:high]
        chunks = mine[low, high][first:end]
        _weights_of(x, dy, chunks[0], p, bias, target)
        for chunk in chunks[1:]:
            more = scratch.buffer("product", target.shape, dw.dtype)
            _weights_of(x, dy, chunk, p, bias, more)
            np.add(target, more, out=target)

    def finish(i: int, j: int) -> None:
        total = partials[0, :, i:j]
        for more in partials[1:, :, i:j]:
            np.add(total, more, out=total)
        part, values = dw[:, i:j], total[..., : p.depth]
        if p.last:
            part = part.transpose(0, 1, *range(3, part.ndim), 2)
        np.add(part, values.reshape(part.shape), out=part)
        if db is not None:
            np.add(db[:, i:j], total[..., p.depth], out=db[:, i:j])

    step = -(-m // 8) if dw.size > 1 << 17 else m
    return (
        [partial(task, i) for i in range(len(spans) * len(slots))],
        [partial(finish, i, min(i + step, m)) for i in range(0, m, step)],
    )


def _weights_of(x: NDArray, dy: NDArray, chunk: Chunk, p: Plan, bias: bool, out: NDArray) -> None:
    """Write to out (groups, M, depth[ + 1]) what a chunk adds to the gradients of w [and b]."""
    ones = bias and not p.last and not p.point
    cols = columns(x, chunk, p, ones)
    if p.last:
        turned = rows(dy, chunk, p)
        np.matmul(turned.T, cols, out=out[0, :, : p.depth])
        if bias:
            # A product with ones is a sum, but much faster.
            row = scratch.views(("ones", len(turned), x.dtype), lambda: _ones(turned))
            np.matmul(row, turned, out=out[0, :, p.depth])
        return
    part = block(dy, chunk, p)
    products = out if ones or not bias else out[..., : p.depth]
    if len(part) == 1:
        np.matmul(part[0], cols[0].swapaxes(1, 2), out=products)
    else:
        each = scratch.buffer("each", (len(part), *products.shape), out.dtype)
        np.matmul(part, cols.swapaxes(2, 3), out=each)
        np.add.reduce(each, axis=0, out=products)
    if bias and not ones:
        np.add.reduce(part, axis=(0, 3), out=out[..., p.depth])


def _ones(like: NDArray) -> NDArray:
    return np.ones(len(like), like.dtype)


def _transposed(window: Window) -> Window | None:
    """The window with which a convolution of dy gives dx: only for strides of one."""
    if window is POINT:
        return POINT
    pad = tuple(e - 1 - p for e, p in zip(window.extent, window.pad))
    if any(s != 1 for s in window.stride) or any(p < 0 for p in pad):
        return None
    return Window(window.kernel, window.stride, pad, window.dilation)


def _turned(w: NDArray) -> NDArray:
    """w (G, M, C, kernel...) with M and C exchanged and the kernel turned round."""
    backwards: Index = (..., *(slice(None, None, -1) for _ in w.shape[3:]))
    turned = w.swapaxes(1, 2)[backwards]
    copy = scratch.buffer("turned", turned.shape, w.dtype)
    np.copyto(copy, turned)
    return copy
