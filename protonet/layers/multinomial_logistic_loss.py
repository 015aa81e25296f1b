"""MultinomialLogisticLoss: the logarithmic loss of given probabilities."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import losses
from ._classes import ClassLabels
from ._loss import LossLayer


@register
class MultinomialLogisticLoss(LossLayer):
    """The negative logarithm of the probability given to the right class.

    bottom[0] (N, C) probabilities, bottom[1] (N) labels 0 .. C-1 -> top[0] ():
    1 / N * sum over items of -log max(p_label, 1e-20).

    Gradient: dp_label = -1 / (N max(p_label, 1e-20)) * dloss, 0 for the other classes.  It can
    be huge; SoftmaxWithLoss, which works on scores, is the sound way to train.

    Deviation: a label that is no class is an error.
    """

    type = "MultinomialLogisticLoss"
    messages = ("loss_param",)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.labels = ClassLabels(self)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.view = (bottom[0].shape[0], bottom[0].count_from(1), 1)
        self.labels.reshape(self.view, bottom[0], bottom[1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.labels.read(bottom[1])
        p = bottom[0].data.reshape(self.view)
        self.p_label = losses.at(p, self.labels.index)
        loss = losses.cross_entropy(p, self.labels.index, floor=losses.LOG_THRESHOLD)
        top[0].data[...] = loss / max(1, self.view[0])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            scale = self.loss_gradient(top) / max(1, self.view[0])
            dp = bottom[0].diff.reshape(self.view)
            losses.cross_entropy_backward(self.p_label, self.labels.index, scale, out=dp)
