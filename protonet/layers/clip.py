"""Clip: values held between two bounds."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class Clip(NeuronLayer):
    """Hold values between two bounds.

    bottom[0] (any shape) -> top[0] (the same): y = max(min, min(x, max)).

    Gradient: dx = dy where min <= x <= max, bounds included, else 0.

    clip_param: min, max (both must be given).

    Deviation: in place the gradient is that of the unclipped input.
    """

    type = "Clip"
    messages = ("clip_param",)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.clip_param
        if param.min > param.max:
            raise self.fault(f"min {param.min:g} is above max {param.max:g}", "swap them", "min")
        self.bounds = (param.min, param.max)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        elementwise.clip(self.keep_input(bottom, top), *self.bounds, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self.kept_input(bottom, top)
            elementwise.clip_backward(x, top[0].diff, *self.bounds, out=bottom[0].diff)
