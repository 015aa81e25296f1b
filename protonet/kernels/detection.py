"""Detection: from scores and boxes of many priors to the few that are shown."""

from __future__ import annotations

import itertools
from collections.abc import Callable
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
    """Those of an image, by class, then falling score: label, score (R), box (R, 4), and the
    prior (R) each comes from."""

    label: NDArray
    score: NDArray
    box: NDArray
    prior: NDArray


class Candidates(NamedTuple):
    """Pairs of a prior and a class that may be shown, with their score (M each); by class, then
    falling score, equal ones in the order of the priors."""

    prior: NDArray
    label: NDArray
    score: NDArray

    def take(self, index: NDArray) -> Candidates:
        return Candidates(*(values[index] for values in self))


#: The boxes (M, 4) of priors and classes (M each).
Boxes = Callable[[NDArray, NDArray], NDArray]


def detect(scores: NDArray, boxes: Boxes, background: int, limits: Limits) -> Detections:
    """scores (P, C) of one image, and the boxes of its priors -> its detections.

    For each class but `background` (-1: none is): the candidates with a high score, suppressed
    by those that are better; then the best of all classes.
    """
    index = _above(scores, background, limits.score)
    values = scores.reshape(-1)[index]
    if limits.keep is None:
        return _shown(_suppressed(index, values, scores.shape[1], boxes, limits), boxes)
    # Who stays does not depend on who is worse: the best candidates are mostly enough.
    count = 2 * (limits.keep + 1)
    while count < len(index):
        least = np.partition(values, len(values) - count)[len(values) - count]
        part = np.flatnonzero(values >= least)
        found = _suppressed(index[part], values[part], scores.shape[1], boxes, limits)
        best = kernels.by_score(found.score, limits.keep + 1)
        if len(best) > limits.keep:
            if (np.diff(found.score[best]) == 0).any():
                break  # which of equal ones are shown depends on all
            return _shown(found.take(_by_class(found, best[:-1])), boxes)
        count *= 4
    found = _suppressed(index, values, scores.shape[1], boxes, limits)
    if len(found.prior) > limits.keep:
        found = found.take(_by_class(found, _best(found.score, limits.keep)))
    return _shown(found, boxes)


def _above(scores: NDArray, background: int, threshold: float | None) -> NDArray:
    """Flat indices of the scores (P, C) above the threshold, but those of the background."""
    if threshold is None:
        wanted = np.ones(scores.shape, bool)
    else:
        wanted = np.greater(scores, threshold, out=buffer("detection", scores.shape, np.bool_))
    if 0 <= background < scores.shape[1]:
        wanted[:, background] = False
    return np.flatnonzero(wanted)


def _suppressed(
    index: NDArray, scores: NDArray, classes: int, boxes: Boxes, limits: Limits
) -> Candidates:
    """Those that stay, of candidates by their flat index."""
    prior, label = np.divmod(index, classes)
    order = np.lexsort((-scores, label))
    every = Candidates(prior[order], label[order], scores[order])
    starts = np.flatnonzero(np.diff(every.label, prepend=-1))
    if limits.top_k is not None and len(order):
        sizes = np.diff(starts, append=len(order))
        rank = np.arange(len(order)) - np.repeat(starts, sizes)
        every = every.take(rank < limits.top_k)
        starts = np.flatnonzero(np.diff(every.label, prepend=-1))
    near, kept = boxes(every.prior, every.label), [np.zeros(0, np.intp)]
    for start, stop in itertools.pairwise([*starts, len(every.prior)]):
        kept.append(start + kernels.nms(near[start:stop], limits.overlap, eta=limits.eta))
    return every.take(np.concatenate(kept))


def _by_class(found: Candidates, best: NDArray) -> NDArray:
    """The indices of the best, by class, each in the order it was in."""
    return best[np.argsort(found.label[best], kind="stable")]


def _shown(found: Candidates, boxes: Boxes) -> Detections:
    return Detections(found.label, found.score, boxes(found.prior, found.label), found.prior)


def _best(scores: NDArray, keep: int) -> NDArray:
    """The `keep` best; which of equal ones and in what order is as in SSD, which used
    std::sort."""
    best = kernels.by_score(scores, keep + 1)
    if (np.diff(scores[best]) == 0).any():
        best = std_sort.falling(scores)
    return best[:keep]
