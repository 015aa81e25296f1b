"""Winograd's way for 3x3 windows that move by one: a quarter of the multiplications.

Polynomials can be multiplied by taking their values at some points, multiplying these, and
going back to coefficients.  A correlation is such a product turned round.  In a tile of
4x4 outputs, which sees 6x6 inputs,

    y = A^T [(G w G^T) * (B^T x B)] A        the product in the middle cell by cell

takes 36 products for 144.  Over all tiles and channels each of the 36 cells is a matrix
product, and the transforms are products with constant matrices too.  The gradients are the
transposed maps: dw = G^T [(A dy A^T) * (B^T x B)] G, and dx is y of the turned kernel.

Rounding grows with the transforms.  The points 0, +-sqrt(1/2), +-sqrt(2) and infinity keep
it at a few times that of plain sums; the usual 0, +-1, +-2 lose four times as much.
"""

from __future__ import annotations

from functools import lru_cache, partial
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Sizes, Window, windows
from .bias import ones
from .columns import cut, even
from .geometry import Geometry
from .memory import (
    CELLS,
    COLUMNS,
    INPUT,
    PART,
    PARTIAL_SUMS,
    PARTIALS,
    PRODUCT,
    ROWS,
    SUMS,
    TURNED,
    WEIGHTS,
)
from .way import FINISH, Piece, Stage, Stages, Task, Verdict, run

#: Outputs of a tile along an axis, and inputs it sees.
TILE, SEES = 4, 6
PRODUCTS = SEES * SEES
#: Transformed values of a task.
VALUES = 1 << 20
#: From so many channels, on both sides, and tiles the transforms are worth it.
CHANNELS, TILES = 16, 96
#: For weights that stay, and are transformed: tiles, more of them where there are more weights than
#: stay in a cache, for these come from memory each time; and multiply-adds of the plain way.
LASTING_TILES, CACHED, UNCACHED_TILES, WORK = 12, 1 << 16, 32, 1 << 22
#: Outputs of all tiles, over those wanted, up to which it pays.
WASTE = 1.6
#: Weights from which the threads share their transform, and the adding up of their gradient.
SHARED = 1 << 14


class Transforms(NamedTuple):
    """For two axes at once: x (36, 36), w (36, 9), its turned form, y (16, 36)."""

    x: NDArray
    w: NDArray
    turned: NDArray
    y: NDArray


@lru_cache(maxsize=2)
def transforms(dtype: np.dtype) -> Transforms:
    points = [0.0, sqrt(0.5), -sqrt(0.5), sqrt(2), -sqrt(2)]
    at, g, bt = np.zeros((TILE, SEES)), np.zeros((SEES, 3)), np.zeros((SEES, SEES))
    for j, point in enumerate(points):
        others = [p for p in points if p != point]
        at[:, j] = [point**i for i in range(TILE)]
        g[j] = np.array([1, point, point * point]) / np.prod([point - p for p in others])
        bt[j, :-1] = np.poly(others)[::-1]
    at[-1, -1] = g[-1, -1] = 1  # the point at infinity
    bt[-1] = np.poly(points)[::-1]
    pairs = (bt, bt), (g, g), (g[:, ::-1], g[:, ::-1]), (at, at)
    return Transforms(*(np.kron(*pair).astype(dtype) for pair in pairs))


class Chunk(NamedTuple):
    """Images first..last, rows of tiles top..bottom."""

    first: int
    last: int
    top: int
    bottom: int


class Plan(NamedTuple):
    across: int
    chunks: list[Chunk]


def suits(g: Geometry) -> Verdict:
    window, out = g.window, g.out
    if window.kernel != (3, 3) or window.stride != (1, 1) or window.dilation != (1, 1):
        return Verdict(False, "not 3x3 cells that move by one")
    if g.group > 1:
        return Verdict(False, f"{g.group} groups at once")
    if max(window.pad) > 2:
        return Verdict(False, "padded by more than 2")
    if min(g.channels, g.outputs) < CHANNELS:
        return Verdict(False, f"{g.channels} to {g.outputs} channels, pays from {CHANNELS}")
    down, across = (-(-n // TILE) for n in out)
    tiles = g.images * down * across
    if TILE * TILE * down * across >= WASTE * out[0] * out[1]:
        return Verdict(False, f"{out[0]} x {out[1]} outputs leave tiles empty")
    # The transform of the weights is the same work for few tiles as for many, and they are four
    # times as many as before.
    few = tiles < TILES or 4 * tiles < min(g.channels, g.outputs)
    if g.lasting:
        few = tiles < (LASTING_TILES if g.channels * g.outputs <= CACHED else UNCACHED_TILES)
    if few:
        return Verdict(False, f"{tiles} tiles are too few")
    if g.lasting and g.work < WORK:
        return Verdict(False, f"{g.work} multiplications are few")
    return Verdict(True, f"{g.channels} to {g.outputs} channels, {tiles} tiles")


def ready(g: Geometry, w: NDArray, b: NDArray | None) -> NDArray:
    values = np.empty((PRODUCTS, w.shape[1] * len(w)), w.dtype)
    _, tasks = weights(w, False, values)
    run([Stage(tasks, g.work)])
    return values.reshape(PRODUCTS, w.shape[1], len(w))


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: NDArray | None = None,
) -> Stages:
    if ready is None:
        ready, tasks = weights(w, turned=False)
        yield Stage(tasks, g.work)
    yield Stage(convolve(x, ready, b, y, g.window.pad), g.work, pieces(g))


def backward(
    g: Geometry,
    x: NDArray | None,
    w: NDArray,
    dy: NDArray,
    dw: NDArray | None,
    db: NDArray | None,
    dx: NDArray | None,
) -> Stages:
    tasks: list[Task] = []
    after: list[Task] = []
    if x is not None and dw is not None:
        tasks, after = correlate(x, dy, dw, db, g.window.pad)
    if dx is not None:
        values, first = weights(w, turned=True)
        yield Stage(first, g.work)
        pad = tuple(2 - n for n in g.window.pad)
        tasks = tasks + convolve(dy, values, None, dx, pad)
    yield Stage(tasks, g.work)
    yield Stage(after, FINISH * g.weights)


@lru_cache(maxsize=1024)
def plan(images: int, channels: int, outputs: int, out: Sizes) -> Plan:
    down, across = (-(-n // TILE) for n in out)
    most = max(1, VALUES // (PRODUCTS * max(channels, outputs)))
    wanted = min(most, -(-images * down * across // 2))
    if wanted >= down * across:
        pieces = even(-(-images // (wanted // (down * across))), images)
        return Plan(across, [Chunk(*i, 0, down) for i in cut(images, pieces)])
    lines = cut(down, even(-(-down // max(1, wanted // across)), down))
    return Plan(across, [Chunk(i, i + 1, *line) for i in range(images) for line in lines])


@lru_cache(maxsize=1024)
def pieces(g: Geometry) -> list[Piece]:
    """What the tasks of `convolve` write."""
    row = TILE * g.out[1]
    return [
        Piece(slice(c.first, c.last), slice(None), slice(c.top * row, c.bottom * row))
        for c in plan(g.images, g.channels, g.outputs, g.out).chunks
    ]


def weights(w: NDArray, turned: bool, values: NDArray | None = None) -> tuple[NDArray, list[Task]]:
    """(G w G^T) of w (M, C, 3, 3) as (36, C, M), what x is multiplied with; turned: of the
    kernel turned round, as (36, M, C), for dy.  And the tasks that write it, to values (36, M C)
    or to scratch."""
    m, c = w.shape[:2]
    t = transforms(w.dtype)
    if values is None:
        values = scratch.buffer(TURNED if turned else WEIGHTS, (PRODUCTS, m * c), w.dtype)

    def task(low: int, high: int) -> None:
        if turned:
            np.matmul(t.turned, w[low:high].reshape(-1, 9).T, out=values[:, low * c : high * c])
            return
        part = scratch.buffer(PART, (high - low, m, 3, 3), w.dtype)
        np.copyto(part, w[:, low:high].swapaxes(0, 1))
        np.matmul(t.w, part.reshape(-1, 9).T, out=values[:, low * m : high * m])

    pieces = cut(m if turned else c, 4 if m * c > SHARED else 1)
    shape = (PRODUCTS, m, c) if turned else (PRODUCTS, c, m)
    return values.reshape(shape), [partial(task, *piece) for piece in pieces]


def convolve(x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, pad: Sizes) -> list[Task]:
    """Tasks that write y (N, M, OH, OW) = x (N, C, H, W) * w [+ b]; w (36, C, M)."""
    t = transforms(x.dtype)
    out = y.shape[2:]
    p = plan(len(x), x.shape[1], y.shape[1], out)

    def task(chunk: Chunk) -> None:
        cells = _cells(x, chunk, p, pad)
        m = w.shape[2]
        products = scratch.buffer(PRODUCT, (PRODUCTS, cells.shape[1], m), x.dtype)
        np.matmul(cells, w, out=products)
        tiles = scratch.buffer(COLUMNS, (TILE * TILE, products[0].size), x.dtype)
        np.matmul(t.y, products.reshape(PRODUCTS, -1), out=tiles)
        # (i, j, n, tile down, tile across, M) -> (n, M, tile down, i, tile across, j)
        images, lines = chunk.last - chunk.first, chunk.bottom - chunk.top
        shape = (images, m, lines * TILE, p.across * TILE)
        ordered = tiles.reshape(TILE, TILE, images, lines, p.across, m)
        whole = scratch.buffer(ROWS, (images, lines, TILE, p.across, TILE, m), x.dtype)
        np.copyto(whole, ordered.transpose(2, 3, 0, 4, 1, 5))
        planes = whole.reshape(images, *shape[2:], m).transpose(0, 3, 1, 2)
        target = y[chunk.first : chunk.last, :, chunk.top * TILE : chunk.bottom * TILE]
        planes = planes[:, :, : target.shape[2], : target.shape[3]]
        if b is None:
            np.copyto(target, planes)
        else:
            np.add(planes, b[:, None, None], out=target)

    return [partial(task, chunk) for chunk in p.chunks]


def correlate(
    x: NDArray, dy: NDArray, dw: NDArray, db: NDArray | None, pad: Sizes
) -> tuple[list[Task], list[Task]]:
    """Tasks, and others for after them, that add to dw (M, C, 3, 3) and db (M)."""
    t = transforms(x.dtype)
    m, c = dw.shape[:2]
    p = plan(len(x), c, m, dy.shape[2:])
    slots = cut(len(p.chunks), min(4, len(p.chunks)))
    # Not the tasks' own memory: it is read when all are done.
    partials = scratch.buffer(PARTIALS, (len(slots), 9, m * c), x.dtype)
    sums = scratch.buffer(PARTIAL_SUMS, (len(slots), m), x.dtype)

    def task(i: int) -> None:
        for k in range(*slots[i]):
            cells = _cells(x, p.chunks[k], p, pad)
            tiles = _tiles(dy, p.chunks[k], p)
            number = cells.shape[1]
            spread = scratch.buffer(ROWS, (PRODUCTS, number, m), x.dtype)
            np.matmul(t.y.T, tiles.reshape(TILE * TILE, -1), out=spread.reshape(PRODUCTS, -1))
            products = scratch.buffer(PRODUCT, (PRODUCTS, m, c), x.dtype)
            np.matmul(spread.swapaxes(1, 2), cells, out=products)
            first = k == slots[i][0]
            part = partials[i] if first else scratch.buffer(PART, (9, m * c), x.dtype)
            np.matmul(t.w.T, products.reshape(PRODUCTS, -1), out=part)
            if not first:
                np.add(partials[i], part, out=partials[i])
            if db is not None:
                total = sums[i] if first else scratch.buffer(SUMS, (m,), x.dtype)
                count = TILE * TILE * number
                np.matmul(ones(count, x.dtype), tiles.reshape(count, m), out=total)
                if not first:
                    np.add(sums[i], total, out=sums[i])

    def finish(low: int, high: int) -> None:
        total = partials[0, :, low:high]
        for more in partials[1:, :, low:high]:
            np.add(total, more, out=total)
        part = dw.reshape(m * c, 9)[low:high]
        np.add(part, total.T, out=part)
        if low == 0 and db is not None:
            for row in sums:
                np.add(db, row, out=db)

    pieces = cut(m * c, 4 if m * c > SHARED else 1)
    return (
        [partial(task, i) for i in range(len(slots))],
        [partial(finish, *piece) for piece in pieces],
    )


def _cells(x: NDArray, chunk: Chunk, p: Plan, pad: Sizes) -> NDArray:
    """B^T x B for a chunk's tiles: (36, tiles, C)."""
    c, height, width = x.shape[1:]
    images, lines = chunk.last - chunk.first, chunk.bottom - chunk.top
    rows, places = lines * TILE + 2, p.across * TILE + 2
    frame = scratch.buffer(INPUT, (images, rows, places, c), x.dtype)
    low = chunk.top * TILE - pad[0]
    first, end = max(low, 0), min(low + rows, height)
    right = min(width, places - pad[1])
    frame.fill(0)
    inside = frame[:, first - low : end - low, pad[1] : pad[1] + right]
    source = x[chunk.first : chunk.last, :, first:end, :right]
    np.copyto(inside, source.transpose(0, 2, 3, 1))
    tiles = Window((SEES, SEES), (TILE, TILE), (0, 0), (1, 1))
    view = windows(frame, tiles, (lines, p.across), 1, 0)
    seen = scratch.buffer(COLUMNS, view.shape, x.dtype)
    np.copyto(seen, view)
    cells = scratch.buffer(CELLS, (PRODUCTS, seen[0, 0].size), x.dtype)
    np.matmul(transforms(x.dtype).x, seen.reshape(PRODUCTS, -1), out=cells)
    return cells.reshape(PRODUCTS, -1, c)


def _tiles(dy: NDArray, chunk: Chunk, p: Plan) -> NDArray:
    """dy of a chunk in tiles: (16, tiles, M)."""
    m, height, width = dy.shape[1:]
    images, lines = chunk.last - chunk.first, chunk.bottom - chunk.top
    top, bottom = chunk.top * TILE, min(chunk.bottom * TILE, height)
    frame = scratch.buffer(INPUT, (images, lines * TILE, p.across * TILE, m), dy.dtype)
    if bottom - top < lines * TILE or width < p.across * TILE:
        frame.fill(0)
    source = dy[chunk.first : chunk.last, :, top:bottom]
    np.copyto(frame[:, : bottom - top, :width], source.transpose(0, 2, 3, 1))
    split = frame.reshape(images, lines, TILE, p.across, TILE, m).transpose(2, 4, 0, 1, 3, 5)
    tiles = scratch.buffer(COLUMNS, split.shape, dy.dtype)
    np.copyto(tiles, split)
    return tiles.reshape(TILE * TILE, -1, m)
