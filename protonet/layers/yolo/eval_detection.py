"""EvalDetection: which boxes of YOLO v2's grid are right."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import grid
from ...kernels.boxes import nms
from ...kernels.centred_boxes import clipped, overlap
from ...proto import caffe_pb2 as pb
from ..ssd._truth import read_truth, rows_of
from . import _grid
from ._detector import corners

#: Boxes with a smaller score are not counted, as in Darknet.
LEAST = 0.005


@register
class EvalDetection(Layer):
    """Hold the boxes of YOLO v2's grid against the truth, for a mean average precision.

    bottom[0] (N, num_object (5 + num_class), S, S), channel b (5 + num_class) + k of box b: k = x,
    y, w, h, objectness, scores of the classes; bottom[1] the truth; bottom[2] (optional) is not
    read -> top[0] (N, num_class + 4 S S num_object): how many true boxes each class has, then for
    each box that was found four numbers: class, score, 1 if it is right, 1 if it is wrong; zeros
    fill the rest.  They go by class, then falling score.

    Box (column, row) has its centre at ((column + logistic(x)) / S, ...) and the size
    exp(w) bias_w / S, exp(h) bias_h / S; its class is that of the largest score, its score the
    logistic of objectness (OBJ), the class's probability, a softmax (PROB), or both multiplied.
    From the best one on, each removes those whose IoU with it reaches nms, of whatever class;
    those with a score below 0.005 are left out.  A box is right if its IoU with the true box of
    its class that fits it best is threshold or more, and none before it was right by that one;
    then it is wrong.  It is neither right nor wrong, a quirk kept, if the IoU is lower, and wrong
    where the image has no true box of the class.

    The truth is Intel's, (1, 1, R, 8) rows image, class from 1 on, instance, x1, y1, x2, y2,
    difficult, or gklz1982's, (N, 150): 30 rows class from 0 on, x, y, w, h, ended by x = 0.  Of
    the latter's boxes only what lies in the image counts for an IoU.

    eval_detection_param: biases, a width and a height in cells for each box; side S (7), num_class
    (20), num_object (2), threshold (0.5), score_type (MULTIPLY), nms (-1: quirk kept, nothing is
    found); sqrt and constriant are not read.  No gradient.  Of equal scores the first box of the
    grid comes first.

    Redmon and Farhadi 2017, YOLO9000; gklz1982's fork for YOLO, and Intel's.
    """

    type = "EvalDetection"
    forks = ("yolo-gklz1982", "intel")
    messages = ("eval_detection_param",)
    ranges: ClassVar = {"side": Range(1), "num_class": Range(1), "num_object": Range(1)}
    bottoms = between(2, 3)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.eval_detection_param
        self.anchors = _grid.anchors(self, list(param.biases), param.num_object)
        self.anchors = self.anchors[: param.num_object]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.eval_detection_param
        self.shape = _grid.grid_shape(bottom[0], param.num_object, param.num_class)
        if self.shape[3:] != (param.side, param.side):
            what = f"side is {param.side}, the map {self.shape[3]} x {self.shape[4]}"
            raise ShapeError(what, "give the map's", field="eval_detection_param.side")
        self.by_image = not _is_annotation(bottom[1])
        given = (*bottom[1].shape[:1], bottom[1].count_from(1) if bottom[1].shape else 0)
        if self.by_image and given != (self.shape[0], 150):
            raise ShapeError(
                f"bottom 1 has shape {bottom[1].shape}",
                f"the truth is (1, 1, R, 8), or ({self.shape[0]}, 150)",
            )
        cells = param.num_object * param.side**2
        top[0].reshape(self.shape[0], param.num_class + 4 * cells)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        classes = self.param.eval_detection_param.num_class
        x, v = bottom[0].data.reshape(self.shape), self.scratch("v", self.shape)
        grid.activate(x, v, exclusive=True)
        n, count, _, height, width = self.shape
        boxes = self.scratch("boxes", (4, n, count, height, width))
        grid.boxes(v, self.anchors, (width, height), boxes)
        item, label, truth = self._truth(bottom[1])
        top[0].data.fill(0)
        for i, row in enumerate(top[0].data):
            mine = item == i
            row[:classes] = np.bincount(label[mine], minlength=classes)
            found = self._judged(v[i], boxes[:, i], label[mine], truth[:, mine])
            row[classes : classes + found.size] = found.reshape(-1)

    def _truth(self, blob: Blob) -> tuple[NDArray, NDArray, NDArray]:
        """Image, class (G) and box (4, G) of what is to be found."""
        classes = self.param.eval_detection_param.num_class
        if self.by_image:
            known = _grid.read_truths(blob, classes, *self.shape[3:])
            return known.item, known.label.astype(np.intp), clipped(known.box)
        truth = read_truth(rows_of(blob, 8, "bottom 1, the truth,"), classes + 1, 0, self.shape[0])
        x1, y1, x2, y2 = truth.box.T
        box = np.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1])
        return truth.image, truth.label.astype(np.intp) - 1, box

    def _judged(self, v: NDArray, boxes: NDArray, label: NDArray, truth: NDArray) -> NDArray:
        """Rows class, score, right, wrong of an image; v (A, 5 + K, S, S), boxes (4, A, S, S)."""
        param = self.param.eval_detection_param
        if param.nms < 0:
            return np.zeros((0, 4), v.dtype)
        cells = v.transpose(2, 3, 0, 1).reshape(-1, v.shape[1])
        probable = cells[:, grid.CLASSES :]
        found, score = probable.argmax(axis=1), probable.max(axis=1)
        kinds = pb.EvalDetectionParameter
        if param.score_type == kinds.OBJ:
            score = cells[:, grid.OBJECT]
        elif param.score_type == kinds.MULTIPLY:
            score = score * cells[:, grid.OBJECT]
        box = boxes.transpose(0, 2, 3, 1).reshape(4, -1)
        box = clipped(box) if self.by_image else box
        order = np.argsort(-score, kind="stable")
        kept = order[nms(corners(box[:, order]), param.nms, keep_equal=False)]
        kept = kept[score[kept] >= LEAST]
        kept = kept[np.argsort(found[kept], kind="stable")]
        right, wrong = _matched(found[kept], box[:, kept], label, truth, param.threshold)
        return np.column_stack([found[kept], score[kept], right, wrong]).astype(v.dtype)


def _is_annotation(blob: Blob) -> bool:
    return len(blob.shape) == 4 and blob.shape[:2] == (1, 1) and blob.shape[3] == 8


def _matched(
    found: NDArray, box: NDArray, label: NDArray, truth: NDArray, threshold: float
) -> tuple[NDArray, NDArray]:
    """Which of the boxes (classes (M), (4, M)) are right and which are wrong (M)."""
    alike = found[:, None] == label
    right, wrong = np.zeros(len(found), bool), ~alike.any(axis=1)
    if alike.any():
        fit = np.where(alike, overlap(box[:, :, None], truth[:, None]), -1)
        best = fit.argmax(axis=1)
        close = np.flatnonzero(fit[np.arange(len(found)), best] >= threshold)
        _, first = np.unique(best[close], return_index=True)
        right[close[first]] = True
        wrong[close] = ~right[close]
    return right, wrong
