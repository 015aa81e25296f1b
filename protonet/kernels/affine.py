"""Scaling and shifting along one axis, and the gradients: the arithmetic of Scale and Bias.

Arrays are seen as (outer, dim, inner): `dim` is the axis, or the run of axes, on which the
factor or the offset lives, e.g. (N, C, H * W) for one per channel.  The work is cut into
blocks of a size that stays in the cache; where they lie depends on the shape alone, so that
sums come out the same with any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from . import threads
from .scratch import buffer
from .threads import PIECE

#: Into how many parts, summed apart, the outer axis is cut.
PARTS = 8

Shape = tuple[int, ...]


def _block(shape: Shape, size: int = PIECE) -> tuple[int, int]:
    """How long a block of `size` values is along outer and dim: whole runs of dim if they fit."""
    _, dim, inner = shape
    if dim * inner <= size:
        return max(1, size // max(1, dim * inner)), dim
    return 1, min(dim, max(1, size // max(1, inner)))


def blocks(shape: Shape, size: int = PIECE) -> list[tuple[slice, slice]]:
    """The blocks x[o, d] of an (outer, dim, inner) array."""
    depth, width = _block(shape, size)
    return [
        (slice(i, i + depth), slice(j, j + width))
        for i in range(0, shape[0], depth)
        for j in range(0, shape[1], max(1, width))
    ]


def for_blocks(shape: Shape, fn: Callable[[slice, slice], None]) -> None:
    """fn(o, d) for all blocks x[o, d] of an (outer, dim, inner) array."""
    depth, width = _block(shape)
    across = -(-shape[1] // width) if width else 0

    def block(k: int) -> None:
        i, j = divmod(k, across)
        fn(slice(i * depth, (i + 1) * depth), slice(j * width, (j + 1) * width))

    threads.run(block, -(-shape[0] // depth) * across)


def parts_of(shape: Shape) -> int:
    """How many parts `for_parts` makes of the outer axis."""
    depth, width = _block(shape)
    return 1 if width < shape[1] else max(1, min(PARTS, -(-shape[0] // depth)))


def for_parts(shape: Shape, fn: Callable[[int, list[slice], slice], None]) -> None:
    """For sums over outer and inner: fn(i, blocks, d) is to sum x[o, d] for o in blocks, in
    their order.  Either dim is cut, or outer into parts i < parts_of(shape)."""
    depth, width = _block(shape)
    starts = range(0, shape[0], depth)
    parts, each = parts_of(shape), -(-len(starts) // parts_of(shape))
    across = -(-shape[1] // width) if width else 0

    def part(k: int) -> None:
        i, j = divmod(k, across)
        part_starts = starts[i * each : (i + 1) * each]
        fn(i, [slice(s, s + depth) for s in part_starts], slice(j * width, (j + 1) * width))

    threads.run(part, parts * across)


def scale_shift(
    x: NDArray,
    scale: NDArray | None,
    shift: NDArray | None,
    out: NDArray,
    keep: NDArray | None = None,
) -> None:
    """out = x * scale + shift, either of which may be None; `out` may be x.

    keep: where to put a copy of x, for a layer that works in place.
    """

    def block(o: slice, d: slice) -> None:
        source, y = x[o, d], out[o, d]
        if keep is not None:
            np.copyto(keep[o, d], source)
        if scale is not None:
            np.multiply(source, scale[d, None], out=y)
            source = y
        if shift is not None:
            np.add(source, shift[d, None], out=y)

    for_blocks(x.shape, block)


def scale_add(x: NDArray, scale: NDArray, other: NDArray, out: NDArray) -> None:
    """out = x * scale + other, which has the shape of x."""

    def block(o: slice, d: slice) -> None:
        y = out[o, d]
        np.multiply(x[o, d], scale[d, None], out=y)
        np.add(y, other[o, d], out=y)

    for_blocks(x.shape, block)


def add_sums(terms: Sequence[tuple[NDArray, NDArray | None]], outs: Sequence[NDArray]) -> None:
    """outs[k][d] += sum over outer and inner of a * b, for terms[k] = (a, b); b None means 1."""
    shape = terms[0][0].shape
    parts = parts_of(shape)
    partial = np.zeros((parts if parts > 1 else 0, len(terms), shape[1]), outs[0].dtype)

    def part(i: int, blocks: list[slice], d: slice) -> None:
        for k, (a, b) in enumerate(terms):
            total = outs[k][d] if parts == 1 else partial[i, k, d]
            for o in blocks:
                of_block = buffer("sums of a block", total.shape, total.dtype)
                if b is None:
                    np.add.reduce(a[o, d], axis=(0, 2), out=of_block)
                else:
                    np.einsum("odi,odi->d", a[o, d], b[o, d], out=of_block)
                np.add(total, of_block, out=total)

    for_parts(shape, part)
    for part_sums in partial:
        for out, sums in zip(outs, part_sums):
            np.add(out, sums, out=out)
