"""Yolov3: what YOLO v3 and v4 learn by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import grid, yolov3
from ...proto import caffe_pb2 as pb
from .._loss import LossLayer
from . import _grid


@register
class Yolov3(LossLayer):
    """The loss of YOLO v3 for one of its grids: boxes, objectness and classes.

    bottom[0] (N, num (5 + num_class), H, W), channel a (5 + num_class) + k of box a: k = x, y,
    w, h, objectness, scores of the classes; bottom[1] (N, 5 R) rows class, x, y, w, h in
    fractions of the image, ended by x = 0 -> top[0] ().

    v is the logistic of x, y, objectness and scores, and w, h themselves.  With the anchor m
    that mask[a] names and an image of nw x nh = anchors_scale W x anchors_scale H pixels, a box
    is ((column + v_x) / W, (row + v_y) / H, exp(v_w) bias_w / nw, exp(v_h) bias_h / nh).  D is

        objectness of every box: v, 0 if it overlaps a truth by more than thresh.
        A truth goes to the box, in the cell of its centre, of the anchor that overlaps it most
        (both centred in one point), if that is in the mask, and if iou_thresh is below 1 to those
        of all other anchors of the mask that overlap it by more; there
        MSE: x, y: -c (t - v), t the place in the cell; w, h: -c (log(w nw / bias) - v),
        c = coord_scale (2 - w h); a later truth overwrites.  Other kinds: minus the gradient of
        the overlap by x, y, w, h, as Darknet has it, times iou_normalizer, cut to +-max_delta;
        added up, unless accumulate is false.
        objectness: -(1 - v), times object_scale with use_logic_gradient;
        classes: -class_scale (y - v), y = 1 - e/2 for the truth's class and e/2 for the others,
        e = label_smooth_eps; of a box that learns a class already, only the new one.
        use_focal_loss: y = 1 and 0, times -(1 - p) (2 p ln p + p - 1) / 2, p the class's v.

    loss = sum of D^2 / N; kinds other than MSE: (sum of D^2 of objectness and classes
    + iou_normalizer mean of (1 - overlap)) / N.  What flows back is D / N * dloss, with
    use_logic_gradient first times v (1 - v) for all but w and h: not the derivative of the loss.

    yolov3_param: biases, the sizes of all anchors in pixels; mask, which of them; num (5),
    num_class (20), anchors_scale (32), thresh (0.2), iou_loss (MSE; IOU, GIOU, DIOU, CIOU: what
    overlap means everywhere), iou_thresh (0.5), iou_normalizer (0.25), max_delta (10),
    accumulate (true), coord_scale (5), class_scale (1), object_scale (1), label_smooth_eps
    (0.1), use_logic_gradient (false), use_focal_loss (false).  noobject_scale and side are not
    read.  Fork: eric612's YOLO.

    Quirks kept: the anchor that iou_thresh leaves out is the one whose number is the place of the
    best one in the mask; IOU's loss counts with DIOU; use_logic_gradient takes x and y
    themselves, not their logistic, with kinds other than MSE.

    Source: Redmon and Farhadi 2018, YOLOv3; Rezatofighi et al. 2019, GIoU; Zheng et al. 2020,
    DIoU and CIoU.
    """

    type = "Yolov3"
    forks = ("yolo-eric612",)
    messages = ("yolov3_param",)
    no_derivative = "what flows back is the difference itself, as in Darknet"
    ranges: ClassVar = {"num": Range(1), "num_class": Range(1), "anchors_scale": Range(1)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.yolov3_param
        anchors = _grid.anchors(self, list(param.biases), 1)
        mask = np.array(param.mask, np.intp)
        if len(mask) != param.num:
            what = f"mask names {len(mask)} anchors, num is {param.num}"
            raise self.fault(what, "name as many", "mask" if len(mask) else "num")
        if mask.max() >= len(anchors):
            what = f"mask names anchor {mask.max()}, biases are {len(anchors)} anchors"
            raise self.fault(what, f"they count from 0 to {len(anchors) - 1}", "mask")
        self.logic = param.use_logic_gradient
        self.settings = yolov3.Settings(
            anchors=anchors,
            mask=mask,
            cell=param.anchors_scale,
            loss=pb.Yolov3Parameter.IOU_LOSS.Name(param.iou_loss),
            thresh=param.thresh,
            iou_thresh=param.iou_thresh,
            iou_normalizer=param.iou_normalizer,
            max_delta=param.max_delta,
            accumulate=param.accumulate,
            coord_scale=param.coord_scale,
            class_scale=param.class_scale,
            object_scale=param.object_scale if self.logic else 1.0,
            smoothing=param.label_smooth_eps,
            focal=param.use_focal_loss,
        )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        param = self.param.yolov3_param
        self.shape = _grid.grid_shape(bottom[0], param.num, param.num_class)
        _grid.label_rows(bottom[1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        classes, (height, width) = self.param.yolov3_param.num_class, self.shape[3:]
        truths = _grid.read_truths(bottom[1], classes, height, width)
        x = bottom[0].data.reshape(self.shape)
        v, diff = self.scratch("v", self.shape), self.scratch("diff", self.shape)
        grid.activate(x, v, exclusive=False)
        room = self.scratch("boxes", (4, *self.shape[:2], height, width))
        error = yolov3.differences(v, truths, self.settings, room, diff)
        overlap = self.settings.loss != "MSE"
        counted = diff[:, :, grid.OBJECT :] if overlap else diff
        loss = float(np.einsum("nakhw,nakhw->", counted, counted))
        loss += self.settings.iou_normalizer * error
        top[0].data[...] = loss / max(1, len(x))
        if self.logic and self.needs_backward:
            self._through_logistic(x, v, diff, overlap)

    def _through_logistic(
        self, x: np.ndarray, v: np.ndarray, diff: np.ndarray, overlap: bool
    ) -> None:
        """Multiply D by v (1 - v), but for w and h; v is not used any more."""
        if overlap:
            np.copyto(v[:, :, : grid.W], x[:, :, : grid.W])
        np.subtract(1, v, out=self.scratch("slope", v.shape))
        v *= self.scratch("slope", v.shape)
        v[:, :, grid.W : grid.H + 1] = 1
        diff *= v

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            scale = self.loss_gradient(top) / max(1, self.shape[0])
            diff = self.scratch("diff", self.shape)
            np.multiply(diff, scale, out=bottom[0].diff.reshape(self.shape))
