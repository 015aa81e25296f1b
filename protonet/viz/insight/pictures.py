"""Arrays of numbers as pictures."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def signed(values: NDArray) -> NDArray[np.float64]:
    """Values of any shape on a scale of 0 to 1 on which 0 stands in the middle, 0.5.

    >>> signed(np.array([-2.0, 0, 1])).tolist()
    [0.0, 0.5, 0.75]
    """
    largest = float(np.abs(values).max(initial=0)) or 1.0
    return np.asarray(values, np.float64) / (2 * largest) + 0.5


def unit(values: NDArray) -> NDArray[np.float64]:
    """Values on a scale from 0, the smallest, to 1, the largest; 0 if all are equal."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    return (np.asarray(values, np.float64) - low) / ((high - low) or 1.0)


def grid(
    pictures: NDArray, columns: int | None = None, gap: int = 1, fill: float = 1.0
) -> NDArray[np.float64]:
    """Pictures (N, H, W) or (N, H, W, 3) beside and below each other in one picture.

    columns: None for as many as make it about square.  gap: pixels between two of them.
    fill: the value there, and in the places that remain.
    """
    count, height, width, *colours = pictures.shape
    if columns is None:
        columns = max(1, math.ceil(math.sqrt(count * height / max(1, width))))
    columns = max(1, min(columns, count))
    rows = max(1, math.ceil(count / columns))
    size = (rows * (height + gap) - gap, columns * (width + gap) - gap, *colours)
    whole = np.full(size, fill)
    for i, picture in enumerate(pictures):
        y, x = i // columns * (height + gap), i % columns * (width + gap)
        whole[y : y + height, x : x + width] = picture
    return whole
