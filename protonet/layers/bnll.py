"""BNLL: binomial normal log likelihood, a smooth rectifier."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class BNLL(NeuronLayer):
    """A rectifier without the kink, also known as softplus.

    bottom[0] (any shape) -> top[0] (the same): y = log(1 + e^x).

    Gradient: dx = dy * sigmoid(x), and since e^y = 1 + e^x, sigmoid(x) = 1 - e^-y: backward
    looks at y only.
    """

    type = "BNLL"
    backward_reads = frozenset({"top"})

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        elementwise.softplus(bottom[0].data, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            elementwise.softplus_backward(top[0].data, top[0].diff, out=bottom[0].diff)
