"""Rows of a matrix moved about: copied in blocks, picked, and summed up where picked twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import threads
from .threads import PIECE


def copy(src: NDArray, out: NDArray) -> None:
    """out = src, both (rows, n) with contiguous rows; either may be columns of a wider matrix."""
    rows, n = src.shape
    threads.for_chunks(rows, max(1, PIECE // max(1, n)), lambda a, b: np.copyto(out[a:b], src[a:b]))


def pick(x: NDArray, index: NDArray, out: NDArray) -> None:
    """out[i] = x[index[i]], every index known to be in range."""
    # mode="clip" lets NumPy write straight into `out`; nothing is left to clip.
    np.take(x, index, axis=0, out=out, mode="clip")


def add_at(rows: NDArray, index: NDArray, out: NDArray, scratch: NDArray) -> None:
    """out[index[i]] += rows[i], adding up over repeated indices; `scratch` is shaped as rows."""
    if not index.size:
        return
    # Sorted by index, the rows of one target lie together and reduceat sums them.
    order = np.argsort(index, kind="stable")
    ordered = index[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    np.take(rows, order, axis=0, out=scratch, mode="clip")
    out[ordered[starts]] += np.add.reduceat(scratch, starts, axis=0)
