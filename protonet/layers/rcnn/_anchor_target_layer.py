"""AnchorTargetLayer of Faster R-CNN: what a region proposal network has to learn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs
from ...errors import DataError, ShapeError
from ...kernels import anchors, boxes
from ..python import built_in
from ._built_in import BuiltIn, true_boxes
from .proposal import image_info


@built_in("rpn.anchor_target_layer")
class AnchorTargetLayer(BuiltIn):
    """Labels of anchors, and the deltas that lead to true boxes.

    bottoms score map (1, ., H, W), of which only the size counts, true boxes (G, 5), image
    (1, 3), data -> tops labels (1, 1, A H, W), targets, inside and outside weights
    (1, 4A, H, W).

    Anchors within the image, allowed_border wide around it, get label 0 if their largest
    overlap is below RPN_NEGATIVE_OVERLAP, 1 if it is RPN_POSITIVE_OVERLAP or if none is larger
    for some true box, and else -1, as all others do; RPN_CLOBBER_POSITIVES lets the 0 win.  Of
    more than RPN_FG_FRACTION RPN_BATCHSIZE ones, and of more zeros than fill RPN_BATCHSIZE,
    some are drawn at random.  Targets lead to the box of the largest overlap; in R-FCN,
    RPN_NORMALIZE_TARGETS makes them (target - means) / stds.  Inside weights
    are RPN_BBOX_INSIDE_WEIGHTS at ones; outside weights 1 / (number of labels that are not -1)
    at these, or with an RPN_POSITIVE_WEIGHT p of 0 or more, p shared by the ones and 1 - p by
    the zeros.
    """

    arity = (4,), (4,)
    own = ("feat_stride", "scales", "ratios", "base_size", "allowed_border")

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self.stride, self.border = self.number("feat_stride"), self.number("allowed_border", 0)
        self.anchors = self.base_anchors()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4 or bottom[0].shape[0] != 1:
            raise ShapeError(f"bottom 0 has shape {bottom[0].shape}", "one image at a time")
        height, width = bottom[0].shape[2:]
        count = len(self.anchors)
        top[0].reshape(1, 1, count * height, width)
        for blob in top[1:]:
            blob.reshape(1, 4 * count, height, width)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width = bottom[0].shape[2:]
        info, truth = image_info(bottom[2].data, 2), true_boxes(bottom[1])
        everywhere = anchors.at_every_place(self.anchors, height, width, self.stride)
        inside = self._inside(everywhere, info)
        mine = everywhere[inside].astype(np.float64)
        overlap = boxes.overlaps(mine, truth[:, :4], plus_one=True)
        labels = self._labels(overlap)
        targets = anchors.deltas_between(mine, truth[overlap.argmax(axis=1), :4])
        if self.setting("RPN_NORMALIZE_TARGETS", "TRAIN"):
            targets -= self.setting("RPN_NORMALIZE_MEANS", "TRAIN")
            targets /= self.setting("RPN_NORMALIZE_STDS", "TRAIN")
        weights = np.where(
            labels[:, None] == 1, self.setting("RPN_BBOX_INSIDE_WEIGHTS", "TRAIN"), 0
        )
        values = (labels[:, None], targets, weights, self._outside(labels)[:, None])
        for blob, rows, fill in zip(top, values, (-1, 0, 0, 0)):
            each = 1 if blob is top[0] else 4
            whole = np.full((len(everywhere), each), fill, self.dtype)
            whole[inside] = rows
            maps = whole.reshape(height, width, -1).transpose(2, 0, 1)
            blob.data[...] = maps.reshape(blob.shape)

    def _inside(self, everywhere: NDArray, info: NDArray) -> NDArray:
        """Which anchors lie in the image with its border; DataError if none does."""
        low = (everywhere[:, :2] >= -self.border).all(axis=1)
        inside = np.flatnonzero(low & (everywhere[:, 2:] < info[1::-1] + self.border).all(axis=1))
        if not len(inside):
            raise DataError(
                f"no anchor lies within the image of {info[0]:g} x {info[1]:g}",
                "give smaller scales or an allowed_border in param_str",
            )
        return inside

    def _labels(self, overlap: NDArray) -> NDArray:
        """1, 0 or -1 of each anchor, from its overlaps (N, G)."""
        largest = overlap.max(axis=1)
        labels = np.full(len(overlap), -1)
        negative = largest < self.setting("RPN_NEGATIVE_OVERLAP", "TRAIN")
        labels[negative] = 0
        labels[(overlap == overlap.max(axis=0)).any(axis=1)] = 1
        labels[largest >= self.setting("RPN_POSITIVE_OVERLAP", "TRAIN")] = 1
        if self.setting("RPN_CLOBBER_POSITIVES", "TRAIN"):
            labels[negative] = 0
        batch = self.setting("RPN_BATCHSIZE", "TRAIN")
        self._draw(labels, 1, int(self.setting("RPN_FG_FRACTION", "TRAIN") * batch))
        self._draw(labels, 0, batch - np.count_nonzero(labels == 1))
        return labels

    def _draw(self, labels: NDArray, label: int, count: int) -> None:
        """Leave `count` of a label, drawn at random, and set the others to -1."""
        found = np.flatnonzero(labels == label)
        if len(found) > count:
            labels[self.rng.choice(found, len(found) - count, replace=False)] = -1

    def _outside(self, labels: NDArray) -> NDArray:
        share = self.setting("RPN_POSITIVE_WEIGHT", "TRAIN")
        ones, zeros = labels == 1, labels == 0
        if share < 0:
            return (ones | zeros) / max(1, np.count_nonzero(ones | zeros))
        positive = ones * (share / max(1, np.count_nonzero(ones)))
        return positive + zeros * ((1 - share) / max(1, np.count_nonzero(zeros)))
