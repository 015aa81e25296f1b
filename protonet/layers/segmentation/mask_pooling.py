"""MaskPooling: features under a mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.registry import register
from ...errors import ShapeError


@register
class MaskPooling(Layer):
    """Multiply every channel by one mask: features outside of an instance are dimmed.

    bottom[0] x (N, C, H, W), bottom[1] the masks m (N, 1, H, W) -> top[0] y (N, C, H, W),
    y[n, c] = x[n, c] m[n].

    Gradient: dx = dy m, dm = the sum of dy x over the channels.

    Multi-task Network Cascades (Dai, He and Sun, CVPR 2016); SSTD has it too.
    """

    type = "MaskPooling"
    forks = ("mnc",)
    bottoms = exactly(2)
    backward_reads = frozenset({"bottom"})

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, mask = bottom[0].shape, bottom[1].shape
        if len(x) != 4 or mask != (x[0], 1, *x[2:]):
            raise ShapeError(
                f"bottom 0 has shape {x}, bottom 1 {mask}",
                "they must be (N, C, H, W) and (N, 1, H, W): one mask for all channels",
            )
        top[0].reshape(*x)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.multiply(bottom[0].data, bottom[1].data, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.multiply(top[0].diff, bottom[1].data, out=bottom[0].diff)
        if propagate_down[1]:
            np.einsum("nchw,nchw->nhw", top[0].diff, bottom[0].data, out=bottom[1].diff[:, 0])
