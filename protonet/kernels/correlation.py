"""Patches of one image compared with those around the same place in another (FlowNet).

Channels come last here, (N, H, W, C), and images have their padding.  For one vertical displacement
all horizontal ones are a band of the product of a row of the first image, as (OW, C), with the
row of the second, as (C, window): BLAS computes some cells beside the band too, in far less time
than a loop over the displacements takes.  The row is cut into blocks, to keep those few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .threads import PIECE

#: Columns of the output in a block.
BLOCK = 64


class Correlation(NamedTuple):
    """pad; kernel: side of a patch; reach: largest displacement; stride: from patch to patch;
    step: from displacement to displacement."""

    pad: int
    kernel: int
    reach: int
    stride: int
    step: int

    @property
    def radius(self) -> int:
        """Displacements to each side."""
        return self.reach // self.step

    @property
    def grid(self) -> int:
        """Displacements along an axis."""
        return 2 * self.radius + 1

    def out(self, size: int) -> int:
        """Patches along an axis; 0 or less if nothing fits."""
        border = self.reach + (self.kernel - 1) // 2
        return -(-(size + 2 * self.pad - 2 * border) // self.stride)

    def places(self, out: int) -> slice:
        """Cells at which patches begin, as far as there are `out` of them."""
        return slice(self.reach, self.reach + (out - 1) * self.stride + 1, self.stride)


def moved(places: slice, by: int) -> slice:
    return slice(places.start + by, places.stop + by, places.step)


def padded(x: NDArray, pad: int, name: str) -> NDArray:
    """x (N, C, H, W) as (N, H + 2 pad, W + 2 pad, C), zeros around, in this thread's scratch."""
    n, channels, height, width = x.shape
    out = scratch.buffer(name, (n, height + 2 * pad, width + 2 * pad, channels), x.dtype)
    if pad:
        out.fill(0)
    np.copyto(out[:, pad : pad + height, pad : pad + width], x.transpose(0, 2, 3, 1))
    return out


def pieces(x: NDArray, c: Correlation) -> Iterator[slice]:
    """The images of x (N, C, H, W), a few at a time."""
    _, channels, height, width = x.shape
    each = channels * (height + 2 * c.pad) * (width + 2 * c.pad)
    step = max(1, PIECE // max(1, each))
    return (slice(start, start + step) for start in range(0, len(x), step))


def blocks(c: Correlation, width: int) -> Iterator[tuple[slice, slice, slice]]:
    """For each block of the output's columns: these, the cells of the first image at the patches'
    left edges, and the cells of the second that any displacement reaches from there."""
    for start in range(0, width, BLOCK):
        stop = min(start + BLOCK, width)
        first = c.reach + start * c.stride
        last = c.reach + (stop - 1) * c.stride
        side = c.radius * c.step
        yield (
            slice(start, stop),
            slice(first, last + 1, c.stride),
            slice(first - side, last + side + 1),
        )


def band(products: NDArray, c: Correlation) -> NDArray:
    """The view [n, o, y, x] of products [n, y, x, w]: cell w = x stride + o step."""
    n, rows, columns, _ = products.shape
    at_n, at_y, at_x, at_w = products.strides
    strides = (at_n, c.step * at_w, at_y, at_x + c.stride * at_w)
    shape = (n, c.grid, rows, columns)
    return np.ndarray(shape, products.dtype, products, 0, strides)


def of_grid(out: NDArray, c: Correlation) -> NDArray:
    """(N, grid^2, OH, OW) as (N, grid, grid, OH, OW)."""
    return out.reshape(len(out), c.grid, c.grid, *out.shape[2:])


def forward(a: NDArray, b: NDArray, out: NDArray, c: Correlation) -> None:
    """out[n, (p, o), y, x] = mean over the patch at (y, x) of a times b moved by (p, o) steps.

    a, b (N, C, H, W), out (N, grid^2, OH, OW), p and o from -radius to radius.
    """
    for n in pieces(a, c):
        first, second = padded(a[n], c.pad, "first image"), padded(b[n], c.pad, "second image")
        _forward(first, second, of_grid(out[n], c), c)


def _forward(first: NDArray, second: NDArray, grid: NDArray, c: Correlation) -> None:
    """Of images with their padding; grid (N, grid, grid, OH, OW)."""
    height, width = grid.shape[3:]
    scale, rows = 1 / (c.kernel * c.kernel * first.shape[3]), c.places(height)

    def row(p: int) -> None:
        grid[:, p].fill(0)
        for i, j in np.ndindex(c.kernel, c.kernel):
            here, there = moved(rows, i), moved(rows, i + (p - c.radius) * c.step)
            for columns, left, window in blocks(c, width):
                one = first[:, here, moved(left, j)]
                two = second[:, there, moved(window, j)]
                shape = (*one.shape[:3], two.shape[2])
                products = scratch.buffer("products", shape, grid.dtype)
                np.matmul(one, two.swapaxes(2, 3), out=products)
                grid[:, p, :, :, columns] += band(products, c)
        grid[:, p] *= scale

    threads.run(row, c.grid)


def backward(
    a: NDArray, b: NDArray, dout: NDArray, da: NDArray | None, db: NDArray | None, c: Correlation
) -> None:
    """da = dout times what a met in b, db = dout times what b met in a; either may be unwanted."""

    def piece(n: slice) -> None:
        first, second = padded(a[n], c.pad, "first image"), padded(b[n], c.pad, "second image")
        back_a, back_b = (cleared(x, first, name) for x, name in ((da, "first"), (db, "second")))
        grid, rows = of_grid(dout[n], c), c.places(dout.shape[2])
        for columns, left, window in blocks(c, dout.shape[3]):
            across = (columns.stop - columns.start, window.stop - window.start)
            shape = (len(first), dout.shape[2], *across)
            given = scratch.buffer("products", shape, dout.dtype)
            given.fill(0)
            for p, i, j in np.ndindex(c.grid, c.kernel, c.kernel):
                band(given, c)[...] = grid[:, p, :, :, columns]
                here, there = moved(rows, i), moved(rows, i + (p - c.radius) * c.step)
                one, two = moved(left, j), moved(window, j)
                if back_a is not None:
                    add_product(given, second[:, there, two], back_a[:, here, one])
                if back_b is not None:
                    add_product(given.swapaxes(2, 3), first[:, here, one], back_b[:, there, two])
        unpad(da, n, back_a, c)
        unpad(db, n, back_b, c)

    for_pieces(piece, a, c)


def for_pieces(fn: Callable[[slice], None], x: NDArray, c: Correlation) -> None:
    """fn for all pieces of the images, on the threads."""
    cut = list(pieces(x, c))
    threads.run(lambda k: fn(cut[k]), len(cut))


def add_product(a: NDArray, b: NDArray, out: NDArray) -> None:
    """out += a b, matrices in stacks."""
    product = scratch.buffer("product", out.shape, out.dtype)
    np.matmul(a, b, out=product)
    np.add(out, product, out=out)


def cleared(dx: NDArray | None, image: NDArray, which: str) -> NDArray | None:
    """Zeros like an image with its padding, if its gradient is wanted."""
    if dx is None:
        return None
    back = scratch.buffer(f"gradient of the {which} image", image.shape, image.dtype)
    back.fill(0)
    return back


def unpad(dx: NDArray | None, n: slice, diff: NDArray | None, c: Correlation) -> None:
    """dx[n] (.., C, H, W) = diff (.., H + 2 pad, W + 2 pad, C) without the padding, as a mean."""
    if dx is not None and diff is not None:
        channels, height, width = dx.shape[1:]
        inside = diff[:, c.pad : c.pad + height, c.pad : c.pad + width].transpose(0, 3, 1, 2)
        np.multiply(inside, 1 / (c.kernel * c.kernel * channels), out=dx[n])


def forward_difference(a: NDArray, b: NDArray, out: NDArray, c: Correlation) -> None:
    """As `forward`, of |a - b| in place of the product."""
    for n in pieces(a, c):
        first, second = padded(a[n], c.pad, "first image"), padded(b[n], c.pad, "second image")
        _forward_difference(first, second, out[n], c)


def _forward_difference(first: NDArray, second: NDArray, out: NDArray, c: Correlation) -> None:
    """Of images with their padding."""
    height, width = out.shape[2:]
    scale = 1 / (c.kernel * c.kernel * first.shape[3])

    def displaced(k: int) -> None:
        out[:, k].fill(0)
        for here, there in _patches(c, k, height, width):
            difference = _difference(first[here], second[there])
            np.abs(difference, out=difference)
            total = scratch.buffer("product", difference.shape[:3], difference.dtype)
            out[:, k] += np.add.reduce(difference, axis=3, out=total)
        out[:, k] *= scale

    threads.run(displaced, c.grid**2)


def backward_difference(
    a: NDArray, b: NDArray, dout: NDArray, da: NDArray | None, db: NDArray | None, c: Correlation
) -> None:
    """As `backward`, of |a - b| in place of the product."""

    def piece(n: slice) -> None:
        first, second = padded(a[n], c.pad, "first image"), padded(b[n], c.pad, "second image")
        back_a, back_b = (cleared(x, first, name) for x, name in ((da, "first"), (db, "second")))
        for k in range(c.grid**2):
            for here, there in _patches(c, k, *dout.shape[2:]):
                slope = _difference(first[here], second[there])
                np.sign(slope, out=slope)
                slope *= dout[n, k, :, :, None]
                if back_a is not None:
                    back_a[here] += slope
                if back_b is not None:
                    back_b[there] -= slope
        unpad(da, n, back_a, c)
        unpad(db, n, back_b, c)

    for_pieces(piece, a, c)


def _difference(a: NDArray, b: NDArray) -> NDArray:
    """a - b, in this thread's scratch."""
    return np.subtract(a, b, out=scratch.buffer("products", a.shape, a.dtype))


Cells = tuple[slice, slice, slice]


def _patches(c: Correlation, k: int, height: int, width: int) -> Iterator[tuple[Cells, Cells]]:
    """Where, for displacement k, each cell of all patches lies in the first and second image."""
    p, o = (n - c.radius for n in divmod(k, c.grid))
    rows, columns = c.places(height), c.places(width)
    for i, j in np.ndindex(c.kernel, c.kernel):
        yield (
            (slice(None), moved(rows, i), moved(columns, j)),
            (slice(None), moved(rows, i + p * c.step), moved(columns, j + o * c.step)),
        )
