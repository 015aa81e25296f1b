"""Sigmoid: the logistic function."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class Sigmoid(NeuronLayer):
    """Squash values into 0 to 1.

    bottom[0] (any shape) -> top[0] (the same): y = 1 / (1 + e^-x).

    Gradient: dx = dy * y * (1 - y), at most dy / 4, and next to nothing where the sigmoid
    is saturated.
    """

    type = "Sigmoid"
    messages = ("sigmoid_param",)
    backward_reads = frozenset({"top"})

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        elementwise.sigmoid(bottom[0].data, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            elementwise.sigmoid_backward(top[0].data, top[0].diff, out=bottom[0].diff)
