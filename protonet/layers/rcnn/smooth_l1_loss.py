"""SmoothL1Loss of Fast R-CNN: how far boxes are from where they should be."""

from __future__ import annotations

from ...core.layer import Blobs
from ...core.registry import register
from ...errors import NetError
from ._smooth_l1 import SmoothL1Layer


@register
class SmoothL1Loss(SmoothL1Layer):
    """The distance of two blobs, squared where it is small and plain where it is large.

    bottom[0] (N, ...) prediction a, bottom[1] target b[, bottom[2] inside weights w, bottom[3]
    outside weights v], all with as many values -> top[0] ():

        sum of v f(w (a - b)) / N,  f(d) = s d^2 / 2 if |d| < 1/s, else |d| - 1/(2 s)

    with s = sigma^2.  Inside weights say which values count at all, outside weights how much.

    Gradients: da = f'(w (a - b)) w v / N * dloss, db = -da, f'(d) = s d cut to -1 .. 1.

    smooth_l1_loss_param: sigma (1).

    Fast R-CNN (Girshick 2015).  As in the fork the loss counts only with a loss_weight in
    the net: there is none by default.
    """

    type = "SmoothL1Loss"
    forks = ("fast-rcnn",)
    variant = True
    messages = ("smooth_l1_loss_param", "loss_param")

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        if len(bottom) == 3:
            raise NetError("three bottoms", "give both inside and outside weights, or none")
        sigma = self.param.smooth_l1_loss_param.sigma
        if not sigma > 0:
            raise self.fault(f"sigma is {sigma:g}", "it must be above 0", "sigma")
        self.sharpness = sigma * sigma

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.count = max(1, bottom[0].shape[0])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        each = self.losses(bottom)
        if len(bottom) == 4:
            slope = self.scratch("slope", each.shape)
            each *= bottom[3].data.reshape(-1)
            # What the derivatives are multiplied by, while the weights are at hand.
            slope *= bottom[2].data.reshape(-1)
            slope *= bottom[3].data.reshape(-1)
        top[0].data[...] = float(each.sum()) / self.count
