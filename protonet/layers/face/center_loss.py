"""CenterLoss: features close to the centre of their class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from .._classes import ClassLabels
from .._loss import LossLayer


@register
class CenterLoss(LossLayer):
    """Half the mean squared distance of features from the learnt centres of their classes.

    bottom[0] x (N, ...), seen as (N, D), bottom[1] labels (N), 0 .. num_output - 1 -> top[0] ():

        loss = sum over n of |x_n - c_label(n)|^2 / (2 N)

    Gradients: dx = (x - c) / N * dloss.  That of a centre is not the derivative but the step of
    the paper: minus the sum over its samples of (x - c) / (their number + 1).

    center_loss_param: num_output, the number of classes; center_filler; axis (1): from it on all
    axes are one vector.  distance_type other than "L2" is refused.  Blobs: centres (num_output, D).

    Fork: caffe-face.  Quirks kept: without a loss_weight in the prototxt the loss does not count;
    the gradient of the centres does not know of loss_weight.

    Source: Wen et al. 2016, A Discriminative Feature Learning Approach for Deep Face Recognition.
    """

    type = "CenterLoss"
    forks = ("caffe-face", "happynear")
    messages = ("center_loss_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True)}
    default_loss_weight = 0.0
    no_derivative = "centres move by the step of the paper"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.center_loss_param
        if param.distance_type != "L2":
            what = f"distance_type '{param.distance_type}' is not served here"
            raise self.fault(what, 'only "L2" is', "distance_type")
        self.axis = bottom[0].axis(param.axis)
        self.labels = ClassLabels(self)
        self.add_blob((param.num_output, bottom[0].count_from(self.axis)), param.center_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        classes, features = self.blobs[0].shape
        items = bottom[0].count_from(0, self.axis)
        if bottom[0].count_from(self.axis) != features:
            raise ShapeError(f"{bottom[0].shape} does not have the {features} features of a centre")
        self.view = (items, features)
        self.labels.reshape((items, classes, 1), bottom[0], bottom[1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.labels.read(bottom[1])
        away = self.scratch("away", self.view)
        label = self.labels.label[:, 0]
        np.take(self.blobs[0].data, label, axis=0, out=away, mode="clip")
        np.subtract(bottom[0].data.reshape(self.view), away, out=away)
        top[0].data[...] = float(np.vdot(away, away)) / (2 * max(1, self.view[0]))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        away, label = self.scratch("away", self.view), self.labels.label[:, 0]
        if self.wants_gradient(propagate_down):
            scale = self.loss_gradient(top) / max(1, self.view[0])
            np.multiply(away, scale, out=bottom[0].diff.reshape(self.view))
        if self.param_propagate_down[0]:
            centres = self.blobs[0].diff
            share = 1 + np.bincount(label, minlength=len(centres)).astype(self.dtype)
            step = np.divide(away, share[label, None], out=self.scratch("step", self.view))
            np.subtract.at(centres, label, step)
