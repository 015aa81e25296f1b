"""Yolov3DetectionOutput: what YOLO v3 has found."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, at_least
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import grid
from ...kernels.boxes import by_score, nms
from . import _grid
from ._detector import Detector, check_numbers, corners


@register
class Yolov3DetectionOutput(Detector):
    """Read boxes out of YOLO v3's grids, and keep the best of those that overlap.

    bottom[i] (N, num_box (5 + num_classes), H, W), channel a (5 + num_classes) + k of box a:
    k = x, y, w, h, objectness, scores of the classes -> top[0] (1, 1, R, 7), rows 0, class + 1,
    score, x1, y1, x2, y2 in fractions of the image, the best first.

    Each class of a box with score = logistic(objectness) logistic(class) above
    confidence_threshold is a detection.  Box (column, row), with the anchor m = mask[i num_box + a]
    and s = anchors_scale[i]: centre ((column + logistic(x)) / W, (row + logistic(y)) / H), size
    (exp(w) bias_w[m] / (s W), exp(h) bias_h[m] / (s H)), not cut at the borders.  Of two whose IoU
    reaches nms_threshold the better one stays, whatever their classes.

    Nothing found: N rows i, -1, -1, -1, -1, -1, -1, i the number of the image.

    yolov3_detection_output_param: biases, the sizes of all anchors in pixels; mask, num_box
    numbers of anchors for each bottom; anchors_scale, pixels of a cell for each bottom;
    num_classes (20), num_box (3), confidence_threshold (0.01), nms_threshold (0.45);
    mask_group_num is the number of bottoms and not read.  gaussian_box is refused: the fork's
    code for CPUs never worked.  Fork: eric612's YOLO.

    Quirks kept: the images of a batch are thrown together, and all rows say image 0.
    No gradient.  A box or score that is no number is an error.
    """

    type = "Yolov3DetectionOutput"
    forks = ("yolo-eric612",)
    messages = ("yolov3_detection_output_param",)
    bottoms = at_least(1)
    ranges: ClassVar = {"num_box": Range(1), "num_classes": Range(1), "anchors_scale": Range(1)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.yolov3_detection_output_param
        if param.gaussian_box:
            raise self.fault("gaussian_box is not served here", "remove it", "gaussian_box")
        anchors = _grid.anchors(self, list(param.biases), 1)
        self._settle("mask", len(param.mask), len(bottom) * param.num_box)
        self._settle("anchors_scale", len(param.anchors_scale), len(bottom))
        mask = np.array(param.mask, np.intp).reshape(-1, param.num_box)[: len(bottom)]
        if mask.max() >= len(anchors):
            what = f"mask names anchor {mask.max()}, biases are {len(anchors)} anchors"
            raise self.fault(what, f"they count from 0 to {len(anchors) - 1}", "mask")
        self.anchors = anchors[mask]

    def _settle(self, field: str, given: int, needed: int) -> None:
        if given < needed:
            what = f"{field} is given {given} times, the bottoms need {needed}"
            raise self.fault(what, f"add to {field}", field if given else "")

    def check(self, bottom: Blobs) -> None:
        param = self.param.yolov3_detection_output_param
        for i, blob in enumerate(bottom):
            _grid.grid_shape(blob, param.num_box, param.num_classes, i)

    def detect(self, bottom: Blobs) -> NDArray:
        param = self.param.yolov3_detection_output_param
        parts = [self._of(i, blob.data) for i, blob in enumerate(bottom)]
        boxes, label, score = (np.concatenate(each) for each in zip(*parts))
        order = by_score(score)
        chosen = order[nms(boxes[order], param.nms_threshold, keep_equal=False)]
        zeros = np.zeros(len(chosen), self.dtype)
        return np.column_stack([zeros, label[chosen] + 1, score[chosen], boxes[chosen]])

    def _of(self, index: int, data: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Boxes (M, 4), classes (M) and scores (M) of a bottom, by image, cell, anchor, class."""
        param = self.param.yolov3_detection_output_param
        threshold = param.confidence_threshold
        n, _, height, width = data.shape
        x = data.reshape(n, param.num_box, 5 + param.num_classes, height, width)
        pixels = param.anchors_scale[index]
        image = (width * pixels, height * pixels)
        found = grid.found(x, threshold, self.anchors[index], image, exclusive=False)
        check_numbers(found.values, index)
        scores = found.values[:, grid.CLASSES :] * found.values[:, grid.OBJECT, None]
        which, label = np.nonzero(scores > threshold)
        return corners(found.box)[which], label, scores[which, label]
