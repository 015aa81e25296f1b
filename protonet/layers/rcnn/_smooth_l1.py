"""The losses of boxes: smooth L1, with weights inside and outside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, between
from ...errors import ShapeError
from ...kernels import losses
from ...log import log
from .._loss import LossLayer


class SmoothL1Layer(LossLayer):
    """Base: bottoms prediction a, target b[, weights w inside the loss[, v outside of it]]:

        sum of v f(w (a - b)) / count,  f a parabola up to 1 / sharpness, a line beyond

    Both a and b take gradients, the weights 0.  As in the forks the loss weight is 0 unless
    the net gives one; a net that trains is warned.
    """

    bottoms = between(2, 4)
    given = frozenset({2, 3})
    default_loss_weight = 0.0
    sharpness = 1.0
    #: What the sum is divided by; set by `reshape`.
    count = 1.0

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if self.training and not self.param.loss_weight:
            log.warning(
                "layer '%s': without a loss_weight this loss does not count, as in the forks: "
                "write loss_weight: 1",
                self.name,
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        for i, blob in enumerate(bottom[1:], 1):
            if blob.count != bottom[0].count:
                raise ShapeError(
                    f"bottom 0 has shape {bottom[0].shape}, bottom {i} {blob.shape}",
                    "all need as many values",
                )

    def losses(self, bottom: Blobs) -> NDArray:
        """f of each value, flat; the derivatives stay in scratch for backward."""
        d = self.scratch("each", (bottom[0].count,))
        np.subtract(bottom[0].data.reshape(-1), bottom[1].data.reshape(-1), out=d)
        if len(bottom) > 2:
            d *= bottom[2].data.reshape(-1)
        slope = losses.smooth_l1_slope(d, self.sharpness, out=self.scratch("slope", d.shape))
        return losses.smooth_l1(d, slope, self.sharpness, out=d)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        slope = self.scratch("slope", (bottom[0].count,))
        scale = self.loss_gradient(top) / self.count
        # Weights get 0: those of ProposalTargetLayer come out of layers that learn.
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1, 0, 0)):
            if wanted:
                np.multiply(slope, sign * scale, out=blob.diff.reshape(-1))
