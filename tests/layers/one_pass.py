"""A layer run on given arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import protonet.layers  # noqa: F401
from tests.harness.bench import Bench
from tests.harness.row import Row


def bench(layer: str, *bottoms: Any, tops: int = 1, phase: str = "TRAIN", **options: Any) -> Bench:
    """The layer set up, its bottoms holding the given values."""
    arrays = [np.asarray(b, np.float64) for b in bottoms]
    shapes = tuple(a.shape for a in arrays)
    found = Bench(Row("layer", layer, shapes, tops=tops, phase=phase), **options)
    for blob, values in zip(found.bottom, arrays):
        blob.data[...] = values
    return found


def forward(layer: str, *bottoms: Any, **options: Any) -> list[np.ndarray]:
    """The tops after one forward pass."""
    return [blob.data for blob in bench(layer, *bottoms, **options).forward().top]


def loss_and_gradient(
    layer: str, *bottoms: Any, weight: float = 1, down: Sequence[bool] | None = None
) -> tuple[float, np.ndarray]:
    """What a loss says, and what it sends into bottom 0."""
    found = bench(layer, *bottoms).forward()
    found.top[0].diff[...] = weight
    found.bottom[0].diff.fill(np.nan)
    found.backward(down)
    return float(found.top[0].data), found.bottom[0].diff
