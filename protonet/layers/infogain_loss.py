"""InfogainLoss: a classifier's loss where some mistakes are worse than others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs, between
from ..core.registry import register
from ..data.lookup import find_source
from ..errors import ShapeError
from ..kernels import losses
from ..proto.weights import read_blob
from ._loss import SoftmaxLossLayer


@register
class InfogainLoss(SoftmaxLossLayer):
    """The negative logarithms of all probabilities, weighed by a matrix.

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1, bottom[2] (optional)
    the matrix H, C * C values -> top[0] (): the sum over all places and classes k of
    -H[label, k] * log max(p_k, 1e-20), p the softmax of the scores over C, divided by a count;
    top[1] (optional) p, of bottom[0]'s shape.  With H the identity it is SoftmaxWithLoss.

    Gradient: dx_k = (p_k * (sum over j of H[label, j]) - H[label, k]) / count * dloss.

    infogain_loss_param: source (a .binaryproto with H, if there is no bottom[2]), axis (1).
    loss_param: ignore_label (none); normalization, the count: VALID, FULL, BATCH_SIZE,
    NONE or PRE_FIXED, as in SoftmaxWithLoss.

    Deviations: a label that is no class is an error; force_backward leaves H out.
    """

    type = "InfogainLoss"
    messages = ("infogain_loss_param", "softmax_param", "loss_param")
    bottoms = between(2, 3)
    given = frozenset({1, 2})
    axis_message = "infogain_loss_param"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        if self.param.loss_param.HasField("normalize"):
            raise self.fault(
                "normalize is not for this type",
                "write normalization: VALID or BATCH_SIZE",
                "loss_param.normalize",
            )
        self.matrix = None if len(bottom) == 3 else self._read_matrix()

    def _read_matrix(self) -> NDArray:
        source = self.param.infogain_loss_param.source
        if not source:
            raise self.fault(
                "there is no matrix", "give source in infogain_loss_param, or a third bottom"
            )
        root, confine = self.context.root, self.context.confine
        path = find_source(source, root, "infogain_loss_param.source", confine)
        return np.asarray(read_blob(path), self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        classes = self.view[1]
        shape = bottom[2].shape if self.matrix is None else self.matrix.shape
        if int(np.prod(shape)) != classes * classes:
            raise ShapeError(
                f"the matrix has shape {shape}, there are {classes} classes",
                f"it needs {classes} x {classes} values",
            )

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.classify(bottom, top)
        matrix = (bottom[2].data if self.matrix is None else self.matrix).reshape(self.view[1], -1)
        # One row of H a place, its values along the class axis.
        self.rows = self.scratch("rows", self.view)
        np.copyto(self.rows, np.moveaxis(matrix[self.labels.label], -1, 1))
        work = self.scratch("work", self.view)
        loss = losses.infogain(self.prob, self.rows, self.labels.ignored, work=work)
        top[0].data[...] = loss / self.count

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.wants_gradient(propagate_down):
            losses.infogain_backward(
                self.prob,
                self.rows,
                self.labels.ignored,
                self.loss_gradient(top) / self.count,
                out=bottom[0].diff.reshape(self.view),
            )
