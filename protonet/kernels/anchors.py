"""Anchors: boxes of fixed sizes at every place of a map, and boxes written relative to others.

Boxes are rows x1, y1, x2, y2 in pixels; the corners belong to them, so x2 - x1 + 1 is the
width.

Rows of four would make NumPy's loops four long: so they are views of four contiguous columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _about(centre: NDArray, width: NDArray, height: NDArray) -> NDArray:
    """Boxes of these sizes: their corners lie (size - 1) / 2 from the centre on either side."""
    half = np.stack([width - 1, height - 1], axis=-1) / 2
    return np.concatenate([centre - half, centre + half], axis=-1)


def base_anchors(
    base: float, ratios: ArrayLike, scales: ArrayLike, rounding: Callable[[NDArray], NDArray]
) -> NDArray:
    """The anchors of one place: (ratios * scales, 4), about the box 0, 0, base-1, base-1.

    For each ratio r of height to width a box of the same area, w = rounding(sqrt(base^2 / r)),
    h = rounding(w r); then that one times each scale.
    """
    ratios, scales = np.asarray(ratios, np.float64), np.asarray(scales, np.float64)
    width = rounding(np.sqrt(base * base / ratios))
    height = rounding(width * ratios)
    sizes = [np.multiply.outer(side, scales).reshape(-1) for side in (width, height)]
    return _about(np.full((sizes[0].size, 2), (base - 1) / 2), *sizes)


def at_every_place(anchors: NDArray, height: int, width: int, stride: float) -> NDArray:
    """Anchors (A, 4) moved to each cell of a map: (height * width * A, 4), rows first."""
    y, x = np.meshgrid(np.arange(height) * stride, np.arange(width) * stride, indexing="ij")
    shift = np.stack([x, y, x, y])[..., None].astype(anchors.dtype)
    return (shift + anchors.T[:, None, None]).reshape(4, -1).T


def by_place(values: NDArray, each: int) -> NDArray:
    """A map (1, A * each, H, W) as rows: (H * W * A, each), in the order of `at_every_place`."""
    _, channels, height, width = values.shape
    parts = values.reshape(channels // each, each, height, width)
    return parts.transpose(1, 2, 3, 0).reshape(each, -1).T


def moved(boxes: NDArray, deltas: NDArray, last: float) -> NDArray:
    """The boxes that deltas (dx, dy, dw, dh) mean, seen from `boxes`; both (N, 4).

    With w = x2 - x1 + 1 the centre x1 + (w - last) / 2 moves by dx w, and w becomes
    w' = exp(dw) w; the new corners lie (w' - last) / 2 from the centre.  `last` is 1 where the
    corners are taken for whole pixels, and 0 in Faster R-CNN, which forgot that.
    """
    sides, steps = np.ascontiguousarray(boxes.T), np.ascontiguousarray(deltas.T)
    size = sides[2:] - sides[:2] + 1
    centre = sides[:2] + (size - last) / 2 + steps[:2] * size
    with np.errstate(over="ignore"):  # infinitely wide: cut to the image later
        half = (np.exp(steps[2:]) * size - last) / 2
    return np.concatenate([centre - half, centre + half]).T


def deltas_between(boxes: NDArray, targets: NDArray) -> NDArray:
    """What `moved` (last = 0) undoes: (dx, dy, dw, dh) from boxes to targets, both (N, 4)."""
    size = boxes[:, 2:] - boxes[:, :2] + 1
    wanted = targets[:, 2:] - targets[:, :2] + 1
    shift = (targets[:, :2] + wanted / 2) - (boxes[:, :2] + size / 2)
    return np.concatenate([shift / size, np.log(wanted / size)], axis=1)


def clipped(boxes: NDArray, height: float, width: float) -> NDArray:
    """Boxes (N, 4) cut to the image: 0 <= x <= width - 1, 0 <= y <= height - 1."""
    high = np.array([width - 1, height - 1] * 2, boxes.dtype)[:, None]
    return np.clip(boxes.T, 0, high).T


def too_small(boxes: NDArray, least_height: float, least_width: float) -> NDArray:
    """A mask (N) of boxes with a side, x2 - x1 + 1, below the least."""
    low_x, low_y, high_x, high_y = boxes.T
    return (high_x - low_x + 1 < least_width) | (high_y - low_y + 1 < least_height)
