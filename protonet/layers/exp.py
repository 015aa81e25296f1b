"""Exp: powers of a base."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..errors import PrototxtError
from ..kernels import powers
from ._neuron import NeuronLayer, log_of_base


@register
class Exp(NeuronLayer):
    """Raise a base to each value.

    bottom[0] (any shape) -> top[0] (the same): y = base^(scale x + shift).

    Gradient: dx = dy * y * scale * ln(base).  Backward looks at y only.

    exp_param: base (-1: e, else above 0), scale (1), shift (0).
    """

    type = "Exp"
    messages = ("exp_param",)
    backward_reads = frozenset({"top"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.exp_param
        log_base = log_of_base(self, param.base)
        # base^(scale x + shift) = factor * e^(rate x)
        self.rate = log_base * param.scale
        try:
            self.factor = math.exp(log_base * param.shift)
        except OverflowError:
            raise PrototxtError(
                f"base^shift is too large to compute with: shift is {param.shift:g}",
                "make it smaller",
                field="exp_param.shift",
            ) from None

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        powers.exp(bottom[0].data, self.rate, self.factor, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            powers.exp_backward(top[0].data, top[0].diff, self.rate, out=bottom[0].diff)
