"""YoloDetectionOutput: what YOLO v2 has found."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...kernels.boxes import by_score, nms
from ._detector import SingleGrid, corners


@register
class YoloDetectionOutput(SingleGrid):
    """Read boxes out of YOLO v2's grid, and keep the best of those that overlap.

    bottom[0] (N, num_box (5 + num_classes), S, S), channel b (5 + num_classes) + k of box b:
    k = x, y, w, h, objectness, scores of the classes -> top[0] (1, 1, R, 7), rows 0, class + 1,
    score, x1, y1, x2, y2 in fractions of the image, the best first.

    score = logistic(objectness) times the largest probability, a softmax of the scores; at least
    confidence_threshold.  Box (column, row): centre ((column + logistic(x)) / S, ...), size
    (exp(w) bias_w / S, exp(h) bias_h / S), not cut at the borders.  Of two whose IoU reaches
    nms_threshold the better one stays, whatever their classes.

    Nothing found: N rows i, -1, -1, -1, -1, -1, -1, i the number of the image.

    yolo_detection_output_param: biases, a width and a height in cells for each box; side S (13),
    num_classes (20), num_box (5), confidence_threshold (0.01), nms_threshold (0.45);
    label_map_file is not read.  Fork: eric612's YOLO.

    Quirks kept: the images of a batch are thrown together, and all rows say image 0.
    No gradient.  A box or score that is no number is an error.
    """

    type = "YoloDetectionOutput"
    forks = ("yolo-eric612",)
    messages = ("yolo_detection_output_param",)
    ranges: ClassVar = {"num_box": Range(1), "num_classes": Range(1)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = self.param.yolo_detection_output_param
        super().setup(bottom, top)

    def detect(self, bottom: Blobs) -> NDArray:
        box, label, score, _ = self.candidates(bottom, self.settings.confidence_threshold)
        order = by_score(score)
        boxes = corners(box[:, order])
        kept = nms(boxes, self.settings.nms_threshold, keep_equal=False)
        chosen = order[kept]
        zeros = np.zeros(len(kept), self.dtype)
        return np.column_stack([zeros, label[chosen] + 1, score[chosen], boxes[kept]])
