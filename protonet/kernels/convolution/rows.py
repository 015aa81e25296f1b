"""Runs of padded planes and weights that stay: the products of the kernel's rows, added up.

The columns of one row of the kernel, a run for each of its cells, serve the rows below it too,
from so many rows of the plane further on.  So there is a copy of the planes for each cell of a
row, not for each cell of the kernel; and products of so few columns are faster, for BLAS takes
them as they lie.  The weights are put in order for this once: see `ready` in way.py.

    columns (kw C + 1, places), the last a run of ones for the bias
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index
from .geometry import Geometry
from .memory import COLUMNS, EACH, INPUT, PRODUCT
from .phases import Chunk, phases, plan
from .way import Task

#: Weights of an output in one row of the kernel, from which it pays, and multiply-adds of a
#: product, up to which BLAS takes it as it lies.
ROW, LARGEST = 24, 10**6
#: Multiply-adds of a task up to which what is added up is still in a near cache.
MOST = 12 * 10**6


def ready(g: Geometry, w: NDArray, b: NDArray | None) -> NDArray | None:
    """Weights and bias as (kh, M, kw C + 1); None where one product of all is faster."""
    rows, cells = g.window.kernel
    if rows == 1 or cells * g.channels < ROW or g.work > MOST * len(plan(g).chunks):
        return None
    values = np.zeros((rows, g.outputs, cells * g.channels + 1), w.dtype)
    values[..., :-1] = w.transpose(2, 0, 3, 1).reshape(rows, g.outputs, -1)
    if b is not None:
        values[0, :, -1] = b
    return values


def convolve(g: Geometry, x: NDArray, values: NDArray, y: NDArray) -> list[Task]:
    """Tasks that write y, with what `ready` gave."""

    def task(chunk: Chunk, source: NDArray, out: NDArray) -> None:
        key = ("rows", g, chunk.last - chunk.first, chunk.top, chunk.bottom)
        v = scratch.views(key, lambda: _views(g, chunk))
        for where, inside, moved, target in v.copies:
            v.run.fill(0)
            np.copyto(inside, source[where])
            np.copyto(target, moved)
        v.ones.fill(1)
        np.matmul(values[0], v.seen[0], out=v.parts[0])
        for row in range(1, len(values)):
            np.matmul(values[row], v.seen[row], out=v.parts[1])
            if row < len(values) - 1:
                np.add(v.sums, v.more, out=v.sums)
        np.add(v.wanted[0], v.wanted[1], out=out)

    tasks: list[Task] = []
    for chunk in plan(g).chunks:
        images = slice(chunk.first, chunk.last)
        out = y[images, :, chunk.top : chunk.bottom]
        tasks.append(partial(task, chunk, x[images].swapaxes(0, 1), out))
    return tasks


#: What of x, and where in the run; the run as cells of a row meet it, and their columns.
_Copy = tuple[Index, NDArray, NDArray, NDArray]


class _Views(NamedTuple):
    """Memory for a run; what is copied to and from it for each phase; the run of ones; what each
    row of the kernel sees (images, parts, kw C + 1, places of a part); sums and products (images,
    M, lines, pitch), both in those parts, and what of both is wanted (images, M, lines, OW)."""

    run: NDArray
    copies: list[_Copy]
    ones: NDArray
    seen: list[NDArray]
    sums: NDArray
    more: NDArray
    parts: list[NDArray]
    wanted: list[NDArray]


def _views(g: Geometry, chunk: Chunk) -> _Views:
    p, c, (down, right) = plan(g), g.channels, g.window.dilation
    (rows, cells), stride = g.window.kernel, g.window.stride[0]
    images, lines = chunk.last - chunk.first, chunk.bottom - chunk.top
    work = g.outputs * (cells * c + 1) * lines * p.pitch
    each = -(-lines // -(-work // LARGEST))  # lines of a part
    parts = -(-lines // each)
    size = (images, parts * each + p.shift, p.pitch)
    whole = images * size[1] * p.pitch
    run = scratch.buffer(INPUT, (c, whole + p.pitch), g.dtype)
    planes = run[:, :whole].reshape(c, *size)
    cols = scratch.buffer(COLUMNS, (min(stride, rows), cells * c + 1, whole), g.dtype)
    copies: list[_Copy] = []
    steps = (right * run.itemsize, *run.strides)
    for phase in phases(g, chunk.top, size[1:]):
        moved = np.ndarray((phase.kernel[1], c, whole), g.dtype, run, 0, steps)
        target = cols[phase.cells[0].start, :-1].reshape(cells, c, whole)[phase.cells[1]]
        copies.append((phase.x, planes[phase.inside], moved, target))
    shape = (images, parts, cells * c + 1, each * p.pitch)
    strides = [n * run.itemsize for n in (size[1] * p.pitch, each * p.pitch, whole, 1)]
    seen = [
        as_strided(cols[row % stride].reshape(-1)[row // stride * down * p.pitch :], shape, strides)
        for row in range(rows)
    ]
    both = (images, g.outputs, parts * each, p.pitch)
    sums, more = (scratch.buffer(name, both, g.dtype) for name in (PRODUCT, EACH))
    split = (images, g.outputs, parts, each * p.pitch)
    outs = [a.reshape(split).swapaxes(1, 2) for a in (sums, more)]
    wanted = [a[:, :, :lines, : g.out[1]] for a in (sums, more)]
    return _Views(run, copies, cols[:, -1], seen, sums, more, outs, wanted)
