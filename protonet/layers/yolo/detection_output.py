"""DetectionOutput (YOLO v2): what the first Caffe fork of YOLO v2 has found."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels.boxes import nms
from ...kernels.centred_boxes import clipped
from ._detector import SingleGrid, corners


@register
class DetectionOutput(SingleGrid):
    """Read boxes out of YOLO v2's grid, and drop those that overlap one before them.

    bottom[0] (1, num_box (5 + num_classes), S, S), channel b (5 + num_classes) + k of box b:
    k = x, y, w, h, objectness, scores of the classes -> top[0] (1, 1, R, 7), rows image, class,
    score, x, y, w, h: the centre and the size in fractions of the image.

    score = logistic(objectness) times the largest probability, a softmax of the scores; at least
    confidence_threshold.  Box (column, row): centre ((column + logistic(x)) / S, ...), size
    (exp(w) bias_w / S, exp(h) bias_h / S).  Nothing found: one row 0, -1, -1, -1, -1, -1, -1.

    detection_output_param: biases, a width and a height in cells for each box; side S (13),
    num_classes (20), num_box (5), confidence_threshold (0.01), nms_threshold (0.45);
    label_map_file is not read.  Fork: gklz1982's YOLO, for one bottom; with more it is SSD's.

    Quirks kept: boxes are not sorted by score: in the order of cells and anchors an earlier one
    removes a later one if the IoU of what of them lies in the image reaches nms_threshold.
    No gradient.  A box or score that is no number is an error.
    """

    type = "DetectionOutput"
    forks = ("yolo-gklz1982",)
    variant = True
    messages = ("detection_output_param",)
    ranges: ClassVar = {"num_box": Range(1), "num_classes": Range(1)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = self.param.detection_output_param
        super().setup(bottom, top)

    @property
    def classes(self) -> int:
        return self.settings.num_classes if self.settings.HasField("num_classes") else 20

    def check(self, bottom: Blobs) -> None:
        super().check(bottom)
        if self.shape[0] != 1:
            raise ShapeError(f"a batch of {self.shape[0]} images", "this layer takes one at a time")

    def detect(self, bottom: Blobs) -> NDArray:
        param = self.settings
        threshold = param.confidence_threshold if param.HasField("confidence_threshold") else 0.01
        box, label, score, item = self.candidates(bottom, threshold)
        kept = nms(corners(clipped(box)), param.nms_threshold, keep_equal=False)
        return np.column_stack([item, label, score, box.T])[kept]
