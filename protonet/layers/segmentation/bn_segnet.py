"""BN of SegNet: normalisation, scale and shift in one layer, without running statistics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, between
from ...core.registry import register
from ...kernels import norm
from ...proto import caffe_pb2 as pb
from ._bn import BNLayer

#: Added to the variance; no setting.
EPS = 1e-9


@register
class BN(BNLayer):
    """Normalise each channel by the batch, then scale and shift it (SegNet, ENet, DeconvNet).

    bottom[0] (N, C, ...) -> top[0] (the same)[, top[1] and top[2] (1, C, 1, 1): mean and biased
    variance of the batch, without a gradient]

        LEARN: y = scale * (x - mean) / sqrt(var + 1e-9) + shift, in TEST as well
        INFERENCE: y = scale * x + shift

    For INFERENCE a script that comes with SegNet folds the statistics of the training set into
    scale and shift.

    Gradients: dscale = sum of dy times what was scaled, dshift = sum of dy; dx in LEARN flows
    through mean and variance as well.

    bn_param: bn_mode (LEARN), scale_filler, shift_filler (both zeros).
    blobs, each (1, C, 1, 1): scale, shift.

    Deviation: the gradients of scale and shift are added to what is there; the fork overwrites.
    """

    forks = ("segnet", "enet", "deconvnet")
    tops = between(1, 3)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.bn_param
        self.normalises = param.bn_mode == pb.BNParameter.LEARN
        if len(top) > 1 and not self.normalises:
            raise self.fault("tops 1 and 2 need bn_mode: LEARN", "remove them", "bn_mode")
        self.add_channel_blob(bottom[0], param.scale_filler)
        self.add_channel_blob(bottom[0], param.shift_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        for blob in top[1:]:
            blob.reshape(*self.blobs[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, kept = bottom[0].data.reshape(self.view), self.kept(top, self.needs_backward)
        if self.normalises:
            mean, var = self.of_channels("mean"), self.of_channels("inv_std")
            norm.moments(x, mean, var)
            for blob, values in zip(top[1:], (mean, var)):
                np.copyto(blob.data.reshape(-1), values)
            self.invert(var, EPS)
            norm.normalise(x, mean, var, kept)
        elif self.needs_backward:
            np.copyto(kept, x)
        else:
            kept = x
        self.scale_and_shift(kept, top)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.learn(top)
        if propagate_down[0]:
            dx = self.scale_back(top, bottom)
            if self.normalises:
                self.through_batch(dx)
