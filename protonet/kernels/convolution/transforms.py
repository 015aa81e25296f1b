"""Winograd's transforms of many tiles at once, as matrix products.

Along one axis a tile of 4 outputs sees 6 inputs, and

    y = A^T [(G w) * (B^T x)]        the product in the middle cell by cell

A row of tiles is transformed by one matrix, in which that of a tile is repeated along the
diagonal.  Two such products, for a row and for a column of tiles, read planes as they lie in
memory and write the cells as the products in the middle want them, channels innermost:

    cells (6 across, 6 down, tiles, channels)      tiles = (row of tiles, image, block, tile of it)

Long rows are cut into blocks of a few tiles, for the matrix of n tiles has n times as much to
multiply.

Rounding grows with the transforms.  The points 0, +-sqrt(1/2), +-sqrt(2) and infinity keep
it at a few times that of plain sums; the usual 0, +-1, +-2 lose four times as much.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from .. import scratch
from .memory import COLUMNS

#: Outputs of a tile along an axis, and inputs it sees.
TILE, SEES = 4, 6
PRODUCTS = SEES * SEES


class Matrices(NamedTuple):
    """B^T (6, 6), G (6, 3) and A (6, 4)."""

    x: NDArray
    w: NDArray
    y: NDArray


class Tiles(NamedTuple):
    """Rows of tiles of some images, each of them `blocks` times `across`."""

    images: int
    down: int
    blocks: int
    across: int

    @property
    def total(self) -> int:
        return self.images * self.down * self.blocks * self.across


#: a @ b is to be written to out.
Product = tuple[NDArray, NDArray, NDArray]


@lru_cache(maxsize=1)
def matrices() -> Matrices:
    points = [0.0, sqrt(0.5), -sqrt(0.5), sqrt(2), -sqrt(2)]
    bt, g, a = np.zeros((SEES, SEES)), np.zeros((SEES, 3)), np.zeros((SEES, TILE))
    for j, point in enumerate(points):
        others = [p for p in points if p != point]
        a[j] = [point**i for i in range(TILE)]
        g[j] = np.array([1, point, point * point]) / np.prod([point - p for p in others])
        bt[j, :-1] = np.poly(others)[::-1]
    a[-1, -1] = g[-1, -1] = 1  # the point at infinity
    bt[-1] = np.poly(points)[::-1]
    return Matrices(bt, g, a)


@lru_cache(maxsize=256)
def band(matrix: str, tiles: int, dtype: np.dtype) -> NDArray:
    """One of the matrices for a row of tiles: (6 tiles, 4 tiles, or, of x, 2 more)."""
    one: NDArray = getattr(matrices(), matrix)
    seen = one.shape[1]
    whole = np.zeros((SEES, tiles, TILE * tiles + seen - TILE))
    for i in range(tiles):
        whole[:, i, TILE * i : TILE * i + seen] = one
    return whole.reshape(SEES * tiles, -1).astype(dtype)


@lru_cache(maxsize=64)
def turned_band(tiles: int, dtype: np.dtype) -> NDArray:
    """A^T for a column of tiles: (4 tiles, 6 tiles)."""
    return np.ascontiguousarray(band("y", tiles, dtype).T)


@lru_cache(maxsize=4)
def of_kernels(turned: bool, dtype: np.dtype) -> NDArray:
    """What makes the cells (6 6) of a kernel (3 3), or of one turned round."""
    g = matrices().w[:, :: -1 if turned else 1]
    return np.einsum("aj,bi->abij", g, g).reshape(PRODUCTS, 9).astype(dtype)


def frame_size(matrix: str, t: Tiles) -> tuple[int, int]:
    """Rows and places of the planes that the tiles see."""
    more = SEES - TILE if matrix == "x" else 0
    return TILE * t.down + more, TILE * t.blocks * t.across + more


def spread(matrix: str, frame: NDArray, t: Tiles, cells: NDArray, low: int = 0) -> list[Product]:
    """Products that write the cells of the channels from `low` on, of planes (images, channels,
    rows, places) with all that the tiles see."""
    images, channels, dtype = t.images, frame.shape[1], frame.dtype
    right, down = band(matrix, t.across, dtype), band(matrix, t.down, dtype)
    (rows, seen), (n, c, row, cell) = (down.shape[1], right.shape[1]), frame.strides
    shape, step = (t.blocks, images, rows, seen, channels), TILE * t.across * cell
    columns = as_strided(frame, shape, (step, n, row, cell, c))
    lines = scratch.buffer(COLUMNS, (*shape[:3], SEES * t.across, channels), dtype)
    if channels == cells.shape[-1]:  # tiles and channels are one run
        source = lines.reshape(*shape[:3], SEES, -1).transpose(0, 3, 1, 2, 4)
        target = _by_rows(cells, t).transpose(3, 0, 2, 1, 4)
    else:
        source = lines.reshape(*shape[:3], SEES, t.across, -1).transpose(0, 3, 1, 4, 2, 5)
        each = _by_rows(cells, t).reshape(SEES, -1, images, t.blocks, t.across, cells.shape[-1])
        target = each[..., low : low + channels].transpose(3, 0, 2, 4, 1, 5)
    return [(right, columns, lines), (down, source, target)]


def gather(cells: NDArray, t: Tiles, frame: NDArray) -> list[Product]:
    """Products that write planes (images, channels, rows, places) of y from their cells."""
    m, dtype = cells.shape[-1], cells.dtype
    shape = (t.blocks, t.images, TILE * t.down, SEES * t.across, m)
    lines = scratch.buffer(COLUMNS, shape, dtype)
    source = _by_rows(cells, t).transpose(3, 0, 2, 1, 4)
    target = lines.reshape(*shape[:3], SEES, -1).transpose(0, 3, 1, 2, 4)
    n, c, row, cell = frame.strides
    strides, width = (TILE * t.across * cell, n, row, c, cell), TILE * t.across
    places = as_strided(frame, (*shape[:3], m, width), strides)
    return [
        (turned_band(t.down, dtype), source, target),
        (lines.swapaxes(3, 4), band("y", t.across, dtype), places),
    ]


def _by_rows(cells: NDArray, t: Tiles) -> NDArray:
    """(6 across, 6 tiles down, images, blocks, tiles of a block times channels)"""
    return cells.reshape(SEES, SEES * t.down, t.images, t.blocks, t.across * cells.shape[-1])


def multiply(products: list[Product]) -> None:
    for a, b, out in products:
        np.matmul(a, b, out=out)
