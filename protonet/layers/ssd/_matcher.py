"""Which priors of a batch learn which ground truth, and which are to learn the background."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...kernels import boxes, matching
from ...proto import caffe_pb2 as pb
from ._predictions import Predictions
from ._truth import Truth

_Param = pb.MultiBoxLossParameter


class Matches(NamedTuple):
    """item, prior, place among the prior's locations, index of the ground truth (M), in the
    order of the first three but place before prior."""

    item: NDArray
    prior: NDArray
    place: NDArray
    truth: NDArray

    def take(self, index: NDArray) -> Matches:
        return Matches(*(values[index] for values in self))


class Matcher:
    """Follows the settings of a MultiBoxLossParameter.

    After `match`, for locations that classes share: index (N, P) of the ground truth, as in
    kernels/matching.py, and overlap (N, P).
    """

    def __init__(self, param: pb.MultiBoxLossParameter, predictions: Predictions) -> None:
        self.param, self.given = param, predictions

    def match(self, truth: Truth) -> Matches:
        given = self.given
        self.index = np.full((given.items, given.priors), matching.UNMATCHED)
        self.overlap = np.zeros(self.index.shape, given.prior.dtype)
        found = [np.zeros((4, 0), np.intp)]
        self.items = np.unique(truth.image)
        for item in self.items:
            here = np.flatnonzero(truth.image == item)
            for place, index in self._match_item(item, truth.take(here)):
                prior = np.flatnonzero(index >= 0)
                columns = np.broadcast_arrays(item, prior, place, here[index[prior]])
                found.append(np.array(columns))
        return Matches(*np.concatenate(found, axis=1))

    def _match_item(self, item: int, truth: Truth) -> list[tuple[int, NDArray]]:
        """(place, index of its ground truth for each prior) of an image."""
        given, background = self.given, self.param.background_label_id
        if given.shared:
            candidates = given.prior if self.param.use_prior_for_matching else given.boxes(item)
            self.index[item], self.overlap[item] = self._match_boxes(candidates, truth.box)
            return [(0, self.index[item])]
        places = [place for place in np.unique(truth.label) if place != background]
        if self.param.use_prior_for_matching:
            index, _ = self._match_boxes(given.prior, truth.box)
            label = np.where(index >= 0, truth.label[index], -1)
            return [(c, np.where(label == c, index, matching.UNMATCHED)) for c in places]
        predicted, found = given.boxes(item), []
        for c in places:
            own = np.flatnonzero(truth.label == c)
            index, _ = self._match_boxes(predicted[:, c], truth.box[own])
            found.append((c, np.where(index >= 0, own[index], matching.UNMATCHED)))
        return found

    def _match_boxes(self, candidates: NDArray, truth: NDArray) -> tuple[NDArray, NDArray]:
        per_prediction = self.param.match_type == _Param.PER_PREDICTION
        threshold = self.param.overlap_threshold if per_prediction else None
        ignored: NDArray | None = None
        if self.param.ignore_cross_boundary_bbox:
            ignored = np.any(outside(candidates), axis=1)
        return matching.match(boxes.overlaps(candidates, truth), threshold, ignored)

    def mine(self, loss: NDArray) -> tuple[NDArray, NDArray]:
        """loss (N, P) -> which priors are taken as positive, and which as negative, (N, P)."""
        positive = np.zeros(self.index.shape, bool)
        negative = np.zeros(self.index.shape, bool)
        for item in self.items:
            index, chosen = self.index[item], np.zeros(loss.shape[1], bool)
            chosen[self._hardest(item, loss[item])] = True
            hard = self.param.mining_type == _Param.HARD_EXAMPLE
            positive[item] = (index >= 0) & (chosen | (not hard))
            negative[item] = (index == matching.UNMATCHED) & chosen
        return positive, negative

    def _hardest(self, item: int, loss: NDArray) -> NDArray:
        param, index = self.param, self.index[item]
        if param.mining_type == _Param.HARD_EXAMPLE:
            eligible = np.ones(len(index), bool)
            count = param.sample_size
        else:
            near = self.overlap[item] >= param.neg_overlap
            eligible = (index == matching.UNMATCHED) & ~near
            count = int(np.count_nonzero(index >= 0) * param.neg_pos_ratio)
        nms = param.nms_param
        if not (param.HasField("nms_param") and nms.nms_threshold > 0):
            return matching.hardest(loss, eligible, count)
        candidates = self.given.prior if param.use_prior_for_nms else self.given.boxes(item)
        top_k = nms.top_k if nms.top_k > -1 else None
        return matching.hardest(loss, eligible, count, candidates, nms.nms_threshold, top_k)


def outside(boxes: NDArray) -> NDArray:
    """Which sides of boxes (..., 4), in fractions, lie outside the image."""
    return (boxes < 0) | (boxes > 1)
