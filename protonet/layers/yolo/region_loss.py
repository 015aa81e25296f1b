"""RegionLoss: what YOLO v2 learns by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import grid, region
from .._loss import LossLayer
from . import _grid

ERIC, GKLZ, INTEL = "yolo-eric612", "yolo-gklz1982", "intel"
#: Images after which gklz1982's fork stops to draw every box to its anchor.
WARM_UP = 12800


@register
class RegionLoss(LossLayer):
    """The loss of YOLO v2: box, objectness and class of the boxes in a grid of S x S cells.

    bottom[0] (N, num (5 + num_class), S, S), channel b (5 + num_class) + k of box b: k = x, y,
    w, h, objectness, scores of the classes; bottom[1] (N, 5 R) rows class, x, y, w, h in
    fractions of the image, ended by x = 0 -> top[0] (), the sum of all D^2, divided by N.

    With s the logistic of x, y and objectness o, p the softmax of the scores: box (column, row)
    has its centre at ((column + s_x) / S, (row + s_y) / S) and the size exp(w) bias_w / S,
    exp(h) bias_h / S.  D is

        objectness of every box: noobject_scale o o (1 - o), 0 if its IoU with a truth is above
        thresh.  For each truth, at the cell its centre is in, the box whose anchor fits best
        (IoU with both centred in one point; bias_match 0: whose predicted size does):
        x, y: -c (t - s) s (1 - s), t the place in the cell;  w, h: -c (log(w S / bias) - w),
        c = coord_scale with rescore, else coord_scale (2 - w h);
        objectness: -object_scale (q - o) o (1 - o), q the box's IoU with rescore, else 1;
        classes: -class_scale ((k == class) - p_k).  A later truth overwrites an earlier one.

    What flows back is D / N * dloss, which is not the derivative of this loss.

    region_loss_param: biases, a width and a height in cells for each box; num_class (20), num
    (5), bias_match (1), rescore (1), object_scale (1), class_scale (1), noobject_scale (0.5),
    coord_scale (5), thresh (0.2); side, which must be S in gklz1982's.  jitter, random,
    absolute and softmax are not read; softmax_tree and class_map are refused.

    Forks: eric612's, with R = 300; with R = 30 it is gklz1982's (or by --fork).  There num must
    be 5, boxes count only as far as they lie in the image, c = coord_scale and q = 1 always, the
    loss is not divided by N, and in the first 12800 // N passes x, y, w, h
    of every box are drawn to the middle of the cell and the size of the anchor, with c = 0.01.
    Deviation: each layer counts its own passes.

    Intel's: bottom[1] (1, 1, R, 8) of AnnotatedData, rows item, class + 1, instance, x1, y1, x2,
    y2, difficult, of which item -1 is none; or by --fork.  There c = coord_scale always, w and h
    that are wrong by more than 1 count as by 1, the objectness of a truth's box is -object_scale
    2 (1 - o)^3 o (1 - o), and the loss is not divided by N.

    Source: Redmon and Farhadi 2017, YOLO9000.
    """

    type = "RegionLoss"
    forks = (ERIC, GKLZ, INTEL)
    messages = ("region_loss_param",)
    no_derivative = "what flows back is the difference itself, as in Darknet"
    ranges: ClassVar = {
        "num_class": Range(1),
        "num": Range(1),
        "coords": Range(4, 4),
    }

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.region_loss_param
        for field in ("softmax_tree", "class_map"):
            if param.HasField(field):
                raise self.fault(f"{field} is not served here", "remove it", field)
        self.anchors = _grid.anchors(self, list(param.biases), param.num)[: param.num]
        self.passes = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.region_loss_param
        self.shape = _grid.grid_shape(bottom[0], param.num, param.num_class)
        _grid.check_square(self.shape)
        self.fork = self._fork(bottom)
        if self.fork == INTEL:
            if not _grid.is_annotated(bottom[1]):
                what = f"bottom 1 has shape {bottom[1].shape}"
                raise ShapeError(what, f"{INTEL}'s labels are (1, 1, R, 8), as of AnnotatedData")
            top[0].reshape()
        else:
            super().reshape(bottom, top)
        if self.fork == GKLZ and param.num != 5:
            raise self.fault(f"num is {param.num}", f"{GKLZ} has 5 boxes a cell", "num")
        if self.fork != ERIC and param.side != self.shape[-1]:
            what = f"side is {param.side}, the map {self.shape[-1]} x {self.shape[-1]}"
            raise ShapeError(what, "give the map's", field="region_loss_param.side")

    def _fork(self, bottom: Blobs) -> str:
        if self.context.fork in self.forks:
            return self.context.fork
        if _grid.is_annotated(bottom[1]):
            return INTEL
        rows = _grid.label_rows(bottom[1]).shape[1]
        if rows not in (30, 300):
            raise ShapeError(
                f"bottom 1 has {rows} rows of labels an image",
                f"300 are {ERIC}'s, 30 {GKLZ}'s; say which is meant: --fork NAME",
            )
        return ERIC if rows == 300 else GKLZ

    def _truths(self, blob: Blob) -> grid.Truths:
        classes, side = self.param.region_loss_param.num_class, self.shape[-1]
        if self.fork == INTEL:
            return _grid.read_annotations(blob, self.shape[0], classes, side, side)
        return _grid.read_truths(blob, classes, side, side)

    def _settings(self) -> region.Settings:
        param = self.param.region_loss_param
        old, eric = self.fork == GKLZ, self.fork == ERIC
        return region.Settings(
            anchors=self.anchors,
            thresh=param.thresh,
            match_anchors=bool(param.bias_match),
            rescore=bool(param.rescore) and eric,
            by_size=not param.rescore and eric,
            clip=old,
            draw=0.01 if old and self.passes <= WARM_UP // max(1, self.shape[0]) else 0.0,
            gentle=self.fork == INTEL,
            object_scale=param.object_scale,
            noobject_scale=param.noobject_scale,
            class_scale=param.class_scale,
            coord_scale=param.coord_scale,
        )

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        truths = self._truths(bottom[1])
        v, diff = self.scratch("v", self.shape), self.scratch("diff", self.shape)
        grid.activate(bottom[0].data.reshape(self.shape), v, exclusive=True)
        self.passes += 1
        boxes = self.scratch("boxes", (4, *self.shape[:2], *self.shape[3:]))
        region.differences(v, truths, self._settings(), boxes, diff)
        items = max(1, self.shape[0]) if self.fork == ERIC else 1
        top[0].data[...] = float(np.vdot(diff, diff)) / items

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            diff: NDArray = self.scratch("diff", self.shape)
            scale = self.loss_gradient(top) / max(1, self.shape[0])
            np.multiply(diff, scale, out=bottom[0].diff.reshape(self.shape))

    def state(self) -> dict[str, Any]:
        """How many passes were made, for a snapshot."""
        return {"passes": self.passes}

    def set_state(self, state: dict[str, Any]) -> None:
        self.passes = int(state["passes"])
