"""Convolution as a product whose columns are long runs of the padded planes.

Written out with its padding, a plane is one run of numbers, and cell (i, j) of a kernel that
moves by one meets, over all the places of the output, the same run moved on by i * pitch + j.
So a row of columns is one long copy where im2col's planes take a short one for each row of
output, and weights and planes are multiplied as they lie in memory.  What is computed beside the
image, at the end of each row, is left.  Strides split a plane into phases, each a run of its own.

    columns (C kh kw, places)       places (images, OH, pitch), of which (images, OH, OW) are wanted

Backward goes another way, for im2col's columns serve both of its products.
"""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index
from . import lowered, rows, wide, winograd
from .geometry import Geometry
from .memory import COLUMNS, INPUT, PRODUCT
from .phases import Chunk, phases, plan
from .way import Backward, Stage, Stages, Verdict

#: Cells of a row over outputs up to which it pays: for one image, where im2col has to turn the
#: weights round for it alone, and for several.
WASTE, SHARED_WASTE = 1.6, 1.13
#: Channels up to which it is faster than Winograd's way for 3x3 kernels; fewer for larger ones.
CHANNELS = 31


def suits(g: Geometry) -> Verdict:
    window = g.window
    if g.group > 1 or len(g.out) != 2:
        return Verdict(False, "groups at once, or not planes")
    if window.pointwise:
        return Verdict(False, "the window is one cell")
    if max(window.stride) > 1 and max(window.dilation) > 1:
        return Verdict(False, "strided and dilated")
    pitch = plan(g).pitch
    if pitch > (WASTE if g.images == 1 else SHARED_WASTE) * g.out[1]:
        return Verdict(False, f"rows of {pitch} cells for {g.out[1]} outputs")
    more = min(g.channels, g.outputs) * prod(window.kernel) > 9 * CHANNELS
    if more and winograd.suits(g).suits:
        return Verdict(False, "Winograd's way has fewer products")
    if wide.suits(g).suits:
        return Verdict(False, "more weights than places")
    return Verdict(True, f"{g.depth} runs of rows of {pitch}")


ready = rows.ready


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: NDArray | None = None,
) -> Stages:
    if ready is not None:
        yield Stage(rows.convolve(g, x, ready, y), g.work, plan(g).pieces)
        return
    p = plan(g)
    weights, bias = w.reshape(g.outputs, g.depth), None if b is None else b[:, None, None, None]

    def task(chunk: Chunk) -> None:
        key = ("runs", g, chunk.last - chunk.first, chunk.top, chunk.bottom)
        run, copies, cols, product, wanted = scratch.views(key, lambda: _views(g, chunk))
        source = x[chunk.first : chunk.last].swapaxes(0, 1)
        for where, inside, moved, target in copies:
            run.fill(0)
            np.copyto(inside, source[where])
            np.copyto(target, moved)
        np.matmul(weights, cols, out=product)
        out = y[chunk.first : chunk.last, :, chunk.top : chunk.bottom].swapaxes(0, 1)
        if bias is None:
            np.copyto(out, wanted)
        else:
            np.add(wanted, bias, out=out)

    yield Stage([partial(task, chunk) for chunk in p.chunks], g.work, p.pieces)


def backward(g: Geometry, a: Backward) -> Stages:
    way = winograd if winograd.suits(g).suits else lowered
    return way.backward(g, a)


#: What of x, and where in the run; the run as cells of the kernel meet it, and their columns.
_Copy = tuple[Index, NDArray, NDArray, NDArray]


def _views(g: Geometry, chunk: Chunk) -> tuple[NDArray, list[_Copy], NDArray, NDArray, NDArray]:
    """Memory for a run, what is copied to and from it for each phase, all columns (C kh kw,
    places), their product (M, places), and what of it is wanted (M, images, lines, OW)."""
    p, c, (down, right) = plan(g), g.channels, g.window.dilation
    images, lines = chunk.last - chunk.first, chunk.bottom - chunk.top
    rows, places = lines + p.shift, lines * p.pitch
    whole = images * rows * p.pitch
    run = scratch.buffer(INPUT, (c, whole + p.pitch), g.dtype)
    planes = run[:, :whole].reshape(c, images, rows, p.pitch)
    cols = scratch.buffer(COLUMNS, (c, *g.window.kernel, images, places), g.dtype)
    steps = (down * p.pitch, right, rows * p.pitch, 1)
    strides = (run.strides[0], *(step * run.itemsize for step in steps))
    copies: list[_Copy] = []
    for phase in phases(g, chunk.top, (rows, p.pitch)):
        moved = np.ndarray((c, *phase.kernel, images, places), g.dtype, run, 0, strides)
        target = cols[(slice(None), *phase.cells)]
        copies.append((phase.x, planes[phase.inside], moved, target))
    product = scratch.buffer(PRODUCT, (g.outputs, images, lines, p.pitch), g.dtype)
    wanted = product[..., : g.out[1]]
    return run, copies, cols.reshape(g.depth, -1), product.reshape(g.outputs, -1), wanted
