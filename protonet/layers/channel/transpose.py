"""Transpose: axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register


@register
class Transpose(Layer):
    """Put the axes in another order, as NumPy's transpose.

    bottom[0] (any shape) -> top[0]: its axis i is axis dim[i] of the bottom.

    Gradient: the axes go back.

    transpose_param: dim, every axis once.
    """

    type = "Transpose"
    forks = ("ctpn",)
    messages = ("transpose_param",)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._order, count = tuple(self.param.transpose_param.dim), len(bottom[0].shape)
        if sorted(self._order) != list(range(count)):
            given = ", ".join(map(str, self._order)) or "nothing"
            raise self.fault(
                f"dim names {given}, the bottom has {count} axes",
                f"name each of 0 to {count - 1} once" if count else "",
                "dim",
            )
        top[0].reshape(*(bottom[0].shape[axis] for axis in self._order))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data.transpose(self._order))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff.transpose(self._order), top[0].diff)
