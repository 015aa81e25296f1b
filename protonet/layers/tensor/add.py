"""Add: the sum of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, exactly
from ...core.registry import register
from ...kernels.broadcast import collapse
from ._broadcast import Broadcast


@register
class Add(Broadcast):
    """Add two tensors value by value, each spread over the axes that the other has more.

    bottom[0] (any shape a), bottom[1] (b) -> top[0], y = x_0 + x_1: from the last axis on a and b
    must be equal, or one of them 1 or missing; the top has the longer one.

    Synopsys' fork, for nets that come from TensorFlow and ONNX.  It has no gradient; here
    dx_i = dy, summed over the axes x_i was spread over.  Its sum with a constant that only the
    weights know the shape of is not served.
    """

    type = "Add"
    forks = ("synopsys",)
    bottoms = exactly(2)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.spread(bottom[0].shape, bottom[1].shape, top)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.add(bottom[0].data, bottom[1].data, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down):
            if wanted:
                collapse(top[0].diff, blob.diff)
