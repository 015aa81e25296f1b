"""Values put where they came from: the way back from a maximum pooling, given its mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .threads import PIECE


def places(mask: NDArray, size: int, out: NDArray) -> int:
    """out = where each value goes, in planes of `size` seen flat; mask: where in its plane.

    mask, out (P, S).  Returns the flat index of the first mask that is no whole number in
    0 .. size - 1, -1 if there is none; then `out` is good.
    """
    bad = []

    def piece(start: int, stop: int) -> None:
        given = mask[start:stop]
        whole = np.floor(given, out=scratch.buffer("places", given.shape, given.dtype))
        fits = np.equal(whole, given, out=scratch.buffer("marks", given.shape, np.bool_))
        if not (fits.all() and whole.min(initial=0) >= 0 and whole.max(initial=0) < size):
            wrong = ~(fits & (given >= 0) & (given < size))
            bad.append(start * mask.shape[1] + int(np.argmax(wrong)))
            return
        np.copyto(out[start:stop], whole, casting="unsafe")
        out[start:stop] += np.arange(start, stop)[:, None] * size

    threads.for_chunks(len(mask), max(1, PIECE // max(1, mask.shape[1])), piece)
    return min(bad, default=-1)


def scatter(x: NDArray, index: NDArray, out: NDArray) -> None:
    """out[index] = x, 0 elsewhere, all seen flat.  Of several values for a place the last wins."""
    out.fill(0)
    out.reshape(-1)[index.reshape(-1)] = x.reshape(-1)


def gather(y: NDArray, index: NDArray, out: NDArray) -> None:
    """out = y[index], all seen flat."""
    # "clip" spares the copy that the check of "raise" makes.
    np.take(y.reshape(-1), index.reshape(-1), out=out.reshape(-1), mode="clip")
