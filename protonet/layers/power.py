"""Power: a polynomial of one term."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import powers
from ._neuron import NeuronLayer


@register
class Power(NeuronLayer):
    """Scale, shift and raise to a power.

    bottom[0] (any shape) -> top[0] (the same): y = (scale x + shift)^power.

    Gradient: dx = dy * power * scale * (scale x + shift)^(power - 1).  If power * scale is 0,
    y is a constant (1 if power is 0, else shift^power) and dx 0.

    power_param: power (1), scale (1), shift (0).

    Deviations: in place the gradient is right for every power, and where scale x + shift
    is 0 it is finite if the power is 1 or more.
    """

    type = "Power"
    messages = ("power_param",)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.power_param
        self.constants = (param.scale, param.shift, param.power)
        self.constant = param.power * param.scale == 0

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self.constant:
            _, shift, power = self.constants
            top[0].data.fill(1.0 if power == 0 else np.float64(shift) ** power)
        else:
            powers.power(self.keep_input(bottom, top), *self.constants, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self.constant:
            bottom[0].diff.fill(0)
        else:
            x = self.kept_input(bottom, top)
            powers.power_backward(x, top[0].diff, *self.constants, out=bottom[0].diff)
