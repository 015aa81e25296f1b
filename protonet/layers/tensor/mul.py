"""Mul: the product of two tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, between
from ...core.ranges import Range
from ...core.registry import register
from ._broadcast import Broadcast


@register
class Mul(Broadcast):
    """Multiply two tensors value by value, each spread over the axes that the other has more.

    bottom[0] (any shape a), bottom[1] (b) -> top[0], y = x_0 x_1: from the last axis on a and b
    must be equal, or one of them 1 or missing; the top has the longer one.

    With one bottom the factor is learnt: blobs: [0] (mul_shape), zeros at first.
    mul_param: mul_shape, for that.

    Synopsys' fork, for nets that come from TensorFlow and ONNX.  It has no gradient; here
    dx_0 = dy x_1, summed over the axes x_0 was spread over, and the other likewise.
    """

    type = "Mul"
    forks = ("synopsys",)
    messages = ("mul_param",)
    ranges: ClassVar = {"mul_shape": Range(1)}
    bottoms = between(1, 2)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        shape = list(self.param.mul_param.mul_shape)
        if len(bottom) == 1:
            self.add_blob(shape)
        elif shape:
            raise self.fault("mul_shape is given with two bottoms", "keep one of the two", "")

    def _factor(self, bottom: Blobs) -> np.ndarray:
        return bottom[1].data if len(bottom) > 1 else self.blobs[0].data

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.spread(bottom[0].shape, self._factor(bottom).shape, top)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.multiply(bottom[0].data, self._factor(bottom), out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, shape = top[0].diff, top[0].shape
        if propagate_down[0]:
            self.product(dy, self._factor(bottom), shape, bottom[0].diff)
        if len(bottom) > 1:
            if propagate_down[1]:
                self.product(dy, bottom[0].data, shape, bottom[1].diff)
        elif self.param_propagate_down[0]:
            step = self.scratch("step", self.blobs[0].shape)
            self.product(dy, bottom[0].data, shape, step)
            np.add(self.blobs[0].diff, step, out=self.blobs[0].diff)
