"""The mean over each bin of regions, each bin in a map of its own: PSROIPooling.

Sums over bins of all sizes are differences of four running sums, and their gradients running
sums of four differences, in float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .roi import Bins


def _corners(bins: Bins, size: tuple[int, int]) -> NDArray:
    """Where the running sums at the corners of each bin stand, (4, R, G, G), in an array
    (N, G * G, H + 1, W + 1); the first and the last of the four count, the others are taken off."""
    group = bins.top.shape[1]
    maps = bins.image[:, None, None] * group * group
    maps = maps + np.arange(group * group).reshape(group, group)
    empty = bins.areas == 0
    places = [
        (maps * (size[0] + 1) + y[:, :, None]) * (size[1] + 1) + x[:, None]
        for y in (bins.bottom, bins.top)
        for x in (bins.right, bins.left)
    ]
    found: NDArray = np.stack(places)
    found[:, empty] = found[3, empty]
    return found


def mean_pool(x: NDArray, bins: Bins, *, out: NDArray) -> NDArray:
    """out (R, D, G, G): value (d, p, q) is the mean of map (d G + p) G + q of x
    (N, D G G, H, W) over bin (p, q); 0 where it is empty."""
    n, _, h, w = x.shape
    cells = out.shape[2] * out.shape[3]
    corners, areas = _corners(bins, (h, w)), np.maximum(bins.areas, 1)

    def work(d: int) -> None:
        sums = scratch.buffer("roi sums", (n, cells, h + 1, w + 1), np.float64)
        sums[:, :, 0] = sums[:, :, :, 0] = 0
        across = scratch.buffer("roi across", (n, cells, h, w), np.float64)
        np.cumsum(x[:, d * cells : (d + 1) * cells], axis=3, out=across, dtype=np.float64)
        np.cumsum(across, axis=2, out=sums[:, :, 1:, 1:])
        far, above, before, near = np.take(sums.reshape(-1), corners)
        far -= above
        far -= before
        far += near
        np.divide(far, areas, out=out[:, d], casting="same_kind")

    threads.run(work, out.shape[1])
    return out


def mean_pool_backward(dy: NDArray, bins: Bins, *, out: NDArray) -> NDArray:
    """out (N, D G G, H, W) = dx: each bin's dy (R, D, G, G), shared evenly by its cells."""
    n, _, h, w = out.shape
    cells = dy.shape[2] * dy.shape[3]
    corners, areas = _corners(bins, (h, w)), np.maximum(bins.areas, 1)
    places = corners.reshape(-1)

    def work(d: int) -> None:
        each = dy[:, d] / areas
        each[bins.areas == 0] = 0
        signed = np.stack([each, -each, -each, each]).reshape(-1)
        sums = np.bincount(places, signed, n * cells * (h + 1) * (w + 1))
        sums = sums.reshape(n, cells, h + 1, w + 1)
        # A cell gets what begins at or before it and has not ended: sums run from the end,
        # since the first of the four corners is the far one.
        np.cumsum(sums[:, :, ::-1], axis=2, out=sums[:, :, ::-1])
        np.cumsum(sums[:, :, :, ::-1], axis=3, out=sums[:, :, :, ::-1])
        out[:, d * cells : (d + 1) * cells] = sums[:, :, 1:, 1:]

    threads.run(work, dy.shape[1])
    return out
