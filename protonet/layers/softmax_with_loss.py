"""SoftmaxWithLoss: the loss of a classifier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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
    (true) or BATCH_SIZE (false).  Of forks: weight_by_label_freqs (false; true: loss and gradient
    of each place are multiplied by the number that class_weighting gives for its label, while the
    count stays the plain one).

    Deviations: a label that is no class is an error.  The second top works if it has a
    loss weight of its own, `loss_weight: 1 loss_weight: 0`.
    """

    type = "SoftmaxWithLoss"
    messages = ("softmax_param", "loss_param")
    axis_message = "softmax_param"
    serves = SoftmaxLossLayer.serves | {
        "LossParameter.weight_by_label_freqs",
        "LossParameter.class_weighting",
    }

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.param.loss_param
        weighted = param.weight_by_label_freqs
        self.weights = np.array(param.class_weighting, self.dtype) if weighted else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if self.weights is not None and len(self.weights) != self.view[1]:
            raise self.fault(
                f"class_weighting has {len(self.weights)} numbers for {self.view[1]} classes",
                "give one for each class",
                "loss_param.class_weighting",
            )

    def _weights(self) -> NDArray | None:
        """What each place counts, (outer, inner)."""
        if self.weights is None:
            return None
        weights = self.scratch("weights", self.labels.label.shape)
        return np.take(self.weights, self.labels.label, out=weights, mode="clip")

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.classify(bottom, top)
        loss = losses.cross_entropy(
            self.prob, self.labels.index, self.labels.ignored, weights=self._weights()
        )
        top[0].data[...] = loss / self.count

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            dx, weights = bottom[0].diff.reshape(self.view), self._weights()
            losses.softmax_cross_entropy_backward(
                self.prob,
                self.labels.index,
                self.labels.ignored,
                self.loss_gradient(top) / self.count,
                out=dx,
            )
            if weights is not None:
                dx *= weights[:, None]
