"""Bias: add an offset, learnt or computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import affine
from ._broadcast import Broadcast


@register
class Bias(Broadcast):
    """Add an offset, spread over the other axes.

    bottom[0] (N, C, H, W), maybe bottom[1] (C) -> top[0] (N, C, H, W), y = x + b.  With one
    bottom b is a parameter.

    bias_param: axis (1) where b begins; num_axes (1) how many axes it has as a parameter, -1
    all to the end, 0 a single number; filler (0).  A second bottom brings its own axes.
    Blobs: [0] b, with one bottom.
    """

    type = "Bias"
    messages = ("bias_param",)
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.bias_param
        if not self.second(bottom):
            self.add_blob(self.operand_shape(param, bottom[0]), param.filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        operand = bottom[1] if self.second(bottom) else self.blobs[0]
        self._view = self.view(self.param.bias_param, bottom[0], operand.shape)
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        operand = bottom[1] if self.second(bottom) else self.blobs[0]
        affine.scale_shift(
            bottom[0].data.reshape(self._view),
            None,
            operand.data.reshape(-1),
            top[0].data.reshape(self._view),
        )

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(self._view)
        if self.second(bottom):
            if propagate_down[1]:
                bottom[1].diff.fill(0)
                affine.add_sums([(dy, None)], [bottom[1].diff.reshape(-1)])
        elif self.param_propagate_down[0]:
            affine.add_sums([(dy, None)], [self.blobs[0].diff.reshape(-1)])
        if propagate_down[0] and bottom[0] is not top[0]:
            np.copyto(bottom[0].diff, top[0].diff)
