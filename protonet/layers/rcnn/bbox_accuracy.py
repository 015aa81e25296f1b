"""BboxAccuracy: how well boxes fit the truth after a stage of a cascade, and before it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between, exactly
from ...core.registry import register
from ...errors import ShapeError
from ...kernels.centred_boxes import overlap
from ._cascade import mean_and_std, whole_labels
from ._regions import region_rows, regions

#: Regions that overlap the truth by more than this are copies of it, and not counted.
COPY = 0.975


@register
class BboxAccuracy(Layer):
    """The mean IoU of objects with their true boxes, moved as predicted and as they were.

    bottom[0] deltas (R, 4 K), bottom[1] regions (R, 5), bottom[2] matches (R, 6): label, x1, y1,
    x2, y2, overlap, from ProposalTarget -> top[0] (1, 1, 1, 1), the mean IoU of the moved
    regions; top[1] (optional) (1, 1, 1, 1), that of the regions.

    Counted are rows with a label above 0 and an overlap up to 0.975; -1 if there is none.  The
    four deltas of the label (of class 1 if not cls_aware), times std, plus mean, move the
    region's centre x1 + w/2, w = x2 - x1 + 1, by dx w, and make it exp(dw) w wide.
    No gradient.

    bbox_reg_param: cls_aware (true), bbox_mean, bbox_std (four each, or none: 0 and 1).

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against the formula above, not against numbers
    of the fork.  Deviation: boxes that overlap by less than one pixel count as overlapping.
    """

    type = "BboxAccuracy"
    forks = ("cascade-rcnn",)
    messages = ("bbox_reg_param",)
    bottoms = exactly(3)
    tops = between(1, 2)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.mean, self.std = mean_and_std(self)
        self.shared = not self.param.bbox_reg_param.cls_aware

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        rows = region_rows(bottom[1])
        for i, width in ((0, 8 if self.shared else 4), (2, 6)):
            shape = bottom[i].shape
            each = bottom[i].count // max(rows, 1)
            fits = each % 4 == 0 and each >= 4 if i == 0 and not self.shared else each == width
            if shape[:1] != (rows,) or not (fits or not rows):
                raise ShapeError(
                    f"bottom {i} has shape {shape}, there are {rows} regions",
                    f"it needs {'4 a class' if i == 0 and not self.shared else width} values each",
                )
        for blob in top:
            blob.reshape(1, 1, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        rois = regions(bottom[1], 1 << 30)[:, 1:]
        rows = len(rois)
        deltas = bottom[0].data.reshape(rows, -1, 4) if rows else np.zeros((0, 2, 4), self.dtype)
        match = bottom[2].data.reshape(-1, 6)
        labels = whole_labels(match[:, 0], 1 << 30 if self.shared else deltas.shape[1], "match")
        counted = np.flatnonzero((labels > 0) & (match[:, 5] <= COPY))
        column = np.minimum(labels, 1) if self.shared else labels
        steps = deltas[counted, column[counted]] * self.std + self.mean
        before, truth = _centred(rois[counted]), _centred(match[counted, 1:5])
        after: Any = before.copy()
        after[:2] += steps.T[:2] * before[2:]
        after[2:] *= np.exp(steps.T[2:])
        for blob, found in zip(top, (after, before)):
            blob.data[...] = overlap(found, truth).mean() if len(counted) else -1


def _centred(corners: NDArray) -> NDArray:
    """Boxes (N, 4) x1, y1, x2, y2 -> (4, N) centre and size, both corners belonging to them."""
    low, high = corners.T[:2], corners.T[2:]
    size = high - low + 1
    return np.concatenate([low + size / 2, size])
