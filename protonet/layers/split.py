"""Split: one blob for several readers."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs, Layer, at_least
from ..core.registry import register
from ..kernels import reduce


@register
class Split(Layer):
    """Hand one blob to several readers, and add up the gradients that come back.

    bottom[0] (any shape) -> top[i] of the same shape, sharing the bottom's data.
    The net puts a Split behind every blob that is read more than once.
    """

    type = "Split"
    tops = at_least(1)
    backward_reads = frozenset()
    identity = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob in top:
            blob.reshape(*bottom[0].shape)
            blob.share_data(bottom[0])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        """The values are there already."""

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            diffs = [blob.diff.reshape(-1) for blob in top]
            reduce.weighted_sum(diffs, [1.0] * len(diffs), bottom[0].diff.reshape(-1))
