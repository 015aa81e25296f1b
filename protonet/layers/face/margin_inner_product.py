"""MarginInnerProduct: SphereFace's fully connected layer with an angular margin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import inner_product, margin
from .._classes import ClassLabels
from .._index import no_gradient


@register
class MarginInnerProduct(Layer):
    """Products with weights of length 1, of which that of the right class is made harder to learn.

    bottom[0] x (M, ...), seen as (M, K), bottom[1] labels (M) -> top[0] (M, num_output), top[1]
    (1), lambda.  Each pass first brings every row of the weights to length 1, in the blob itself.

        y = x W^T, but at the label, with c = cos(x, w) and the signs
        s0 = sign c, s1 = sign(|c| - 1/2), s2 = s0 (1 + s1) - 2, s3 = s0 sign(2 c^2 - 1),
        s4 = 2 s0 + s3 - 3, f in place of x w:
        DOUBLE |x| (2 s0 c^2 - 1), TRIPLE |x| (s1 (4 c^3 - 3 c) + s2),
        QUADRUPLE |x| (s3 (8 c^4 - 8 c^2 + 1) + s4);  y = (f + lambda x w) / (1 + lambda)

    Pass i, counted from iteration + 1 on, has lambda = max(base (1 + gamma i)^-power, lambda_min).
    SINGLE: y = x W^T.

    Gradients are those of the authors, not derivatives: dW = dy^T x; dx = dy W, but at the label
    dy / (1 + lambda) times (lambda w + (a w + b x) / sqrt(a^2 + b^2)), where a w + b x is the
    derivative of f.

    margin_inner_product_param: num_output; type (SINGLE, DOUBLE, TRIPLE, QUADRUPLE); weight_filler;
    axis (1): from it on all axes are one vector; base (1), gamma (0), power (1), iteration (0),
    lambda_min (0).  Blobs: weights (num_output, K).

    Fork: sphereface.  Deviations: an item or a row of weights that is 0 gives 0 and not NaN.

    Source: Liu et al. 2017, SphereFace.
    """

    type = "MarginInnerProduct"
    forks = ("sphereface",)
    messages = ("margin_inner_product_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True), "base": Range(0), "gamma": Range(0)}
    bottoms = exactly(2)
    tops = exactly(2)
    backward_reads = frozenset({"bottom"})
    no_derivative = "the gradient is the authors' own"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.margin_inner_product_param
        self.margin = int(param.type) + 1
        self.iteration = param.iteration
        self.axis = bottom[0].axis(param.axis)
        self.labels = ClassLabels(self)
        shape = (param.num_output, bottom[0].count_from(self.axis))
        self.add_blob(shape, param.weight_filler)

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        outputs, values = self.blobs[0].shape
        if bottom[0].count_from(self.axis) != values:
            raise ShapeError(f"{bottom[0].shape} does not have {values} values an item")
        self.items = bottom[0].count_from(0, self.axis)
        top[0].reshape(*bottom[0].shape[: self.axis], outputs)
        top[1].reshape(1)
        self.labels.reshape((self.items, outputs, 1), top[0], bottom[1])

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        return self.items * self.blobs[0].count

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.margin_inner_product_param
        self.iteration += 1
        fading = param.base * (1 + param.gamma * self.iteration) ** -param.power
        self.weight = max(fading, param.lambda_min)
        top[1].data[0] = self.weight
        self.labels.read(bottom[1])
        w = self.blobs[0].data
        margin.normalise_rows(w)
        x = bottom[0].data.reshape(self.items, w.shape[1])
        y = top[0].data.reshape(self.items, w.shape[0])
        inner_product.forward(x, w, None, y)
        if self.margin == 1:
            return
        self.length = np.sqrt(np.einsum("ij,ij->i", x, x))
        self.length[self.length == 0] = 1
        place = self.labels.index[:, 0]
        product = y.reshape(-1)[place]
        self.cosine = product / self.length
        hard = margin.at_label(self.cosine, self.length, self.margin)
        y.reshape(-1)[place] = (hard + self.weight * product) / (1 + self.weight)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise no_gradient("the labels")
        w = self.blobs[0].data
        x = bottom[0].data.reshape(self.items, w.shape[1])
        dy = top[0].diff.reshape(self.items, w.shape[0])
        dw = self.blobs[0].diff if self.param_propagate_down[0] else None
        inner_product.backward(x, w, dy, None, dw)
        if not propagate_down[0]:
            return
        dx = bottom[0].diff.reshape(x.shape)
        if self.margin == 1:
            inner_product.backward(x, w, dy, dx, None)
            return
        of_w, of_x = margin.gradient_at_label(self.cosine, self.length, self.margin)
        turned = self.scratch("turned", dy.shape)
        np.copyto(turned, dy)
        place = self.labels.index[:, 0]
        at_label = dy.reshape(-1)[place] / (1 + self.weight)
        turned.reshape(-1)[place] = at_label * (self.weight + of_w)
        inner_product.backward(x, w, turned, dx, None)
        part = self.scratch("part", x.shape)
        dx += np.multiply(x, (at_label * of_x)[:, None], out=part)

    def state(self) -> dict[str, Any]:
        """How far lambda has faded, for a snapshot."""
        return {"iteration": self.iteration}

    def set_state(self, state: dict[str, Any]) -> None:
        self.iteration = int(state["iteration"])
