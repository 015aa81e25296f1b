"""Losses of R-FCN, which also tell the loss of each region: hard examples are mined with it."""

from __future__ import annotations

from ...core.blob import Blob
from ...core.layer import Blobs, between
from ...errors import NetError, ShapeError
from ...proto import caffe_pb2 as pb
from .._loss import PRE_FIXED
from ._smooth_l1 import SmoothL1Layer


def one_weight_each(param: pb.LayerParameter) -> None:
    """NetError if several tops share one loss weight, given or by default."""
    if len(param.top) > 1 and len(param.loss_weight) != len(param.top):
        zeros = " ".join(["loss_weight: 0"] * (len(param.top) - 1))
        raise NetError(
            f"{len(param.top)} tops need as many loss weights", f"write loss_weight: 1 {zeros}"
        )


class SmoothL1EachLayer(SmoothL1Layer):
    """Base: bottoms prediction, target[, weights]; top[1], if wanted, has the loss of each
    place (N, 1, H, W), the sum over the channels."""

    bottoms = between(2, 3)
    tops = between(1, 2)
    messages = ("loss_param",)
    serves = PRE_FIXED

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        one_weight_each(self.param)
        if len(bottom) > 2:
            self.no_derivative = "weights are not applied a second time, as in the fork"
        self.mode = self.normalization(pb.LossParameter.VALID)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        items, inner = bottom[0].shape[0], _places(bottom[0])
        self.count = self.divisor(self.mode, items, inner)
        if len(top) > 1:
            height, width = (*bottom[0].shape[2:], 1, 1)[:2]
            top[1].reshape(items, 1, height, width)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        each = self.losses(bottom)
        top[0].data[...] = float(each.sum()) / self.count
        if len(top) > 1:
            each.reshape(bottom[0].shape[0], -1, _places(bottom[0])).sum(
                axis=1, out=top[1].data.reshape(bottom[0].shape[0], _places(bottom[0]))
            )


def _places(blob: Blob) -> int:
    """H * W of a blob (N, C, H, W); 1 of a blob (N, C)."""
    if not 2 <= len(blob.shape) <= 4:
        raise ShapeError(f"{blob.shape} does not have the axes N, C, H, W")
    return blob.count_from(2)
