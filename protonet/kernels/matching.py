"""Matching: which prior box is to learn which ground truth, and which ones are to learn nothing.

SSD's rules (Liu and others, ECCV 2016, section 2.2), MultiBox's before that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .boxes import areas, by_score, nms

#: An overlap that is not above counts as none.
LEAST_OVERLAP = 1e-6
#: Boxes of less area, in fractions, are no candidates for mining.
LEAST_AREA = 1e-5
#: What stands in a match instead of the index of a ground truth.
UNMATCHED, IGNORED = -1, -2


def match(
    overlaps: NDArray, threshold: float | None, ignored: NDArray | None = None
) -> tuple[NDArray, NDArray]:
    """overlaps (P, G) of boxes with ground truths -> index (P), overlap (P).

    index: of the ground truth, or UNMATCHED, or IGNORED where `ignored` (P) is true.  First
    the largest overlap of all is matched, then the largest of what is left, until each ground
    truth has a box or none overlaps (bipartite; of equal overlaps the first box, then the first
    ground truth).  With a `threshold` each other box then gets the ground truth it overlaps most,
    if by at least so much.

    overlap: the one it was matched by, else its largest.
    """
    table = np.ascontiguousarray(overlaps.T)
    table[table <= LEAST_OVERLAP] = 0
    if ignored is not None:
        table[:, ignored] = 0
    index = np.full(table.shape[1], UNMATCHED)
    if not table.size:
        return index, np.zeros(len(index), table.dtype)
    overlap, nearest = table.max(axis=0), table.argmax(axis=0)
    if ignored is not None:
        index[ignored] = IGNORED
    _match_bipartite(table.copy(), index, overlap)
    if threshold is not None:
        more = (index == UNMATCHED) & (overlap >= threshold) & (overlap > 0)
        index[more] = nearest[more]
    return index, overlap


def _match_bipartite(table: NDArray, index: NDArray, overlap: NDArray) -> None:
    """The first part of `match`, on table (G, P), which is used up."""
    box = table.argmax(axis=1)  # of each ground truth, the box that is nearest
    value = table[np.arange(len(table)), box]
    while value.max() > 0:
        equal = np.flatnonzero(value == value.max())
        truth = equal[box[equal].argmin()]
        chosen = box[truth]
        index[chosen], overlap[chosen] = truth, value[truth]
        value[truth] = 0
        table[:, chosen] = 0
        for other in np.flatnonzero((box == chosen) & (value > 0)):
            box[other] = table[other].argmax()
            value[other] = table[other, box[other]]


def hardest(
    loss: NDArray,
    eligible: NDArray,
    count: int,
    boxes: NDArray | None = None,
    threshold: float = 0.0,
    top_k: int | None = None,
) -> NDArray:
    """Indices of the `count` largest of loss (P) among the `eligible` (P, booleans), ascending.

    With boxes (P, 4) only those are taken that `nms` leaves, in the order of the loss, at most
    top_k; boxes of next to no area are none.
    """
    index = np.flatnonzero(eligible)
    if boxes is None:
        return np.sort(index[by_score(loss[index], count)])
    index = index[areas(boxes[index]) >= LEAST_AREA]
    index = index[by_score(loss[index])]
    return np.sort(index[nms(boxes[index], threshold, top_k=top_k)][:count])
