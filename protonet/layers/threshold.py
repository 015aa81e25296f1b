"""Threshold: yes or no."""

from __future__ import annotations

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class Threshold(NeuronLayer):
    """Say of each value whether it is above a level.

    bottom[0] (any shape) -> top[0] (the same): y = 1 where x > threshold, else 0.

    threshold_param: threshold (0).  No gradient: a step has none.
    """

    type = "Threshold"
    messages = ("threshold_param",)
    has_backward = False
    backward_reads = frozenset()

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        level = self.param.threshold_param.threshold
        elementwise.threshold(bottom[0].data, level, out=top[0].data)
