"""ArgMax: which class it is."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register
from ..errors import ShapeError
from ._classes import class_view


@register
class ArgMax(Layer):
    """The indices of the top_k largest values, the largest first.

    bottom[0] (N, C, H, W) -> top[0].  Without an axis the C * H * W values of an item compete:
    (N, 1, top_k) indices, or with out_max_val (N, 2, top_k), first the indices and then the
    values; axes of length 1 follow up to the bottom's number of axes.  With an axis the top
    has the bottom's shape but for that axis, which is top_k long, and holds indices, or
    the values themselves with out_max_val.

    Among equal values the higher index comes first.

    argmax_param: top_k (1), axis (none), out_max_val (false).  No gradient.
    """

    type = "ArgMax"
    messages = ("argmax_param",)
    ranges: ClassVar = {"top_k": Range(1)}
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.argmax_param
        self.top_k, self.with_values = param.top_k, param.out_max_val
        self.axis = param.axis if param.HasField("axis") else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if not shape:
            raise ShapeError("bottom 0 is a scalar", "it needs a batch axis")
        if self.axis is None:
            choices = bottom[0].count_from(1)
            new = [shape[0], 2 if self.with_values else 1, self.top_k]
            new += [1] * (len(shape) - 3)
        else:
            _, choices, _ = class_view(bottom[0], self.axis, "argmax_param.axis")
            axis = self.axis % len(shape)
            new = [*shape[:axis], self.top_k, *shape[axis + 1 :]]
        if not 1 <= self.top_k <= choices:
            raise self.fault(
                f"top_k is {self.top_k}, there are {choices} values to choose from",
                f"give 1 to {choices}",
                "top_k",
            )
        top[0].reshape(*new)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self.axis is not None:
            best = self._best(x, self.axis)
            y[...] = np.take_along_axis(x, best, self.axis) if self.with_values else best
            return
        x = x.reshape(len(x), -1)
        best = self._best(x, 1)
        y = y.reshape(len(x), -1, self.top_k)
        y[:, 0] = best
        if self.with_values:
            y[:, 1] = np.take_along_axis(x, best, 1)

    def _best(self, x: NDArray, axis: int) -> NDArray:
        """Indices of the top_k largest along an axis.

        Both ways find the first of equal values, so they look from the end.
        """
        if self.top_k == 1:
            best = np.argmax(np.flip(x, axis), axis=axis, keepdims=True)
            return x.shape[axis] - 1 - best
        order = np.argsort(x, axis=axis, kind="stable")  # rising, and so are ties
        return np.flip(np.take(order, range(-self.top_k, 0), axis=axis), axis)
