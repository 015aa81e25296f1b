"""The embedded digits: 1,797 images of 8 x 8 from UCI, scaled up to look like MNIST.

Where they come from and under which licence: DIGITS.txt beside this file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).with_name("digits.npz")
_WHITE = 16  # the brightest value of the originals
_BOX, _SIZE = 20, 28  # as in MNIST: the digit in a box of 20 x 20, in the middle of 28 x 28
_UNIT = 2000  # weights are whole numbers of 1/2000: exact, so the same on every machine


def load(split: str) -> tuple[NDArray, NDArray]:
    """Images (N, 1, 28, 28) uint8 and labels (N) of "train" or "test"."""
    small, labels = load_small(split)
    return scale_up(small), labels


def load_small(split: str) -> tuple[NDArray, NDArray]:
    """The images as they are, (N, 8, 8) of 0 .. 16, and labels (N) of "train" or "test"."""
    with np.load(_FILE, allow_pickle=False) as pack:
        return pack[f"{split}_images"], pack[f"{split}_labels"]


def scale_up(small: NDArray) -> NDArray:
    """(N, 8, 8) of 0 .. 16 to (N, 1, 28, 28) of 0 .. 255, by cubic interpolation."""
    border = (_SIZE - _BOX) // 2
    images = np.zeros((len(small), 1, _SIZE, _SIZE), np.uint8)
    images[:, 0, border:-border, border:-border] = scaled(small, _BOX)
    return images


def scaled(small: NDArray, side: int) -> NDArray:
    """(N, 8, 8) of 0 .. 16 to (N, side, side) of 0 .. 255, by cubic interpolation."""
    weights = _cubic_weights(small.shape[-1], side)
    total = _WHITE * _UNIT**2
    values = (weights @ small.astype(np.int64) @ weights.T * 255 + total // 2) // total
    return values.clip(0, 255).astype(np.uint8)


def _cubic_weights(inputs: int, outputs: int) -> NDArray:
    """(outputs, inputs): how much of each input pixel is in each output pixel, in 1/2000.

    Catmull and Rom's cubic; beyond the border is black.
    """
    weights = np.zeros((outputs, inputs), np.int64)
    for row in range(outputs):
        position = (row + 0.5) * inputs / outputs - 0.5
        for column in range(inputs):
            d = abs(position - column)
            if d < 1:
                weight = 1.5 * d**3 - 2.5 * d**2 + 1
            elif d < 2:
                weight = -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
            else:
                weight = 0.0
            weights[row, column] = round(weight * _UNIT)
    return weights
