"""Scaling and shifting along one axis, and the gradients: the arithmetic of Scale and Bias.

Arrays are seen as (outer, dim, inner): `dim` is the axis, or the run of axes, on which the
factor or the offset lives, e.g. (N, C, H * W) for one per channel.  The work is cut into
pieces of a size that stays in the cache; where they lie depends on the shape alone, so that
sums come out the same with any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from . import parallel
from .parallel import buffer

#: Values a piece.
PIECE = 1 << 15


def for_pieces(shape: tuple[int, ...], fn: Callable[[int, slice, slice], None]) -> int:
    """Call fn(i, o, d) for all pieces x[o, d] of an (outer, dim, inner) array; i counts the
    outer parts.  Returns how many outer parts there are."""
    outer, dim, inner = shape
    rows = min(dim, max(1, PIECE // max(1, inner)))
    depth = max(1, PIECE // max(1, dim * inner)) if rows == dim else 1
    across = -(-dim // rows) if dim else 0

    def piece(k: int) -> None:
        i, j = divmod(k, across)
        fn(i, slice(i * depth, (i + 1) * depth), slice(j * rows, (j + 1) * rows))

    parts = -(-outer // depth)
    parallel.run(piece, parts * across)
    return parts


def scale_shift(
    x: NDArray, scale: NDArray | None, shift: NDArray | None, out: NDArray,
    keep: NDArray | None = None,
) -> None:
    """out = x * scale + shift, either of which may be None; `out` may be x.

    keep: where to put a copy of x, for a layer that works in place.
    """

    def piece(i: int, o: slice, d: slice) -> None:
        source, y = x[o, d], out[o, d]
        if keep is not None:
            np.copyto(keep[o, d], source)
        if scale is not None:
            np.multiply(source, scale[d, None], out=y)
            source = y
        if shift is not None:
            np.add(source, shift[d, None], out=y)

    for_pieces(x.shape, piece)


def add_sums(terms: Sequence[tuple[NDArray, NDArray | None]], outs: Sequence[NDArray]) -> None:
    """outs[k][d] += sum over outer and inner of a * b, for terms[k] = (a, b); b None means 1."""
    shape = terms[0][0].shape
    # One row for each outer part, added up afterwards in a fixed order; at most `outer` of them.
    partial = np.zeros((len(terms), shape[0], shape[1]), outs[0].dtype)

    def piece(i: int, o: slice, d: slice) -> None:
        for k, (a, b) in enumerate(terms):
            values = a[o, d]
            if b is not None:
                values = np.multiply(values, b[o, d], out=buffer("sums", values.shape, a.dtype))
            np.add.reduce(values, axis=(0, 2), out=partial[k, i, d])

    parts = for_pieces(shape, piece)
    for k, out in enumerate(outs):
        out += np.add.reduce(partial[k, :parts], axis=0)
