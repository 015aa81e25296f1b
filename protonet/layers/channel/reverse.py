"""Reverse: the other way round along an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register


@register
class Reverse(Layer):
    """Reverse a blob along an axis: the last item comes first.

    bottom[0] (any shape) -> top[0] (the same).  With it a recurrent layer reads a sequence
    backwards (CTPN; Tian and others, 2016).

    Gradient: that of the top, reversed as well.

    reverse_param: axis (0), in one fork several.
    """

    type = "Reverse"
    forks = ("ctpn", "openvino-reid", "synopsys")
    messages = ("reverse_param",)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axes = [bottom[0].axis(axis) for axis in self.param.reverse_param.axis or [0]]
        count = len(bottom[0].shape)
        self._reverse = tuple(slice(None, None, -1 if i in axes else 1) for i in range(count))
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data[self._reverse])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff[self._reverse])
