"""EltwiseAccuracy: the accuracy of pixels, as DeconvNet counts it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import losses
from .._classes import ClassLabels, class_view


@register
class EltwiseAccuracy(Layer):
    """The fraction of pixels whose right class is among the top_k best scores.

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1 -> top[0] (1, 1, 1, 1):
    right pixels / pixels.

    A pixel is right if fewer than top_k classes come before the label's: those that score more,
    and of equal ones those with a higher number.  So a tie is not always lost, as in Accuracy.

    eltwise_accuracy_param: top_k (1); ignore_label (none): its pixels do not count.

    DeconvNet (Noh, Hong and Han, ICCV 2015).  No gradient.  Deviations: a label that is no class
    is an error, a score that is NaN is never right, and where no pixel counts the top is 0.
    """

    type = "EltwiseAccuracy"
    forks = ("deconvnet",)
    messages = ("eltwise_accuracy_param",)
    ranges: ClassVar = {"top_k": Range(1)}
    bottoms = exactly(2)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.eltwise_accuracy_param
        self.top_k = param.top_k
        ignore = param.ignore_label if param.HasField("ignore_label") else None
        self.labels = ClassLabels(self, ignore, "eltwise_accuracy_param.ignore_label")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        self.view = class_view(bottom[0], 1, "")
        self.labels.reshape(self.view, bottom[0], bottom[1])
        if self.top_k > self.view[1]:
            raise self.fault(
                f"top_k is {self.top_k}, there are {self.view[1]} classes",
                f"give 1 to {self.view[1]}",
                "top_k",
            )
        top[0].reshape(1, 1, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.labels.read(bottom[1])
        scores = bottom[0].data.reshape(self.view)
        own = losses.at(scores, self.labels.index)[:, None, :]
        after = self.scratch("after", self.view, bool)
        equal = self.scratch("equal", self.view, bool)
        np.less(scores, own, out=after)
        np.equal(scores, own, out=equal)
        lower = self.scratch("lower", self.view, bool)
        np.less_equal(np.arange(self.view[1])[:, None], self.labels.label[:, None, :], out=lower)
        equal &= lower
        after |= equal
        right = np.count_nonzero(after, axis=1) > self.view[1] - self.top_k
        if self.labels.ignored is not None:
            right = right[~self.labels.ignored]
        top[0].data[...] = np.count_nonzero(right) / max(1, right.size)
