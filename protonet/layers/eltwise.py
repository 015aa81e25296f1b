"""Eltwise: sum, product or maximum of blobs, value by value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer, at_least
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import reduce
from ..proto import caffe_pb2 as pb

_READS = {
    pb.EltwiseParameter.PROD: frozenset({"bottom", "top"}),
    pb.EltwiseParameter.SUM: frozenset(),
    pb.EltwiseParameter.MAX: frozenset(),
}


@register
class Eltwise(Layer):
    """Combine blobs of one shape value by value.

    bottom[i] (any shape, all equal) -> top[0] of that shape:
    SUM y = sum of coeff_i x_i, PROD y = product of x_i, MAX y = largest x_i.

    eltwise_param: operation (SUM); coeff, one for each bottom (1), for SUM; stable_prod_grad
    (true): multiply the other bottoms for the gradient of PROD, instead of dividing the top by
    the bottom, which is faster with many bottoms and fails at 0.

    Caffe 1.0 takes two bottoms or more, FlowNet's one as well, mostly to multiply it by coeff.

    The whole gradient of MAX goes to the winner; of equal values bottom 1 beats bottom 0, and
    the earlier one beats all later ones (an oddity of Caffe's).
    """

    type = "Eltwise"
    messages = ("eltwise_param",)
    bottoms = at_least(1)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.eltwise_param
        self._operation, coeff = param.operation, list(param.coeff)
        if coeff and self._operation == pb.EltwiseParameter.PROD:
            raise self.fault("coeff is given for PROD", "coefficients are for SUM", "coeff")
        if coeff and len(coeff) != len(bottom):
            raise self.fault(
                f"{len(coeff)} coefficients for {len(bottom)} bottoms",
                "give one for each or none",
                "coeff",
            )
        self._coeff = coeff or [1.0] * len(bottom)
        if len(bottom) == 1 and self._operation != pb.EltwiseParameter.SUM:
            self._operation, self._coeff = pb.EltwiseParameter.SUM, [1.0]
        # A sum may be overwritten in place: its gradient needs no values.
        self.backward_reads = _READS[self._operation]

    @property
    def plain_sum(self) -> bool:
        """SUM with all coefficients 1?"""
        return self._operation == pb.EltwiseParameter.SUM and set(self._coeff) == {1.0}

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for i, blob in enumerate(bottom):
            if blob.shape != bottom[0].shape:
                raise ShapeError(
                    f"bottom {i} has shape {blob.shape}, bottom 0 {bottom[0].shape}",
                    "all bottoms must have one shape",
                )
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        xs, y = [blob.data.reshape(-1) for blob in bottom], top[0].data.reshape(-1)
        if self._operation == pb.EltwiseParameter.SUM:
            reduce.weighted_sum(xs, self._coeff, y)
        elif self._operation == pb.EltwiseParameter.PROD:
            reduce.product(xs, y)
        else:
            self._winner = self.scratch("winner", y.shape, np.int32)
            reduce.maximum(xs, y, self._winner)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(-1)
        for i, blob in enumerate(bottom):
            if not propagate_down[i]:
                continue
            dx = blob.diff.reshape(-1)
            if self._operation == pb.EltwiseParameter.SUM:
                reduce.weighted_sum([dy], self._coeff[i : i + 1], dx)
            elif self._operation == pb.EltwiseParameter.MAX:
                reduce.route(dy, self._winner, i, dx)
            elif self.param.eltwise_param.stable_prod_grad:
                others = [b.data.reshape(-1) for k, b in enumerate(bottom) if k != i]
                reduce.product([dy, *others], dx)
            else:
                reduce.quotient(dy, top[0].data.reshape(-1), blob.data.reshape(-1), dx)
