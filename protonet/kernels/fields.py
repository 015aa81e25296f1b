"""Fields: boxes of a few fixed sizes at every place of a map, and boxes written relative to them.

A map holds G fields: item n * G + g of its first axis belongs to image n and field g.  At row y
and column x the field's centre lies at ((x + 1/2) stride, (y + 1/2) stride).  A delta
d = (dx, dy, dw, dh), times std, plus mean, moves it by dx and dy of its sides, and makes it
exp(dw) as wide and exp(dh) as high.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: No box to learn is taken for smaller than so many pixels.
LEAST_SIDE = 2


class Fields(NamedTuple):
    """sizes (G, 2): widths and heights; stride: pixels from place to place; mean and std (4) of
    the deltas."""

    sizes: NDArray
    stride: float
    mean: NDArray
    std: NDArray

    def limits(self, move: float, scale: float) -> NDArray:
        """(4): deltas stay in -limit .. limit: 1 / move for dx, dy, log(scale) for dw, dh."""
        return np.array([1 / move] * 2 + [math.log(scale)] * 2, self.mean.dtype)


def _by_field(values: NDArray, fields: Fields) -> NDArray:
    """(N G, 4, H, W) -> (N, G, 2, 2, H, W): the first and the second pair of numbers."""
    _, _, height, width = values.shape
    return values.reshape(-1, len(fields.sizes), 2, 2, height, width)


def _centres(fields: Fields, height: int, width: int) -> NDArray:
    """(2, H, W): x and y of the centres."""
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return ((np.stack([x, y]) + 0.5) * fields.stride).astype(fields.mean.dtype)


def decode(deltas: NDArray, fields: Fields, limits: NDArray) -> NDArray:
    """Deltas (N G, 4, H, W), cut to `limits` after std and mean -> centres and sizes x, y, w, h."""
    column = (slice(None), None, None)
    steps = deltas * fields.std[column] + fields.mean[column]
    np.clip(steps, -limits[column], limits[column], out=steps)
    parts, sides = _by_field(steps, fields), fields.sizes[:, :, None, None]
    parts[:, :, 0] *= sides
    parts[:, :, 0] += _centres(fields, *deltas.shape[2:])
    np.exp(parts[:, :, 1], out=parts[:, :, 1])
    parts[:, :, 1] *= sides
    return steps


def encode(truth: NDArray, fields: Fields) -> NDArray:
    """What `decode` undoes: centres and sizes (N G, 4, H, W) -> deltas.  Sides below LEAST_SIDE
    are taken for it."""
    parts, sides = _by_field(truth, fields), fields.sizes[:, :, None, None]
    deltas = np.empty_like(truth)
    out = _by_field(deltas, fields)
    out[:, :, 0] = (parts[:, :, 0] - _centres(fields, *truth.shape[2:])) / sides
    out[:, :, 1] = np.log(np.maximum(parts[:, :, 1], LEAST_SIDE) / sides)
    deltas -= fields.mean[:, None, None]
    deltas /= fields.std[:, None, None]
    return deltas
