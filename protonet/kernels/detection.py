"""Detection: from scores and boxes of many priors to the few that are shown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import boxes as kernels
from . import std_sort
from .scratch import buffer


class Limits(NamedTuple):
    """What a detection must pass.

    score: it must be above (None: any will do).  top_k: candidates of a class before
    suppression; keep: detections of an image after it (None: all).  overlap, eta: of
    `boxes.nms`.
    """

    score: float | None = None
    top_k: int | None = None
    keep: int | None = None
    overlap: float = 0.3
    eta: float = 1.0


class Detections(NamedTuple):
    """Those of an image, by class, then falling score: label, score (R), box (R, 4)."""

    label: NDArray
    score: NDArray
    box: NDArray

    def take(self, index: NDArray) -> Detections:
        return Detections(*(values[index] for values in self))


def detect(scores: NDArray, boxes: NDArray, background: int, limits: Limits) -> Detections:
    """scores (P, C) and boxes (P, 4), or (P, C, 4), of one image -> its detections.

    For each class but `background` (-1: none is): the candidates with a high score, suppressed
    by those that are better; then the best of all classes.
    """
    by_class = buffer("detection", scores.shape[::-1], scores.dtype)
    np.copyto(by_class, scores.T)
    labels, kept = [], []
    for label in _promising(by_class, limits.score):
        if label != background:
            index = _candidates(by_class[label], limits)
            near = boxes[index] if boxes.ndim == 2 else boxes[index, label]
            index = index[kernels.nms(near, limits.overlap, eta=limits.eta)]
            labels.append(np.full(len(index), label))
            kept.append(index)
    if not kept:
        none = np.zeros(0, np.intp)
        return Detections(none, scores[none, 0], boxes.reshape(-1, 4)[none])
    label, index = np.concatenate(labels), np.concatenate(kept)
    box = boxes[index] if boxes.ndim == 2 else boxes[index, label]
    found = Detections(label, scores[index, label], box)
    if limits.keep is None or len(index) <= limits.keep:
        return found
    best = _best(found.score, limits.keep)
    return found.take(best[np.argsort(label[best], kind="stable")])


def _best(scores: NDArray, keep: int) -> NDArray:
    """The `keep` best; which of equal ones and in what order is as in SSD, which used
    std::sort."""
    best = kernels.by_score(scores, keep + 1)
    if (np.diff(scores[best]) == 0).any():
        best = std_sort.falling(scores)
    return best[:keep]


def _promising(by_class: NDArray, threshold: float | None) -> NDArray:
    """Classes of (C, P) with a score above the threshold."""
    if threshold is None or not by_class.size:
        return np.arange(len(by_class) if by_class.size else 0)
    return np.flatnonzero(by_class.max(axis=1) > threshold)


def _candidates(scores: NDArray, limits: Limits) -> NDArray:
    """Which of the scores (P) of a class are looked at, the best first."""
    if limits.score is None:
        return kernels.by_score(scores, limits.top_k)
    index = np.flatnonzero(scores > limits.score)
    return index[kernels.by_score(scores[index], limits.top_k)]
