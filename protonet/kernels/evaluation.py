"""Evaluation: which detections are right, by the rule of PASCAL VOC (Everingham, 2010)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .boxes import overlaps


def judge(
    found: NDArray,
    truth: NDArray,
    skipped: NDArray,
    threshold: float,
    plus_one: bool = False,
) -> tuple[NDArray, NDArray]:
    """Detections of an image and class (D, 4), the best first, against its ground truths (G, 4),
    of which there is one at least -> right (D), wrong (D), booleans.

    Each one is held against the ground truth it overlaps most (the first of equal ones): right
    if it is the first one there and overlaps by `threshold`; neither right nor wrong if that
    ground truth is `skipped` (G, booleans); else wrong.
    """
    table = overlaps(found, truth, plus_one)
    nearest = table.argmax(axis=1)
    hit = table[np.arange(len(found)), nearest] >= threshold
    counts = hit & ~skipped[nearest]
    order = np.flatnonzero(counts)
    _, first = np.unique(nearest[order], return_index=True)
    right = np.zeros(len(found), bool)
    right[order[first]] = True
    return right, ~hit | (counts & ~right)


def in_pixels(boxes: NDArray, height: int, width: int) -> NDArray:
    """Boxes (N, 4) in fractions of an image, held inside it -> in its pixels."""
    return np.clip(boxes, 0, 1) * np.array([width, height, width, height], boxes.dtype)
