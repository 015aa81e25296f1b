"""Convolution as products of columns and weights: what point and im2col share.

Arrays have their channels split into groups, as in columns.py.
"""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index
from .bias import ones
from .columns import Chunk, Plan, block, columns, cut, matrix, plan, rows
from .geometry import Geometry
from .memory import EACH, PARTIALS, PRODUCT, ROWS, TURNED
from .scatter import scatter
from .way import FINISH, Backward, Stage, Stages, Task

#: Values in all partial sums of a weight gradient together.
PARTIAL_VALUES = 1 << 22
#: Weights from which the threads share the adding up of their gradient.
SHARED = 1 << 17


def ready(g: Geometry, w: NDArray, b: NDArray | None) -> NDArray:
    """The weights as they meet the columns, with the bias where it has one of them."""
    p, bias = plan(g), None if b is None else b.reshape(g.group, g.outputs)
    return matrix(_weights(g, w), p, bias if _with_ones(p) else None, name=None)


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: NDArray | None = None,
) -> Stages:
    """All of a forward, of the layer's arrays: see way.py."""
    bias = None if b is None else b.reshape(g.group, g.outputs)
    tasks = _convolve(g, _inputs(g, x), _weights(g, w), bias, _outputs(g, y), ready)
    yield Stage(tasks, g.work, plan(g).pieces)


def backward(g: Geometry, a: Backward) -> Stages:
    """All of a backward: in one stage, so that the threads wait for each other once."""
    x, w, dy, dw, db, dx = a
    tasks: list[Task] = []
    after: list[Task] = []
    back = _outputs(g, dy)
    if x is not None and dw is not None:
        bias = None if db is None else db.reshape(g.group, g.outputs)
        tasks, after = _correlate(g, _inputs(g, x), back, _weights(g, dw), bias)
    if dx is not None:
        tasks = tasks + _spread(g, back, _weights(g, w), _inputs(g, dx))
    yield Stage(tasks, g.work)
    yield Stage(after, FINISH * g.weights)


def _inputs(g: Geometry, x: NDArray) -> NDArray:
    return x.reshape(g.images, g.group, g.channels, *g.size)


def _outputs(g: Geometry, y: NDArray) -> NDArray:
    return y.reshape(g.images, g.group, g.outputs, *g.out)


def _weights(g: Geometry, w: NDArray) -> NDArray:
    return w.reshape(g.group, g.outputs, g.channels, *g.window.kernel)


def _with_ones(p: Plan) -> bool:
    """Can a row of ones among the columns bring the bias?"""
    return not p.last and not p.point


def _convolve(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: NDArray | None = None,
) -> list[Task]:
    """Tasks that write y."""
    p = plan(g)
    row = b is not None and _with_ones(p)
    weights = matrix(w, p, b if row else None) if ready is None else ready

    def task(chunk: Chunk) -> None:
        cols = columns(x, chunk, p, row)
        out = block(y, chunk, p)
        if p.last:
            out = out[:, 0]
            images, m, positions = out.shape
            product = scratch.buffer(ROWS, (images * positions, m), y.dtype)
            np.matmul(cols, weights.T, out=product)
            turned = product.reshape(images, positions, m).transpose(0, 2, 1)
            if b is None:
                np.copyto(out, turned)
            else:
                np.add(turned, b[0, :, None], out=out)
            return
        np.matmul(weights[chunk.low : chunk.high], cols, out=out)
        if b is not None and not row:
            np.add(out, b[chunk.low : chunk.high, :, None], out=out)

    return [partial(task, chunk) for chunk in p.chunks]


def _spread(g: Geometry, dy: NDArray, w: NDArray, dx: NDArray) -> list[Task]:
    """Tasks that write dx: by a convolution of dy, or by adding to where columns came from."""
    if g.transposed is not None:
        return _convolve(g.transposed, dy, _turned(w), None, dx)
    return scatter(g, dy, w, dx)


def _correlate(
    g: Geometry, x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None
) -> tuple[list[Task], list[Task]]:
    """Tasks that add to dw and db, and others for after them."""
    p = plan(g)
    groups, m = dw.shape[:2]
    bias = db is not None
    # Each slot adds up a run of chunks; the slots are then added up in order.
    spans = sorted({(chunk.low, chunk.high) for chunk in p.chunks})
    mine = {span: [c for c in p.chunks if (c.low, c.high) == span] for span in spans}
    count = len(p.chunks) // len(spans)
    slots = cut(count, min(count, 8, max(2, PARTIAL_VALUES // dw.size)))
    width = p.depth + bias
    partials = scratch.buffer(PARTIALS, (len(slots), groups, m, width), dw.dtype)

    def task(i: int) -> None:
        low, high = spans[i // len(slots)]
        first, end = slots[i % len(slots)]
        target = partials[i % len(slots), low:high]
        chunks = mine[low, high][first:end]
        _weights_of(x, dy, chunks[0], p, bias, target)
        for chunk in chunks[1:]:
            more = scratch.buffer(PRODUCT, target.shape, dw.dtype)
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

    step = -(-m // 8) if dw.size > SHARED else m
    return (
        [partial(task, i) for i in range(len(spans) * len(slots))],
        [partial(finish, i, min(i + step, m)) for i in range(0, m, step)],
    )


def _weights_of(x: NDArray, dy: NDArray, chunk: Chunk, p: Plan, bias: bool, out: NDArray) -> None:
    """Write to out (groups, M, depth[ + 1]) what a chunk adds to the gradients of w [and b]."""
    row = bias and _with_ones(p)
    cols = columns(x, chunk, p, row)
    if p.last:
        turned = rows(dy, chunk, p)
        np.matmul(turned.T, cols, out=out[0, :, : p.depth])
        if bias:
            np.matmul(ones(len(turned), x.dtype), turned, out=out[0, :, p.depth])
        return
    part = block(dy, chunk, p)
    products = out if row or not bias else out[..., : p.depth]
    if len(part) == 1:
        np.matmul(part[0], cols[0].swapaxes(1, 2), out=products)
    else:
        each = scratch.buffer(EACH, (len(part), *products.shape), out.dtype)
        np.matmul(part, cols.swapaxes(2, 3), out=each)
        np.add.reduce(each, axis=0, out=products)
    if bias and not row:
        np.add.reduce(part, axis=(0, 3), out=out[..., p.depth])


def _turned(w: NDArray) -> NDArray:
    """w (G, M, C, kernel...) with M and C exchanged and the kernel turned round."""
    if prod(w.shape[3:]) == 1:
        return w.swapaxes(1, 2)  # BLAS takes it as it lies
    backwards: Index = (..., *(slice(None, None, -1) for _ in w.shape[3:]))
    turned = w.swapaxes(1, 2)[backwards]
    copy = scratch.buffer(TURNED, turned.shape, w.dtype)
    np.copyto(copy, turned)
    return copy
