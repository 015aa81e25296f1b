"""SigmoidCrossEntropyLoss: many yes-or-no questions at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import elementwise, losses
from ..proto import caffe_pb2 as pb
from ._loss import PRE_FIXED, LossLayer


@register
class SigmoidCrossEntropyLoss(LossLayer):
    """Cross entropy between targets and the sigmoids of scores, each value by itself.

    bottom[0] (N, ...) scores x, bottom[1] (N, ...) as many targets t from 0 to 1 -> top[0] ():
    the sum of -t log s(x) - (1 - t) log(1 - s(x)), s the sigmoid, divided by a count.

    Gradient: dx = (s(x) - t) / count * dloss, 0 at ignored places: the sigmoid's derivative
    cancels against that of the logarithms.

    loss_param: ignore_label (none), compared with the target cut to a whole number;
    normalization, the count: BATCH_SIZE (N, the default here), VALID (the values not
    ignored), FULL (all), NONE (1), PRE_FIXED (of forks: pre_fixed_normalizer, 1); normalize,
    old for VALID (true) or BATCH_SIZE (false).
    """

    type = "SigmoidCrossEntropyLoss"
    messages = ("sigmoid_param", "loss_param")
    backward_reads = frozenset({"bottom"})
    serves = PRE_FIXED

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.mode = self.normalization(pb.LossParameter.BATCH_SIZE)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count != bottom[1].count:
            raise ShapeError(
                f"bottom 0 has shape {bottom[0].shape}, bottom 1 {bottom[1].shape}",
                "there must be one target for each score",
            )

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, t = bottom[0].data.reshape(-1), bottom[1].data.reshape(-1)
        each = losses.sigmoid_cross_entropy(x, t, out=self.scratch("each", x.shape))
        self.ignored = None
        if self.ignore_label is not None:
            whole = np.trunc(t, out=self.scratch("whole", t.shape))
            self.ignored = self.scratch("ignored", t.shape, bool)
            np.equal(whole, self.ignore_label, out=self.ignored)
            each[self.ignored] = 0
        items = bottom[0].shape[0]
        self.count = self.divisor(self.mode, items, bottom[0].count_from(1), self.ignored)
        top[0].data[...] = float(each.sum()) / self.count

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            dx = bottom[0].diff.reshape(-1)
            elementwise.sigmoid(bottom[0].data.reshape(-1), out=dx)
            dx -= bottom[1].data.reshape(-1)
            dx *= self.loss_gradient(top) / self.count
            if self.ignored is not None:
                dx[self.ignored] = 0
