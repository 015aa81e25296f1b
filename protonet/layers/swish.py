"""Swish: a value gated by its own sigmoid."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class Swish(NeuronLayer):
    """Gate each value by its own sigmoid.

    bottom[0] (any shape) -> top[0] (the same): y = x * g with the gate
    g = sigmoid(beta x); for a large beta it comes near a ReLU.

    Gradient, by the product rule: dx = dy * (g + beta y (1 - g)).  The gate is kept from
    forward.

    swish_param: beta (1).
    """

    type = "Swish"
    messages = ("swish_param",)
    backward_reads = frozenset({"top"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.beta = self.param.swish_param.beta

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        gate = self.scratch("gate", bottom[0].shape)
        elementwise.swish(bottom[0].data, self.beta, out=top[0].data, gate=gate)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            gate, dx = self.scratch("gate", bottom[0].shape), bottom[0].diff
            elementwise.swish_backward(top[0].data, gate, top[0].diff, self.beta, out=dx)
