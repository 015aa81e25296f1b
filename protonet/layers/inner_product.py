"""InnerProduct: the fully connected layer."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Blobs, Layer, between
from ..core.ranges import Range
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import distances, inner_product


@register
class InnerProduct(Layer):
    """Multiply each item by a matrix: y = x W^T + b.

    bottom[0] (N, C, H, W) -> top[0] (N, num_output): the axes from `axis` on are read as one
    vector of K = C H W values, those before it are kept.

    Gradients: dx = dy W, dW = dy^T x, db = sum of dy over the items.

    inner_product_param: num_output; bias_term (true); weight_filler, bias_filler; axis (1,
    may be negative); transpose (false): store the weights the other way round.

    blobs: weights (num_output, K), or (K, num_output) with transpose; bias (num_output).

    As in happynear's fork bottom[1] may be the weights and bottom[2] the bias in place of the
    blobs; and normalize (false) brings each output's weights to length 1 before each pass,
    w / sqrt(|w|^2 + 1e-6), in the blob itself; the gradients do not know of it.  Deviation:
    weights that are a bottom are not changed by it.
    """

    type = "InnerProduct"
    messages = ("inner_product_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True)}
    bottoms = between(1, 3)
    backward_reads = frozenset({"bottom"})
    serves = frozenset({"InnerProductParameter.normalize"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.inner_product_param
        # Asked for in each pass, which of a message takes longer than a small product.
        self.normalize, self.with_bias = param.normalize, param.bias_term
        if param.normalize:
            self.no_derivative = "the gradients do not know of normalize, as in the fork"
        self.transpose = param.transpose
        self.axis = bottom[0].axis(param.axis)
        self.inputs, self.outputs = bottom[0].count_from(self.axis), param.num_output
        shape = (self.outputs, self.inputs)
        self.shape = shape[::-1] if self.transpose else shape
        if len(bottom) < 2:
            self.add_blob(self.shape, param.weight_filler)
        if param.bias_term and len(bottom) < 3:
            self.add_blob((self.outputs,), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        values = bottom[0].count_from(self.axis)
        if values != self.inputs:
            raise ShapeError(
                f"{bottom[0].shape} has {values} values an item, the weights are for {self.inputs}"
            )
        for i, shape in zip((1, 2), (self.shape, (self.outputs,))):
            if i < len(bottom) and bottom[i].count != prod(shape):
                what = "the weights" if i == 1 else "the bias"
                raise ShapeError(f"bottom {i}, {what}, has shape {bottom[i].shape}, not {shape}")
        top[0].reshape(*bottom[0].shape[: self.axis], self.outputs)
        self.items = bottom[0].count_from(0, self.axis)

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        return self.items * self.inputs * self.outputs

    def _weights(self, bottom: Blobs) -> NDArray:
        """Those that count, as `forward` left them."""
        if len(bottom) < 2:
            return self.blobs[0].data
        if self.normalize:
            return self.scratch("weights", self.shape)
        return bottom[1].data.reshape(self.shape)

    def _bias(self, bottom: Blobs) -> Blob | None:
        if len(bottom) > 2:
            return bottom[2]
        return self.blobs[-1] if self.with_bias else None

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data.reshape(self.items, self.inputs)
        y = top[0].data.reshape(self.items, self.outputs)
        w, bias = self._weights(bottom), self._bias(bottom)
        if self.normalize:
            given = bottom[1].data.reshape(self.shape) if len(bottom) > 1 else w
            if self.transpose:
                distances.normalise_rows(given.T, w.T)
            else:
                distances.normalise_rows(given, w)
        b = None if bias is None else bias.data.reshape(-1)
        inner_product.forward(x, w.T if self.transpose else w, b, y)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(self.items, self.outputs)
        db = self._target(bottom, propagate_down, 2, self._bias(bottom))
        if db is not None:
            inner_product.backward_bias(dy, db.reshape(-1))
        x, w = bottom[0].data.reshape(self.items, self.inputs), self._weights(bottom)
        dw = self._target(bottom, propagate_down, 1, None if len(bottom) > 1 else self.blobs[0])
        if dw is not None:
            dw = dw.reshape(self.shape)
        dx = bottom[0].diff.reshape(x.shape) if propagate_down[0] else None
        if self.transpose:
            w, dw = w.T, None if dw is None else dw.T
        inner_product.backward(x, w, dy, dx, dw)

    def _target(
        self, bottom: Blobs, propagate_down: Sequence[bool], index: int, blob: Blob | None
    ) -> NDArray | None:
        """What a gradient is to be added to: the cleared diff of the bottom that stands in for a
        parameter, or that of the parameter itself; None if it is not wanted."""
        if index < len(bottom):
            if not propagate_down[index]:
                return None
            bottom[index].diff.fill(0)
            return bottom[index].diff
        if blob is None or not self.param_propagate_down[self.blobs.index(blob)]:
            return None
        return blob.diff
