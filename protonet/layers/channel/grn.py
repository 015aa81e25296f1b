"""GRN: every vector over the channels at a length of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import lengths


@register
class GRN(Layer):
    """Bring the vector over the channels at each place to a length of one.

    bottom[0] (N, C, ...) -> top[0] (the same): y = x / sqrt(sum over C of x^2 + bias).

    Gradient, with r the root: dx = (dy - y * sum over C of y dy) / r; with dummy_backward dy
    is handed through.

    grn_param: bias (1e-7; 1 in the fork openvino-reid, taken if that is named),
    dummy_backward (false).
    """

    type = "GRN"
    forks = ("openvino", "openvino-reid")
    messages = ("grn_param",)
    backward_reads = frozenset({"top"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.grn_param
        usual = 1.0 if self.context.fork == "openvino-reid" else 1e-7
        self.bias = param.bias if param.HasField("bias") else usual
        if not self.bias >= 0:
            raise self.fault(f"bias is {self.bias:g}", "give 0 or more", "bias")
        if param.dummy_backward:
            self.no_derivative = "dummy_backward hands the gradient through"

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 2:
            raise ShapeError(f"bottom 0 has shape {shape}", "it needs a channel axis")
        self.view = (shape[0], shape[1], bottom[0].count_from(2))
        top[0].reshape(*shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, root = bottom[0].data.reshape(self.view), self.scratch("root", self.view[::2])
        lengths.euclidean(x, self.bias, root)
        lengths.divide(x, root, top[0].data.reshape(self.view))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self.param.grn_param.dummy_backward:
            np.copyto(bottom[0].diff, top[0].diff)
            return
        y, dy = top[0].data.reshape(self.view), top[0].diff.reshape(self.view)
        root = self.scratch("root", self.view[::2])
        lengths.divide_backward(dy, y, y, root, bottom[0].diff.reshape(self.view))
