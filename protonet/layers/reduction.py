"""Reduction: all axes from one on become a single number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer
from ..core.registry import register
from ..kernels import reduce
from ..proto import caffe_pb2 as pb

_P = pb.ReductionParameter


@register
class Reduction(Layer):
    """Sum over the trailing axes.

    bottom[0] (N, C, H, W) -> top[0], the axes before `axis`: (N, C) for axis 2, a scalar for
    axis 0.  SUM y = coeff * sum x, ASUM of |x|, SUMSQ of x^2, MEAN y = coeff * mean x.

    reduction_param: operation (SUM); axis (0), a negative one counts from the end; coeff (1).
    """

    type = "Reduction"
    messages = ("reduction_param",)
    backward_reads = frozenset({"bottom"})

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.reduction_param
        # A scalar is reduced to itself.
        axis = bottom[0].axis(param.axis) if bottom[0].shape else 0
        self._rows = (bottom[0].count_from(0, axis), bottom[0].count_from(axis))
        self._coeff = param.coeff
        if param.operation == _P.MEAN:
            self._coeff /= max(1, self._rows[1])
        top[0].reshape(*bottom[0].shape[:axis])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(self._rows), top[0].data.reshape(-1)
        operation = self.param.reduction_param.operation
        if operation in (_P.SUM, _P.MEAN):
            reduce.sum_rows(x, self._coeff, y)
        else:
            fn = np.absolute if operation == _P.ASUM else np.square
            reduce.sum_rows_of(fn, x, self._coeff, y, self.scratch("values", x.shape))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x, dx = bottom[0].data.reshape(self._rows), bottom[0].diff.reshape(self._rows)
        operation = self.param.reduction_param.operation
        slope = 2 * self._coeff if operation == _P.SUMSQ else self._coeff
        dy = self.scratch("dy", (len(dx), 1))
        np.multiply(top[0].diff.reshape(dy.shape), slope, out=dy)
        if operation in (_P.SUM, _P.MEAN):
            np.copyto(dx, dy)
        elif operation == _P.ASUM:
            np.sign(x, out=dx)
            np.multiply(dx, dy, out=dx)
        else:
            np.multiply(x, dy, out=dx)
