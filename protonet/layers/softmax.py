"""Softmax: scores into probabilities."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import softmax
from ._classes import class_view
from ._neuron import NeuronLayer


@register
class Softmax(NeuronLayer):
    """Turn the scores along one axis into probabilities that sum to 1.

    bottom[0] (N, C, H, W) -> top[0] (the same): p_k = e^x_k / sum over classes j of e^x_j.

    Gradient: dx_k = p_k * (dp_k - sum over j of p_j dp_j): what lifts one class lowers all
    others.  Backward looks at p only.

    softmax_param: axis (1), a negative one counts from the end.
    """

    type = "Softmax"
    messages = ("softmax_param",)
    backward_reads = frozenset({"top"})

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.view = class_view(bottom[0], self.param.softmax_param.axis, "softmax_param.axis")

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        softmax.softmax(bottom[0].data.reshape(self.view), out=top[0].data.reshape(self.view))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            softmax.softmax_backward(
                top[0].data.reshape(self.view),
                top[0].diff.reshape(self.view),
                out=bottom[0].diff.reshape(self.view),
            )
