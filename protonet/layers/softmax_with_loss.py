"""SoftmaxWithLoss: the loss of a classifier."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import losses
from ._loss import SoftmaxLossLayer


@register
class SoftmaxWithLoss(SoftmaxLossLayer):
    """The negative logarithm of the probability that the right class got.

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1 -> top[0] ():
    the sum of -log p_label over all places, p the softmax of the scores over C, divided by
    a count; top[1] (optional) p, of bottom[0]'s shape.

    Gradient: dx_k = (p_k - (k == label)) / count * dloss, 0 at ignored places.  What is
    predicted beyond the truth is pushed down, the missing rest of the truth pulled up.

    softmax_param: axis (1).  loss_param: ignore_label (none); normalization, the count:
    VALID (the places not ignored), FULL (all places), BATCH_SIZE (the axes before the class
    axis), NONE (1), PRE_FIXED (of forks: pre_fixed_normalizer, 1); normalize, old for VALID
    (true) or BATCH_SIZE (false).

    Deviations: a label that is no class is an error.  The second top works if it has a
    loss weight of its own, `loss_weight: 1 loss_weight: 0`.
    """

    type = "SoftmaxWithLoss"
    messages = ("softmax_param", "loss_param")
    axis_message = "softmax_param"

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.classify(bottom, top)
        loss = losses.cross_entropy(self.prob, self.labels.index, self.labels.ignored)
        top[0].data[...] = loss / self.count

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            losses.softmax_cross_entropy_backward(
                self.prob,
                self.labels.index,
                self.labels.ignored,
                self.loss_gradient(top) / self.count,
                out=bottom[0].diff.reshape(self.view),
            )
