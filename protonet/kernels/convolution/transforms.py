"""Winograd's transforms of many tiles at once, as matrix products.

Along one axis a tile of 4 outputs of a kernel of 3 sees 6 inputs, and

    y = A^T [(G w) * (B^T x)]        the product in the middle cell by cell

where the matrices hold the values of polynomials at 5 points and infinity; of a kernel of 5 it
is 8 inputs, and 7 points.

A row of tiles is transformed by one matrix, in which that of a tile is repeated along the
diagonal.  Two such products, for a row and for a column of tiles, read planes as they lie in
memory and write the cells as the products in the middle want them, channels innermost:

    cells (sees across, sees down, tiles, channels)
    tiles (rows of tiles, images, blocks of a row, tiles of a block)

Long rows are cut into blocks of a few tiles, for the matrix of n tiles has n times as much to
multiply.

Rounding grows with the transforms.  The points 0, +-sqrt(1/2), +-sqrt(2) keep it at a few times
that of plain sums, where the usual 0, +-1, +-2 lose four times as much.  Kernels of 5 lose four
times as much too; other points than these are hardly better.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from .. import scratch
from ..windows import Sizes
from .memory import COLUMNS

#: Outputs of a tile along an axis.
TILE = 4
#: By the size of a kernel.
POINTS = {
    3: [0.0, sqrt(0.5), -sqrt(0.5), sqrt(2), -sqrt(2)],
    5: [0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0],
}


class Matrices(NamedTuple):
    """B^T (sees, sees), G (sees, kernel) and A (sees, 4)."""

    x: NDArray
    w: NDArray
    y: NDArray


class Tiles(NamedTuple):
    """Rows of tiles of some images, each of them `blocks` times `across`, for kernels of a size."""

    kernel: int
    images: int
    down: int
    blocks: int
    across: int

    @property
    def sees(self) -> int:
        """Inputs that a tile sees along an axis."""
        return sees(self.kernel)

    @property
    def total(self) -> int:
        return self.images * self.down * self.blocks * self.across

    def cells(self, channels: int) -> Sizes:
        """The shape of all their cells."""
        return (self.sees, self.sees, self.total, channels)


#: a @ b is to be written to out.
Product = tuple[NDArray, NDArray, NDArray]


def sees(kernel: int) -> int:
    return TILE + kernel - 1


@lru_cache(maxsize=2)
def matrices(kernel: int) -> Matrices:
    points, size = POINTS[kernel], sees(kernel)
    bt, g, a = np.zeros((size, size)), np.zeros((size, kernel)), np.zeros((size, TILE))
    for j, point in enumerate(points):
        others = [p for p in points if p != point]
        a[j] = [point**i for i in range(TILE)]
        g[j] = np.array([point**i for i in range(kernel)])
        g[j] /= np.prod([point - p for p in others])
        bt[j, :-1] = np.poly(others)[::-1]
    a[-1, -1] = g[-1, -1] = 1  # the point at infinity
    bt[-1] = np.poly(points)[::-1]
    return Matrices(bt, g, a)


@lru_cache(maxsize=256)
def band(matrix: str, kernel: int, tiles: int, dtype: np.dtype) -> NDArray:
    """One of the matrices for a row of tiles: (sees tiles, what they see)."""
    one: NDArray = getattr(matrices(kernel), matrix)
    size, seen = one.shape
    whole = np.zeros((size, tiles, TILE * tiles + seen - TILE))
    for i in range(tiles):
        whole[:, i, TILE * i : TILE * i + seen] = one
    return whole.reshape(size * tiles, -1).astype(dtype)


@lru_cache(maxsize=64)
def turned_band(kernel: int, tiles: int, dtype: np.dtype) -> NDArray:
    """A^T for a column of tiles: (4 tiles, sees tiles)."""
    return np.ascontiguousarray(band("y", kernel, tiles, dtype).T)


@lru_cache(maxsize=8)
def of_kernels(kernel: int, turned: bool, dtype: np.dtype) -> NDArray:
    """What makes the cells (sees across, sees down) of a kernel, or of one turned round."""
    g = matrices(kernel).w[:, :: -1 if turned else 1]
    return np.einsum("aj,bi->abij", g, g).reshape(len(g) ** 2, kernel**2).astype(dtype)


@lru_cache(maxsize=4)
def to_kernels(kernel: int, dtype: np.dtype) -> NDArray:
    """What makes the gradient of a kernel from that of its cells."""
    return np.ascontiguousarray(of_kernels(kernel, False, dtype).T)


def frame_size(matrix: str, t: Tiles) -> tuple[int, int]:
    """Rows and places of the planes that the tiles see."""
    more = t.kernel - 1 if matrix == "x" else 0
    return TILE * t.down + more, TILE * t.blocks * t.across + more


def spread(matrix: str, frame: NDArray, t: Tiles, cells: NDArray, low: int = 0) -> list[Product]:
    """Products that write the cells of the channels from `low` on, of planes (images, channels,
    rows, places) with all that the tiles see."""
    channels, dtype = frame.shape[1], frame.dtype
    right, down = (band(matrix, t.kernel, n, dtype) for n in (t.across, t.down))
    (rows, seen), (n, c, row, cell) = (down.shape[1], right.shape[1]), frame.strides
    shape, step = (t.blocks, t.images, rows, seen, channels), TILE * t.across * cell
    columns = as_strided(frame, shape, (step, n, row, cell, c))
    lines = scratch.buffer(COLUMNS, (*shape[:3], t.sees * t.across, channels), dtype)
    if channels == cells.shape[-1]:  # tiles and channels are one run
        source = lines.reshape(*shape[:3], t.sees, -1).transpose(0, 3, 1, 2, 4)
        target = _by_rows(cells, t).transpose(3, 0, 2, 1, 4)
    else:
        source = lines.reshape(*shape[:3], t.sees, t.across, -1).transpose(0, 3, 1, 4, 2, 5)
        whole = _by_rows(cells, t)
        each = whole.reshape(*whole.shape[:4], t.across, cells.shape[-1])
        target = each[..., low : low + channels].transpose(3, 0, 2, 4, 1, 5)
    return [(right, columns, lines), (down, source, target)]


def gather(cells: NDArray, t: Tiles, frame: NDArray) -> list[Product]:
    """Products that write planes (images, channels, rows, places) of y from their cells."""
    m, dtype = cells.shape[-1], cells.dtype
    shape = (t.blocks, t.images, TILE * t.down, t.sees * t.across, m)
    lines = scratch.buffer(COLUMNS, shape, dtype)
    source = _by_rows(cells, t).transpose(3, 0, 2, 1, 4)
    target = lines.reshape(*shape[:3], t.sees, -1).transpose(0, 3, 1, 2, 4)
    n, c, row, cell = frame.strides
    strides, width = (TILE * t.across * cell, n, row, c, cell), TILE * t.across
    places = as_strided(frame, (*shape[:3], m, width), strides)
    return [
        (turned_band(t.kernel, t.down, dtype), source, target),
        (lines.swapaxes(3, 4), band("y", t.kernel, t.across, dtype), places),
    ]


def _by_rows(cells: NDArray, t: Tiles) -> NDArray:
    """(sees across, sees down times rows of tiles, images, blocks, tiles of a block times
    channels)"""
    return cells.reshape(t.sees, t.sees * t.down, t.images, t.blocks, t.across * cells.shape[-1])


def multiply(products: list[Product]) -> None:
    for a, b, out in products:
        np.matmul(a, b, out=out)
