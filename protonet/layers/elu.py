"""ELU: the exponential linear unit."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class ELU(NeuronLayer):
    """Let positive values pass and bend negative ones towards -alpha.

    bottom[0] (any shape) -> top[0] (the same): y = x where x > 0, else alpha * (e^x - 1).

    Gradient: dx = dy where x > 0, else dy * alpha * e^x = dy * (y + alpha): backward looks
    at y only.

    elu_param: alpha (1).

    Deviation: in place with a negative alpha, where signs are not kept, the gradient is
    right.
    """

    type = "ELU"
    messages = ("elu_param",)
    backward_reads = frozenset({"top"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.alpha = self.param.elu_param.alpha

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        if self.alpha < 0:
            x = self.copy_input(x)
        elementwise.elu(x, self.alpha, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            y = top[0].data
            x = y if self.alpha >= 0 else self.scratch("input", y.shape)
            elementwise.elu_backward(x, y, top[0].diff, self.alpha, out=bottom[0].diff)
