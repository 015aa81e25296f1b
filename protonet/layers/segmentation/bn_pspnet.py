"""BN of PSPNet: normalisation, scale and shift in one layer, with running statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import affine, norm
from ._bn import BNLayer


@register
class BN(BNLayer):
    """Normalise each channel by mean and variance, then scale and shift it (PSPNet, ICNet, TSN).

    bottom[0] (N, C, ...) -> top[0] (the same):
    y = slope * (x - mean) / sqrt(var + eps) + bias, var biased.  In TRAIN, unless `frozen`,
    mean and var are those of the batch, and each pass moves the running ones:
    running <- momentum * running + (1 - momentum) * batch.  Else they are the running ones.

    Gradients: dslope = sum of dy (x - mean) / sqrt(var + eps), dbias = sum of dy; dx flows
    through mean and var of the batch as well.  With frozen dx = slope dy / sqrt(var + eps), and
    no parameter has a gradient.

    bn_param: slope_filler, bias_filler (both zeros); momentum (0.9), eps (1e-5), frozen (false).
    blobs, each (1, C, 1, 1): slope, bias, running mean (0 at first), running variance (0 at
    first; 1 if frozen).  The solver leaves the last two alone, if frozen all four: their lr_mult
    and decay_mult are set to 0, whatever is given.

    Quirk, kept: backward in TEST takes the running statistics for those of the batch.
    """

    forks = ("pspnet", "yjxiong", "happynear", "synopsys")
    keeps_statistics = True
    ranges: ClassVar = {"momentum": Range(0, 1), "eps": Range(0)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.bn_param
        self.frozen = param.frozen
        self.of_batch = self.training and not self.frozen
        self.add_channel_blob(bottom[0], param.slope_filler)
        self.add_channel_blob(bottom[0], param.bias_filler)
        self.add_channel_blob(bottom[0])
        self.add_channel_blob(bottom[0]).data.fill(1 if self.frozen else 0)
        entries = self.param.param
        while len(entries) < 4:
            entries.add()
        for entry in entries[0 if self.frozen else 2 :]:
            entry.lr_mult = entry.decay_mult = 0

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, param = bottom[0].data.reshape(self.view), self.param.bn_param
        mean, var = self.of_channels("mean"), self.of_channels("inv_std")
        running = [blob.data.reshape(-1) for blob in self.blobs[2:]]
        if self.of_batch:
            norm.moments(x, mean, var)
            for total, value in zip(running, (mean, var)):
                np.multiply(total, param.momentum, out=total)
                np.add(total, (1 - param.momentum) * value, out=total)
        else:
            for value, total in zip((mean, var), running):
                np.copyto(value, total)
        self.invert(var, param.eps)
        kept = self.kept(top, self.needs_backward and not self.frozen)
        norm.normalise(x, mean, var, kept)
        self.scale_and_shift(kept, top)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not self.frozen:
            self.learn(top)
        if not propagate_down[0]:
            return
        dx = self.scale_back(top, bottom)
        if self.frozen:
            affine.scale_shift(dx, self.of_channels("inv_std"), None, dx)
        else:
            self.through_batch(dx)
