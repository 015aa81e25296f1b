"""FrcnnOutput: from the scores and deltas of regions to detections."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...kernels import anchors, boxes
from ...kernels.std_sort import falling
from ._cascade import mean_and_std


@register
class FrcnnOutput(Layer):
    """Detections of one image: regions moved as predicted, suppressed class by class.

    bottom[0] probabilities (R, K), bottom[1] deltas (R, 4 K), (R, 8) if not cls_aware, bottom[2]
    regions (R, 5 or 6): image, 0, x1, y1, x2, y2; bottom[3] the image (1, 2): height, width ->
    top[0] (D + 1, 7, 1, 1), rows image, x1, y1, x2, y2, class, score, the first of them
    (0, -1, -1, -1, -1, -1, -1), the others by class and falling score.

    For each class but 0: the boxes whose probability is conf_thr or more, moved by the deltas of
    the class (of class 1 if not cls_aware) as in DecodeBBox, cut to 0 and to the width and
    height; suppression by an IoU above iou_thr, pixels counted.  If more than max_det_num stay
    (0: any number), the best of all classes do.  When the net is built D is max_det_num.
    No gradient.

    frcnn_output_param: conf_thr (0), iou_thr (0.5), nms_type (only IOU is served), max_det_num
    (0); save_output_param, files of results, is not served.  bbox_reg_param: cls_aware (true),
    bbox_mean, bbox_std (0 and 1).

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against loops over the rules above, not against
    numbers of the fork.  Equal scores are in the order of C++'s std::sort.  Deviation: boxes
    that overlap by less than one pixel count as overlapping.
    """

    type = "FrcnnOutput"
    forks = ("cascade-rcnn",)
    messages = ("frcnn_output_param", "bbox_reg_param")
    ranges: ClassVar = {"iou_thr": Range(0)}
    bottoms = exactly(4)
    has_backward = False
    backward_reads = frozenset()
    reshape_always = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = param = self.param.frcnn_output_param
        self.mean, self.std = mean_and_std(self)
        self.shared = not self.param.bbox_reg_param.cls_aware
        if param.nms_type != "IOU":
            raise self.fault(f"nms_type '{param.nms_type}' is not served", "use IOU", "nms_type")
        if param.save_output_param.output_directory:
            raise self.fault(
                "files of results are not written here",
                "remove save_output_param and take the detections from the top",
                "save_output_param.output_directory",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        rows, classes = (*bottom[0].shape, 0, 0)[:2]
        each = 8 if self.shared else 4 * classes
        for i, count in ((0, classes), (1, each)):
            shape = bottom[i].shape
            if len(shape) < 2 or shape[0] != rows or bottom[i].count != rows * count:
                raise ShapeError(
                    f"bottom {i} has shape {shape}, with bottom 0 {bottom[0].shape} it must be "
                    f"({rows}, {count})"
                )
        if bottom[2].shape[:1] != (rows,) or bottom[2].count not in (5 * rows, 6 * rows):
            raise ShapeError(
                f"bottom 2 has shape {bottom[2].shape}, there are scores of {rows} regions",
                "each region is an image's number, x1, y1, x2, y2[, score]",
            )
        if bottom[3].count != 2:
            raise ShapeError(f"bottom 3 has shape {bottom[3].shape}", "it holds height and width")
        top[0].reshape(self.settings.max_det_num + 1, 7, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        scores, rois, height, width = self._read(bottom)
        deltas = bottom[1].data.reshape(len(scores), -1, 4)
        found = [np.zeros((0, 7), self.dtype)]
        for label in range(1, scores.shape[1]):
            good = np.flatnonzero(scores[:, label] >= self.settings.conf_thr)
            steps = deltas[good, 1 if self.shared else label] * self.std + self.mean
            moved = anchors.moved(rois[good, 1:5], steps, 1)
            moved[:, :2] = np.maximum(moved[:, :2], 0)
            moved[:, 2:] = np.minimum(moved[:, 2:], [width, height])
            found.append(self._suppressed(label, moved, scores[good, label]))
        rows = self._limited(np.concatenate(found))
        top[0].reshape(len(rows) + 1, 7, 1, 1)
        top[0].data[0] = -1
        top[0].data[0, 0] = 0
        top[0].data[1:] = rows[:, :, None, None]

    def _read(self, bottom: Blobs) -> tuple[NDArray, NDArray, float, float]:
        scores = bottom[0].data.reshape(bottom[0].shape[0], -1)
        rois = bottom[2].data.reshape(len(scores), -1) if len(scores) else np.zeros((0, 5))
        for i in (0, 1):
            if np.isnan(bottom[i].data).any():
                raise DataError(f"bottom {i} has NaN", "look at what makes it")
        bad = ~np.isfinite(rois[:, :5]).all(axis=1) | (rois[:, 0] != 0)
        bad |= (rois[:, 1:3] > rois[:, 3:5]).any(axis=1)
        if bad.any():
            at = int(np.argmax(bad))
            row = ", ".join(f"{value:g}" for value in rois[at])
            raise DataError(
                f"region {at} is ({row})", "it must be of image 0 and end after it begins"
            )
        height, width = bottom[3].data.reshape(-1).tolist()
        return scores, rois, height, width

    def _suppressed(self, label: int, found: NDArray, scores: NDArray) -> NDArray:
        """The rows (D, 7) of a class that stay, the best first."""
        order = falling(scores)
        found, scores = found[order], scores[order]
        kept = boxes.nms(found, self.settings.iou_thr, plus_one=True)
        rows = np.zeros((len(kept), 7), self.dtype)
        rows[:, 1:5], rows[:, 5], rows[:, 6] = found[kept], label, scores[kept]
        return rows

    def _limited(self, rows: NDArray) -> NDArray:
        """The max_det_num best rows, by class."""
        limit = self.settings.max_det_num
        if not 0 < limit < len(rows):
            return rows
        best = falling(rows[:, 6])[:limit]
        return rows[best[np.argsort(rows[best, 5], kind="stable")]]
