"""Sequences of labels out of scores for each step, as trained by CTC."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def greedy(scores: NDArray, marks: NDArray, blank: int, merge: bool) -> tuple[NDArray, NDArray]:
    """scores (T, N, C), marks (T, N) -> labels (N, T), -1 behind the end, and the sums of the
    largest scores (N).

    A sequence goes on until the first mark of 0 behind the first step.  merge: leave out a label
    that is that of the step before.
    """
    steps, items, _ = scores.shape
    best = scores.argmax(axis=2)
    runs = marks != 0
    runs[:1] = True
    runs = np.logical_and.accumulate(runs, axis=0)
    kept = runs & (best != blank)
    if merge:
        kept[1:] &= best[1:] != best[:-1]
    labels = np.full((items, steps), -1)
    item, step = np.nonzero(kept.T)
    place = np.cumsum(kept, axis=0)[step, item] - 1
    labels[item, place] = best[step, item]
    return labels, (scores.max(axis=2) * runs).sum(axis=0)


def begins_with(labels: NDArray, wanted: NDArray) -> NDArray:
    """Whether each row of labels (N, T) begins with what stands before the first number below 0
    in that of wanted (N, T): (N)."""
    counts = np.logical_and.accumulate(wanted >= 0, axis=1)
    return ((labels == wanted) | ~counts).all(axis=1)
