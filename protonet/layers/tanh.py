"""TanH: the hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class TanH(NeuronLayer):
    """Squash values into -1 to 1.

    bottom[0] (any shape) -> top[0] (the same): y = (e^x - e^-x) / (e^x + e^-x).

    Gradient: dx = dy * (1 - y^2).
    """

    type = "TanH"
    messages = ("tanh_param",)
    backward_reads = frozenset({"top"})

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        elementwise.tanh(bottom[0].data, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            elementwise.tanh_backward(top[0].data, top[0].diff, out=bottom[0].diff)
