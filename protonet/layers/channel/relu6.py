"""ReLU6: the rectifier that stops at 6."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.layer import Blobs
from ...core.registry import register
from ...kernels import elementwise
from .._neuron import NeuronLayer


@register
class ReLU6(NeuronLayer):
    """Let positive values pass up to 6 (MobileNet; Howard and others, 2017).

    bottom[0] (any shape) -> top[0] (the same):
    y = min(max(x, 0) + negative_slope * min(x, 0), n).

    Gradient: 0 where x reaches n, else dy where x > 0 and negative_slope * dy elsewhere.  y
    tells which, and is there in place as well.

    relu6_param: negative_slope (0) is YOLO's, n (6) OpenVINO's.
    """

    type = "ReLU6"
    forks = ("yolo-eric612", "openvino", "openvino-reid")
    messages = ("relu6_param",)
    backward_reads = frozenset({"top"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.relu6_param
        self.slope, self.high = param.negative_slope, param.n
        if not self.high > 0:
            raise self.fault(f"n is {self.high:g}", "give a bound above 0", "n")
        if not self.slope >= 0:
            raise self.fault(
                f"negative_slope is {self.slope:g}", "give 0 or more", "negative_slope"
            )

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        elementwise.relu_up_to(bottom[0].data, self.slope, self.high, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            elementwise.relu_up_to_backward(
                top[0].data, top[0].diff, self.slope, self.high, out=bottom[0].diff
            )
