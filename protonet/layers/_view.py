"""Base of the layers whose top is the bottom under another shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.blob import Blob
from ..core.layer import Blobs, Layer
from ..errors import ShapeError


class View(Layer):
    """Top and bottom share their memory, data and diff: nothing is ever copied."""

    backward_reads = frozenset()
    identity = True

    def top_shape(self, bottom: Blob) -> tuple[int, ...]:
        raise NotImplementedError

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = self.top_shape(bottom[0])
        top[0].reshape(*shape)
        if top[0].count != bottom[0].count:
            raise ShapeError(
                f"shape {bottom[0].shape} has {bottom[0].count} values, {shape} has {top[0].count}",
                "a reshape keeps the number of values",
            )
        top[0].share_data(bottom[0])
        # The diff of a top with a loss weight holds that weight for good; an in-place layer
        # further down would multiply into it.
        self._own_diff = any(self.param.loss_weight)
        if not self._own_diff:
            top[0].share_diff(bottom[0])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        """The values are there already."""

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._own_diff and propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff.reshape(bottom[0].shape))
