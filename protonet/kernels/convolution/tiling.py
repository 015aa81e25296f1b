"""How a batch is cut into tiles and tasks for Winograd's way, and the memory of a task.

A task is some images, or some rows of tiles of one, so few that their cells stay in the cache.
Where there are more weights than fit in it, and few tiles, tasks are cut by channels instead, so
that each weight is read once: some make the cells of all tiles for some inputs, the others
multiply them for some outputs.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Sizes
from .columns import cut, even
from .geometry import Geometry
from .memory import INPUT, PRODUCT
from .transforms import TILE, Product, Tiles, frame_size, gather, multiply, sees, spread
from .way import CUT, Piece

#: Transformed values of a task, and its tiles at least.
VALUES, LEAST = 1 << 18, 28
#: Multiply-adds up to which BLAS takes a product as it lies, without putting it in order, and
#: the columns it should have.
LARGEST, VECTOR = 10**6, 16
#: Transformed weights from which, and tiles of an image up to which, tasks are cut by channels;
#: their number.
HEAVY, PLANE, PARTS = 1 << 20, 64, 4
#: Tiles of a block, at least and at most: where these are too few, each product is too small.
NARROW, WIDE = 4, 7


class Chunk(NamedTuple):
    """Images first..last, rows of tiles top..bottom."""

    first: int
    last: int
    top: int
    bottom: int


class Plan(NamedTuple):
    """kernel: its size.  blocks, across: of a row of tiles, and tiles of a block.  outputs: those
    that are multiplied at once, a group.  parts: of the channels, where tasks are cut by them.
    pieces: what each chunk writes."""

    kernel: int
    blocks: int
    across: int
    chunks: list[Chunk]
    pieces: list[Piece]
    outputs: int
    parts: int

    def tiles(self, chunk: Chunk) -> Tiles:
        images, down = chunk.last - chunk.first, chunk.bottom - chunk.top
        return Tiles(self.kernel, images, down, self.blocks, self.across)


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    """Of a forward."""
    down, blocks, across = grid(g)
    image = down * blocks * across
    kernel = g.window.kernel[0]
    products = sees(kernel) ** 2
    most = max(VALUES // (products * max(g.channels, g.outputs)), LEAST)
    shared = products * g.channels * g.outputs >= HEAVY and image <= PLANE
    if shared:
        most = max(most, image, min(g.channels, g.outputs) // 2)
    elif g.work >= CUT:
        most = min(most, -(-g.images * image // 2))
    p = Plan(kernel, blocks, across, *chunks(g, most), g.outputs, 1)
    fitting = LARGEST // (max(p.tiles(chunk).total for chunk in p.chunks) * g.channels)
    if shared:
        fitting = min(fitting, g.outputs // 2)
    if shared and fitting < VECTOR:
        fitting = g.outputs // PARTS
    outputs = _divisor(g.outputs, fitting) if fitting >= VECTOR else g.outputs
    return p._replace(outputs=outputs, parts=min(PARTS, g.outputs // outputs) if shared else 1)


def _divisor(n: int, most: int) -> int:
    return next(k for k in range(min(n, most), 0, -1) if n % k == 0)


@lru_cache(maxsize=1024)
def gradient_plan(g: Geometry) -> Plan:
    """Of the weights' gradient: more tiles at once, for all its products are added up."""
    _, blocks, across = grid(g)
    kernel, (few, many) = g.window.kernel[0], sorted((g.channels, g.outputs))
    most = max(VALUES // (sees(kernel) ** 2 * many), few // 2)
    return Plan(kernel, blocks, across, *chunks(g, most), g.outputs, 1)


def grid(g: Geometry) -> tuple[int, int, int]:
    """Rows of tiles of an image, blocks of a row, and tiles of a block: such that as few as may be
    are tiles that nobody asked for."""
    down, row = (-(-n // TILE) for n in g.out)
    sizes = range(min(NARROW, row), WIDE + 1)
    across = min(sizes, key=lambda n: (-(-row // n) * n, n))
    return down, -(-row // across), across


def chunks(g: Geometry, most: int) -> tuple[list[Chunk], list[Piece]]:
    """Chunks of about so many tiles: of some images, or of some rows of tiles of one."""
    down, blocks, across = grid(g)
    row = blocks * across
    if most >= down * row:
        pieces = even(-(-g.images // (most // (down * row))), g.images)
        found = [Chunk(*i, 0, down) for i in cut(g.images, pieces)]
    else:
        lines = cut(down, even(-(-down // max(1, most // row)), down))
        found = [Chunk(i, i + 1, *line) for i in range(g.images) for line in lines]
    line = TILE * g.out[1]
    return found, [
        Piece(slice(c.first, c.last), slice(None), slice(c.top * line, c.bottom * line))
        for c in found
    ]


class Reading(NamedTuple):
    """Planes with zeros around them; what of an array's images is in them, and where; what makes
    cells of them."""

    frame: NDArray
    source: Index
    inside: NDArray
    products: list[Product]

    def run(self, images: NDArray) -> None:
        self.frame.fill(0)
        np.copyto(self.inside, images[self.source])
        multiply(self.products)


def reading(
    matrix: str, size: Sizes, pad: Sizes, top: int, t: Tiles, cells: NDArray, low: int, high: int
) -> Reading:
    """Of planes of some size, from the row of tiles `top` on, into the cells of the channels
    low..high."""
    rows, places = frame_size(matrix, t)
    frame = planes((t.images, high - low), (rows, places), cells.dtype)
    start = top * TILE - pad[0]
    first, end = max(start, 0), min(start + rows, size[0])
    right = min(size[1], places - pad[1])
    inside = frame[:, :, first - start : end - start, pad[1] : pad[1] + right]
    source = (slice(None), slice(low, high), slice(first, end), slice(0, right))
    return Reading(frame, source, inside, spread(matrix, frame, t, cells, low))


class Writing(NamedTuple):
    """Cells of x, (sees, sees, 1, tiles, C); where their products go, (sees, sees, groups, tiles,
    outputs); what makes planes of these; and what of them is wanted."""

    cells: NDArray
    out: NDArray
    products: list[Product]
    wanted: NDArray

    def run(self, w: NDArray, b: NDArray | None, y: NDArray) -> None:
        """w (sees, sees, groups, C, outputs) of these groups, b and y of their outputs."""
        np.matmul(self.cells, w, out=self.out)
        multiply(self.products)
        if b is None:
            np.copyto(y, self.wanted)
        else:
            np.add(self.wanted, b[:, None, None], out=y)


def writing(t: Tiles, cells: NDArray, groups: int, outputs: int, lines: int, row: int) -> Writing:
    """Of lines of some length."""
    m = groups * outputs
    products = scratch.buffer(PRODUCT, t.cells(m), cells.dtype)
    split = products.reshape(*t.cells(groups), outputs).swapaxes(2, 3)
    frame = planes((t.images, m), frame_size("y", t), cells.dtype)
    wanted = frame[:, :, :lines, :row]
    return Writing(cells[:, :, None], split, gather(products, t, frame), wanted)


def planes(shape: Sizes, size: Sizes, dtype: np.dtype) -> NDArray:
    """Memory for planes (*shape, *size).  Their distance is an odd number of the cache's lines: at
    a power of two they would drive one another out of it."""
    count = prod(size)
    step = (-(-count // VECTOR) | 1) * VECTOR
    flat = scratch.buffer(INPUT, (*shape, step), dtype)
    return flat[..., :count].reshape(*shape, *size)
