"""Mish: a value gated by the tanh of its softplus."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.layer import Blobs
from ...core.registry import register
from ...kernels import gates
from .._neuron import NeuronLayer


@register
class Mish(NeuronLayer):
    """Gate each value by the tanh of its softplus (YOLO v4).

    bottom[0] (any shape) -> top[0] (the same): y = x tanh(log(1 + exp(x))).

    Gradient: dx = dy (g + x (1 - g^2) / (1 + exp(-x))), g the tanh.

    Misra 2019, Mish: A Self Regularized Non-Monotonic Activation Function; Synopsys' fork.
    Deviation: the fork puts y where its gradient needs x, which is no derivative.
    """

    type = "Mish"
    forks = ("synopsys",)
    backward_reads = frozenset({"bottom"})

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        if top[0].shares_data_with(bottom[0]):
            x = self.copy_input(x)
        gates.mish(x, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self.kept_input(bottom, top)
            gates.mish_backward(x, top[0].diff, out=bottom[0].diff)
