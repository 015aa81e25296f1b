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
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index
from .geometry import Geometry
from .memory import COLUMNS, EACH, INPUT, PRODUCT
from .phases import Chunk, phases, plan
from .way import Task

#: Weights of an output in one row of the kernel, from which it pays, and multiply-adds of a row's
#: product, up to which BLAS takes it as it lies.
ROW, LARGEST = 24, 10**6


def ready(g: Geometry, w: NDArray, b: NDArray | None) -> NDArray | None:
    """Weights and bias as (kh, M, kw C + 1); None where one product of all is faster."""
    rows, cells = g.window.kernel
    if rows == 1 or cells * g.channels < ROW or g.work // rows > LARGEST * len(plan(g).chunks):
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
        np.matmul(values[0], v.seen[0], out=v.sums)
        for row in range(1, len(values) - 1):
            np.matmul(values[row], v.seen[row], out=v.more)
            np.add(v.sums, v.more, out=v.sums)
        np.matmul(values[-1], v.seen[-1], out=v.more)
        np.add(v.wanted, v.last, out=out)

    tasks: list[Task] = []
    for chunk in plan(g).chunks:
        images = slice(chunk.first, chunk.last)
        out = y[images, :, chunk.top : chunk.bottom].swapaxes(0, 1)
        tasks.append(partial(task, chunk, x[images].swapaxes(0, 1), out))
    return tasks


#: What of x, and where in the run; the run as cells of a row meet it, and their columns.
_Copy = tuple[Index, NDArray, NDArray, NDArray]


class _Views(NamedTuple):
    """Memory for a run; what is copied to and from it for each phase; the run of ones; what each
    row of the kernel sees (kw C + 1, places); products and their sums (M, places), and what of
    both is wanted (M, images, lines, OW)."""

    run: NDArray
    copies: list[_Copy]
    ones: NDArray
    seen: list[NDArray]
    sums: NDArray
    more: NDArray
    wanted: NDArray
    last: NDArray


def _views(g: Geometry, chunk: Chunk) -> _Views:
    p, c, (down, right) = plan(g), g.channels, g.window.dilation
    (rows, cells), stride = g.window.kernel, g.window.stride[0]
    images, lines = chunk.last - chunk.first, chunk.bottom - chunk.top
    size = (images, lines + p.shift, p.pitch)
    whole = images * size[1] * p.pitch
    run = scratch.buffer(INPUT, (c, whole + p.pitch), g.dtype)
    planes = run[:, :whole].reshape(c, *size)
    cols = scratch.buffer(COLUMNS, (min(stride, rows), cells * c + 1, whole), g.dtype)
    copies: list[_Copy] = []
    steps = (right * run.itemsize, *run.strides)
    for phase in phases(g, chunk.top, (lines + p.shift, p.pitch)):
        moved = np.ndarray((phase.kernel[1], c, whole), g.dtype, run, 0, steps)
        target = cols[phase.cells[0].start, :-1].reshape(cells, c, whole)[phase.cells[1]]
        copies.append((phase.x, planes[phase.inside], moved, target))
    places = whole - p.shift * p.pitch
    starts = [row // stride * down * p.pitch for row in range(rows)]
    seen = [cols[row % stride, :, at : at + places] for row, at in enumerate(starts)]
    both = [scratch.buffer(name, (g.outputs, whole), g.dtype) for name in (PRODUCT, EACH)]
    wanted = [a.reshape(g.outputs, *size)[:, :, :lines, : g.out[1]] for a in both]
    sums, more = (a[:, :places] for a in both)
    return _Views(run, copies, cols[:, -1], seen, sums, more, *wanted)
