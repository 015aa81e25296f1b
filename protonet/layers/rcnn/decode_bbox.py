"""DecodeBBox: the boxes that a stage of a cascade hands to the next one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import anchors
from ._cascade import mean_and_std
from ._regions import region_rows


@register
class DecodeBBox(Layer):
    """Move regions as a regression says.

    bottom[0] deltas (R, 8), of which the last four count, bottom[1] regions (R, 5): image, x1,
    y1, x2, y2[, bottom[2] matches (R, K), their last value the overlap with the true box]
    -> top[0] (K, 5, 1, 1), the images' numbers and the moved boxes.

    delta * std + mean is (dx, dy, dw, dh); with w = x2 - x1 + 1 and the centre (x1 + x2) / 2:
    the centre moves by dx w, w becomes w' = exp(dw) w, and the corners lie (w' - 1) / 2 from
    the centre; heights likewise.  TEST keeps all rows.  TRAIN drops boxes that end before they
    begin, and with a third bottom those whose overlap is gt_iou_thr or more: copies of the
    truth.

    No gradient.

    bbox_reg_param: bbox_mean, bbox_std (four each, or none: 0 and 1).  decode_bbox_param:
    gt_iou_thr (0.95).

    Cascade R-CNN (Cai, Vasconcelos 2018).  Deviation: if no box is left, which stops the fork,
    the top has no rows.
    """

    type = "DecodeBBox"
    forks = ("cascade-rcnn",)
    messages = ("decode_bbox_param", "bbox_reg_param")
    bottoms = between(2, 3)
    has_backward = False
    reshape_always = True
    ranges: ClassVar = {"gt_iou_thr": Range(0)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.mean, self.std = mean_and_std(self)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        rows = region_rows(bottom[1])
        if bottom[0].shape[:1] != (rows,) or bottom[0].count != rows * 8:
            raise ShapeError(
                f"bottom 0 has shape {bottom[0].shape}, there are {rows} regions",
                "it needs eight values for each: four unused and dx, dy, dw, dh",
            )
        if len(bottom) > 2 and bottom[2].shape[:1] != (rows,):
            raise ShapeError(
                f"bottom 2 has shape {bottom[2].shape}, there are {rows} regions",
                "it needs one row for each",
            )
        top[0].reshape(rows, 5, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        rois = bottom[1].data.reshape(-1, 5)
        deltas = bottom[0].data.reshape(-1, 8)[:, 4:] * self.std + self.mean
        found = np.concatenate([rois[:, :1], anchors.moved(rois[:, 1:], deltas, 1)], axis=1)
        if self.training:
            kept = (found[:, 1:3] <= found[:, 3:]).all(axis=1)
            if len(bottom) > 2 and len(rois):
                overlap = bottom[2].data.reshape(len(rois), -1)[:, -1]
                kept &= overlap < self.param.decode_bbox_param.gt_iou_thr
            found = found[kept]
        top[0].reshape(len(found), 5, 1, 1)
        top[0].data[...] = found.reshape(top[0].shape)
