"""InnerProduct: the fully connected layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import inner_product


@register
class InnerProduct(Layer):
    """Multiply each item by a matrix: y = x W^T + b.

    bottom[0] (N, C, H, W) -> top[0] (N, num_output): the axes from `axis` on are read as one
    vector of K = C H W values, those before it are kept.

    Gradients: dx = dy W, dW = dy^T x, db = sum of dy over the items.

    inner_product_param: num_output; bias_term (true); weight_filler, bias_filler; axis (1,
    may be negative); transpose (false): store the weights the other way round.

    blobs: weights (num_output, K), or (K, num_output) with transpose; bias (num_output).
    """

    type = "InnerProduct"
    messages = ("inner_product_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True)}
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.inner_product_param
        self.transpose = param.transpose
        self.axis = bottom[0].axis(param.axis)
        self.inputs, self.outputs = bottom[0].count_from(self.axis), param.num_output
        shape = (self.outputs, self.inputs)
        self.add_blob(shape[::-1] if self.transpose else shape, param.weight_filler)
        if param.bias_term:
            self.add_blob((self.outputs,), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        values = bottom[0].count_from(self.axis)
        if values != self.inputs:
            raise ShapeError(
                f"{bottom[0].shape} has {values} values an item, the weights are for {self.inputs}"
            )
        top[0].reshape(*bottom[0].shape[: self.axis], self.outputs)
        self.items = bottom[0].count_from(0, self.axis)

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        return self.items * self.inputs * self.outputs

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data.reshape(self.items, self.inputs)
        y = top[0].data.reshape(self.items, self.outputs)
        w = self.blobs[0].data
        b = self.blobs[1].data if len(self.blobs) > 1 else None
        inner_product.forward(x, w.T if self.transpose else w, b, y)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(self.items, self.outputs)
        if len(self.blobs) > 1 and self.param_propagate_down[1]:
            inner_product.backward_bias(dy, self.blobs[1].diff)
        x, w = bottom[0].data.reshape(self.items, self.inputs), self.blobs[0].data
        dw = self.blobs[0].diff if self.param_propagate_down[0] else None
        dx = bottom[0].diff.reshape(x.shape) if propagate_down[0] else None
        if self.transpose:
            w, dw = w.T, None if dw is None else dw.T
        inner_product.backward(x, w, dy, dx, dw)
