"""Silence: an end for blobs that nobody wants."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs, Layer, at_least, exactly
from ..core.registry import register


@register
class Silence(Layer):
    """Read blobs and do nothing, so that they are not outputs of the net.

    bottom[i] (any shape) -> no top.  Their gradient is zero.
    """

    type = "Silence"
    bottoms = at_least(1)
    tops = exactly(0)
    backward_reads = frozenset()
    identity = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """There is nothing to shape."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        """There is nothing to write."""

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down):
            if wanted:
                blob.diff.fill(0)
