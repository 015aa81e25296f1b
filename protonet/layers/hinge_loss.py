"""HingeLoss: the loss of a support vector machine."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import losses
from ..proto import caffe_pb2 as pb
from ._classes import ClassLabels
from ._loss import LossLayer


@register
class HingeLoss(LossLayer):
    """One against all: the right score should be above 1, all others below -1.

    bottom[0] (N, C) scores, bottom[1] (N) labels 0 .. C-1 -> top[0] ():
    1 / N * sum over items and classes of m = max(0, 1 - s x), where s is 1 for the label and
    -1 for the others; norm L2 sums m^2.

    Gradient: dx = -s / N * dloss where m > 0, times 2 m with norm L2; scores on the right
    side of their margin are left in peace.

    hinge_loss_param: norm (L1).

    Deviation: a label that is no class is an error.
    """

    type = "HingeLoss"
    messages = ("hinge_loss_param", "loss_param")

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.labels = ClassLabels(self)
        self.squared = self.param.hinge_loss_param.norm == pb.HingeLossParameter.L2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.view = (bottom[0].shape[0], bottom[0].count_from(1), 1)
        self.labels.reshape(self.view, bottom[0], bottom[1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.labels.read(bottom[1])
        margins = self.scratch("margins", self.view)
        losses.hinge_margins(bottom[0].data.reshape(self.view), self.labels.index, out=margins)
        flat = margins.reshape(-1)
        total = flat.dot(flat) if self.squared else flat.sum()
        top[0].data[...] = float(total) / max(1, self.view[0])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            losses.hinge_backward(
                self.scratch("margins", self.view),
                self.labels.index,
                self.squared,
                self.loss_gradient(top) / max(1, self.view[0]),
                out=bottom[0].diff.reshape(self.view),
            )
