"""ContrastiveLoss: distances that mean something."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, exactly
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import losses
from ._index import check_whole
from ._loss import LossLayer


@register
class ContrastiveLoss(LossLayer):
    """Pull the features of similar pairs together, push others a margin apart.

    bottom[0] (N, C) features a, bottom[1] (N, C) features b, bottom[2] (N) similarity, 0 or not
    -> top[0] (): 1 / (2N) * sum over pairs of d^2 if similar, else max(0, margin - d)^2, with
    d = |a - b|.  legacy_version: max(0, margin - d^2) for the latter.

    Gradients: da = (a - b) / N * dloss for a similar pair; -(margin - d) / d * (a - b) / N *
    dloss for another nearer than the margin, and 0 beyond; db = -da.  d counts as d + 1e-4 in
    the denominator.

    contrastive_loss_param: margin (1), legacy_version (false).
    """

    type = "ContrastiveLoss"
    messages = ("contrastive_loss_param", "loss_param")
    bottoms = exactly(3)
    given = frozenset({2})
    inexact = 1e-3  # for distances of 0.1 and more

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.contrastive_loss_param
        self.margin, self.legacy = param.margin, param.legacy_version

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        a, b, similar = bottom
        pairs = a.shape[0]
        features = a.count // max(1, pairs)
        if a.count != b.count or len(a.shape) < 2 or a.shape[1] != features:
            raise ShapeError(
                f"bottoms 0 and 1 have shapes {a.shape} and {b.shape}",
                "both must be (N, C): put a Flatten or InnerProduct before",
            )
        if similar.count != pairs:
            raise ShapeError(f"bottom 2 has shape {similar.shape}", f"it needs {pairs} values")
        self.view = (pairs, features)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        difference = self.scratch("difference", self.view)
        a, b = (blob.data.reshape(self.view) for blob in bottom[:2])
        np.subtract(a, b, out=difference)
        squared = np.einsum("nc,nc->n", difference, difference)
        marks = bottom[2].data.reshape(-1)
        check_whole(marks, "the similarity")
        similar = marks != 0
        loss, self.factor = losses.contrastive_factor(squared, similar, self.margin, self.legacy)
        top[0].data[...] = loss / (2 * max(1, len(squared)))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.wants_gradient(propagate_down)
        difference = self.scratch("difference", self.view)
        scale = self.loss_gradient(top) / (2 * max(1, self.view[0]))
        for blob, wanted, sign in zip(bottom[:2], propagate_down, (1, -1)):
            if wanted:
                factor = self.factor[:, None] * (sign * scale)
                np.multiply(difference, factor, out=blob.diff.reshape(self.view))
