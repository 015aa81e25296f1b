"""Winograd's way for 3x3 and 5x5 windows that move by one: a quarter or a sixth of the products.

Polynomials can be multiplied by taking their values at some points, multiplying these, and
going back to coefficients.  A correlation is such a product turned round.  In a tile of
4x4 outputs of a 3x3 kernel, which sees 6x6 inputs,

    y = A^T [(G w G^T) * (B^T x B)] A        the product in the middle cell by cell

takes 36 products for 144; of a 5x5 kernel, 64 for 400.  Over all tiles and channels each of the
cells is a matrix product, and the transforms are products with constant matrices too: see
transforms.py.  The
gradients are the transposed maps: dw = G^T [(A dy A^T) * (B^T x B)] G, and dx is y of the turned
kernel.
"""

from __future__ import annotations

from functools import lru_cache, partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from .bias import ones
from .columns import cut
from .geometry import Geometry
from .memory import (
    CELLS,
    COMMON,
    PART,
    PARTIAL_SUMS,
    PARTIALS,
    PRODUCT,
    ROWS,
    SUMS,
    WEIGHTS,
)
from .tiling import LARGEST, Chunk, Reading, Writing, gradient_plan, plan, reading, writing
from .transforms import POINTS, TILE, of_kernels, sees, to_kernels
from .way import FINISH, Backward, Piece, Stage, Stages, Task, Verdict, run

#: Those it is for.
KERNELS = [(size, size) for size in POINTS]
#: From so many channels, on both sides, and tiles the transforms are worth it.
CHANNELS, TILES = 16, 20
#: Channels up to which the sums of large kernels are within 1e-5 of the plain way's.
DIGITS = 128
#: For weights that stay, and are transformed: tiles, more of them where there are more weights than
#: stay in a cache, for these come from memory each time; and multiply-adds of the plain way.
LASTING_TILES, CACHED, UNCACHED_TILES, WORK = 4, 1 << 16, 8, 1 << 20
#: Outputs of all tiles, over those wanted, up to which it pays.
WASTE = 1.6
#: Weights from which the threads share their transform, and the adding up of their gradient.
SHARED = 1 << 14


def suits(g: Geometry) -> Verdict:
    window, out = g.window, g.out
    if window.kernel not in KERNELS or window.stride != (1, 1) or window.dilation != (1, 1):
        return Verdict(False, "not 3x3 or 5x5 cells that move by one")
    if g.group > 1:
        return Verdict(False, f"{g.group} groups at once")
    if max(window.pad) >= window.kernel[0]:
        return Verdict(False, "padded by as much as the kernel")
    if window.kernel == (5, 5) and max(g.channels, g.outputs) > DIGITS:
        return Verdict(False, f"sums of more than {DIGITS} would lose digits")
    if min(g.channels, g.outputs) < CHANNELS:
        return Verdict(False, f"{g.channels} to {g.outputs} channels, pays from {CHANNELS}")
    down, across = (-(-n // TILE) for n in out)
    tiles = g.images * down * across
    if TILE * TILE * down * across >= WASTE * out[0] * out[1]:
        return Verdict(False, f"{out[0]} x {out[1]} outputs leave tiles empty")
    # The transform of the weights is the same work for few tiles as for many, and they are four
    # times as many as before.
    few = tiles < TILES
    if g.lasting:
        few = tiles < (LASTING_TILES if g.channels * g.outputs <= CACHED else UNCACHED_TILES)
    if few:
        return Verdict(False, f"{tiles} tiles are too few")
    if g.lasting and g.work < WORK:
        return Verdict(False, f"{g.work} multiplications are few")
    return Verdict(True, f"{g.channels} to {g.outputs} channels, {tiles} tiles")


@lru_cache(maxsize=1024)
def backwards(g: Geometry) -> Geometry:
    """The convolution that makes dx of dy."""
    pad = tuple(k - 1 - p for k, p in zip(g.window.kernel, g.window.pad))
    window = g.window._replace(pad=pad)
    return Geometry(g.images, 1, g.outputs, g.channels, g.out, window, g.dtype)


def ready(g: Geometry, w: NDArray, b: NDArray | None) -> NDArray:
    values = np.empty(sees(g.window.kernel[0]) ** 2 * g.channels * g.outputs, w.dtype)
    cells, tasks = weights(g, w, False, values)
    run([Stage(tasks, g.work)])
    return cells


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: NDArray | None = None,
) -> Stages:
    if ready is None:
        ready, tasks = weights(g, w, turned=False)
        yield Stage(tasks, g.work)
    yield from convolve(g, x, ready, b, y)


def backward(g: Geometry, a: Backward) -> Stages:
    x, w, dy, dw, db, dx = a
    tasks: list[Task] = []
    after: list[Task] = []
    if x is not None and dw is not None:
        tasks, after = correlate(g, x, dy, dw, db)
    if dx is not None:
        back = backwards(g)
        values, first = weights(back, w, turned=True)
        yield Stage(first + tasks, g.work)
        yield from convolve(back, dy, values, None, dx)
    else:
        yield Stage(tasks, g.work)
    yield Stage(after, FINISH * g.weights)


def weights(
    g: Geometry, w: NDArray, turned: bool, values: NDArray | None = None
) -> tuple[NDArray, list[Task]]:
    """G w G^T of the convolution g as (sees, sees, groups of outputs, C, outputs), what cells of x
    are multiplied with; turned: g makes dx, and w (C, M, kernel) is turned round.  And the tasks
    that write it, to values or to scratch."""
    c, m, each, kernel = g.channels, g.outputs, plan(g).outputs, g.window.kernel[0]
    matrix = of_kernels(kernel, turned, w.dtype)
    products, size = matrix.shape
    if values is None:
        values = scratch.buffer(WEIGHTS, (products * c * m,), w.dtype)
    if turned:
        source = w.reshape(c, m // each, each, size).transpose(3, 1, 0, 2)
    else:
        source = w.reshape(m // each, each, c, size).transpose(3, 0, 2, 1)
    cells = values.reshape(products, m // each, c, each)
    rows = max(1, LARGEST // (matrix.size * each))
    pieces = [(k, i) for k in range(m // each) for i in range(0, c, rows)]

    def task(low: int, high: int) -> None:
        for k, i in pieces[low:high]:
            part = source[:, k, i : i + rows]
            kernels = scratch.buffer(PART, part.shape, w.dtype)
            np.copyto(kernels, part)
            out = cells[:, k, i : i + rows].reshape(products, -1)
            np.matmul(matrix, kernels.reshape(size, -1), out=out)

    tasks = cut(len(pieces), min(len(pieces), 4) if m * c > SHARED else 1)
    shape = (sees(kernel), sees(kernel), m // each, c, each)
    return values.reshape(shape), [partial(task, *piece) for piece in tasks]


def convolve(g: Geometry, x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> Stages:
    """Write y (N, M, OH, OW) = x (N, C, H, W) * w [+ b]; w: see `weights`."""
    p = plan(g)
    if p.parts == 1:
        yield Stage([partial(_whole, g, x, w, b, y, chunk) for chunk in p.chunks], g.work, p.pieces)
        return
    most = max(p.tiles(chunk).total for chunk in p.chunks)
    memory = scratch.buffer(COMMON, (sees(p.kernel) ** 2 * most * g.channels,), x.dtype)
    for chunk in p.chunks:
        yield from _by_channels(g, x, w, b, y, chunk, memory)


def _by_channels(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    chunk: Chunk,
    memory: NDArray,
) -> Stages:
    """Whole images of a chunk: their cells by inputs, into common memory, then y by outputs."""
    p, images = plan(g), slice(chunk.first, chunk.last)
    t, work = p.tiles(chunk), g.work // len(p.chunks)
    cells = memory[: prod(t.cells(g.channels))].reshape(t.cells(g.channels))

    def read(low: int, high: int) -> None:
        reading("x", g.size, g.window.pad, 0, t, cells, low, high).run(x[images])

    def write(low: int, high: int) -> None:
        m = slice(low * p.outputs, high * p.outputs)
        part = writing(t, cells, high - low, p.outputs, *g.out)
        part.run(w[:, :, low:high], None if b is None else b[m], y[images, m])

    inputs, groups = (cut(n, p.parts) for n in (g.channels, w.shape[2]))
    yield Stage([partial(read, *part) for part in inputs], work)
    outputs = [slice(low * p.outputs, high * p.outputs) for low, high in groups]
    pieces = [Piece(images, m, slice(None)) for m in outputs]
    yield Stage([partial(write, *part) for part in groups], work, pieces)


def _whole(
    g: Geometry, x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, chunk: Chunk
) -> None:
    """All channels of a chunk."""
    t, images = plan(g).tiles(chunk), slice(chunk.first, chunk.last)
    lines = slice(chunk.top * TILE, min(chunk.bottom * TILE, g.out[0]))

    def make() -> tuple[Reading, Writing]:
        cells = scratch.buffer(CELLS, t.cells(g.channels), g.dtype)
        first = reading("x", g.size, g.window.pad, chunk.top, t, cells, 0, g.channels)
        outputs = plan(g).outputs
        count = lines.stop - lines.start
        return first, writing(t, cells, g.outputs // outputs, outputs, count, g.out[1])

    first, then = scratch.views(
        ("winograd", g, chunk.last - chunk.first, chunk.top, chunk.bottom), make
    )
    first.run(x[images])
    then.run(w, b, y[images, :, lines])


def correlate(
    g: Geometry, x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None
) -> tuple[list[Task], list[Task]]:
    """Tasks, and others for after them, that add to dw (M, C, kernel) and db (M)."""
    m, c = dw.shape[:2]
    p = gradient_plan(g)
    matrix = to_kernels(p.kernel, g.dtype)
    size = len(matrix)
    most = LARGEST // matrix.size
    slots = cut(len(p.chunks), min(4, len(p.chunks)))
    # Not the tasks' own memory: it is read when all are done.
    partials = scratch.buffer(PARTIALS, (len(slots), size, m * c), x.dtype)
    sums = scratch.buffer(PARTIAL_SUMS, (len(slots), m), x.dtype)

    def task(i: int) -> None:
        for k in range(*slots[i]):
            chunk = p.chunks[k]
            t, images = p.tiles(chunk), slice(chunk.first, chunk.last)
            cells = scratch.buffer(CELLS, t.cells(c), x.dtype)
            reading("x", g.size, g.window.pad, chunk.top, t, cells, 0, c).run(x[images])
            spread = scratch.buffer(ROWS, t.cells(m), x.dtype)
            back = reading("y", g.out, (0, 0), chunk.top, t, spread, 0, m)
            back.run(dy[images])
            products = scratch.buffer(PRODUCT, (t.sees, t.sees, m, c), x.dtype)
            np.matmul(spread.swapaxes(2, 3), cells, out=products)
            first = k == slots[i][0]
            part = partials[i] if first else scratch.buffer(PART, (size, m * c), x.dtype)
            values = products.reshape(t.sees**2, -1)
            for j in range(0, m * c, most):
                np.matmul(matrix, values[:, j : j + most], out=part[:, j : j + most])
            if not first:
                np.add(partials[i], part, out=partials[i])
            if db is not None:
                each = scratch.buffer(SUMS, (t.images, m), x.dtype)
                lines = back.frame.reshape(t.images, m, -1)
                np.matmul(lines, ones(lines.shape[2], x.dtype), out=each)
                if first:
                    sums[i] = 0
                np.add(sums[i], np.add.reduce(each, axis=0), out=sums[i])

    def finish(low: int, high: int) -> None:
        total = partials[0, :, low:high]
        for more in partials[1:, :, low:high]:
            np.add(total, more, out=total)
        part = dw.reshape(m * c, size)[low:high]
        np.add(part, total.T, out=part)
        if low == 0 and db is not None:
            for row in sums:
                np.add(db, row, out=db)

    pieces = cut(m * c, 4 if m * c > SHARED else 1)
    return (
        [partial(task, i) for i in range(len(slots))],
        [partial(finish, *piece) for piece in pieces],
    )
