"""SoftmaxWithLossOHEM: the loss of a classifier, also region by region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, between
from ...core.registry import register
from ...kernels import losses
from .._loss import SoftmaxLossLayer
from ._ohem import one_weight_each


@register
class SoftmaxWithLossOHEM(SoftmaxLossLayer):
    """SoftmaxWithLoss that also tells the loss of each place.

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1 -> top[0] (), the sum
    of -log p_label divided by a count; top[1] (optional) p, the softmax of the scores; top[2]
    (optional), of bottom[1]'s shape, -log p_label of each place, 0 where ignored.

    Gradient: that of top[0] alone, dx_k = (p_k - (k == label)) / count * dloss, 0 at ignored
    places.

    softmax_param: axis (1).  loss_param: ignore_label (none); normalization, the count: VALID,
    FULL, BATCH_SIZE, NONE, PRE_FIXED (pre_fixed_normalizer, 1), as in SoftmaxWithLoss.

    R-FCN (Dai, Li, He, Sun 2016), for BoxAnnotatorOHEM, which takes top[2] of a layer whose
    three loss weights are 0.  With several tops each needs a loss_weight.  Deviation: a label
    that is no class is an error.
    """

    type = "SoftmaxWithLossOHEM"
    forks = ("r-fcn",)
    messages = ("softmax_param", "loss_param")
    axis_message = "softmax_param"
    tops = between(1, 3)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        one_weight_each(self.param)
        super().setup(bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if len(top) > 2:
            top[2].reshape(*bottom[1].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.classify(bottom, top)
        each = losses.cross_entropies(self.prob, self.labels.index, self.labels.ignored)
        top[0].data[...] = float(each.sum()) / self.count
        if len(top) > 2:
            np.copyto(top[2].data, each.reshape(top[2].shape))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            losses.softmax_cross_entropy_backward(
                self.prob,
                self.labels.index,
                self.labels.ignored,
                self.loss_gradient(top) / self.count,
                out=bottom[0].diff.reshape(self.view),
            )
