"""EuclideanLoss: the loss of a regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs
from ..core.registry import register
from ._loss import DistanceLoss


@register
class EuclideanLoss(DistanceLoss):
    """Half the mean squared distance between two blobs.

    bottom[0] (N, ...), bottom[1] (N, ...) as many values -> top[0] ():
    1 / (2N) * sum of (a - b)^2.

    Gradients: da = (a - b) / N * dloss, db = -da; the square's 2 cancels the half.  Both
    bottoms may learn.
    """

    type = "EuclideanLoss"
    messages = ("loss_param",)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        difference = self.scratch("difference", (bottom[0].count,))
        np.subtract(bottom[0].data.reshape(-1), bottom[1].data.reshape(-1), out=difference)
        items = max(1, bottom[0].shape[0])
        top[0].data[...] = float(np.dot(difference, difference)) / (2 * items)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        difference = self.scratch("difference", (bottom[0].count,))
        self.send_back(difference, top, propagate_down, bottom)
