"""SmoothL1Loss: the loss of a regression that single outliers do not rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs
from ...core.registry import register
from ...kernels import losses
from .._loss import DistanceLoss


@register
class SmoothL1Loss(DistanceLoss):
    """The squared distance of two blobs where they are near, the plain one where they are not.

    bottom[0] (N, ...), bottom[1] (N, ...) as many values -> top[0] ():
    1 / N * sum of f(a - b), f(d) = d^2 / 2 if |d| < 1, else |d| - 1/2.

    Gradients: da = f'(a - b) / N * dloss, db = -da, with f'(d) = d held in [-1, 1].  Both
    bottoms may learn.

    From SSD (Liu and others, ECCV 2016), after Fast R-CNN (Girshick, ICCV 2015).
    """

    type = "SmoothL1Loss"
    forks = ("ssd", "yolo-eric612", "openvino", "intel", "synopsys", "nvidia")
    variant = True
    messages = ("loss_param",)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = (bottom[0].count,)
        each, slope = self.scratch("each", shape), self.scratch("slope", shape)
        np.subtract(bottom[0].data.reshape(-1), bottom[1].data.reshape(-1), out=each)
        losses.smooth_l1_slope(each, out=slope)
        losses.smooth_l1(each, slope, out=each)
        top[0].data[...] = float(each.sum()) / max(1, bottom[0].shape[0])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        slope = self.scratch("slope", (bottom[0].count,))
        self.send_back(slope, top, propagate_down, bottom)
