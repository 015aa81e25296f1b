"""UpsampleDarknet: each cell becomes a square of cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError


@register
class UpsampleDarknet(Layer):
    """Repeat each value s times along the last two axes (Darknet's upsample, YOLO v3).

    bottom[0] (..., H, W) -> top[0] (..., H s, W s), y[h, w] = x[h // s, w // s].

    Gradient: dx is the sum of the s x s values of dy that came from it.

    upsample_darknet_param: stride s (1).  Synopsys' fork.
    """

    type = "UpsampleDarknet"
    forks = ("synopsys",)
    messages = ("upsample_darknet_param",)
    ranges: ClassVar = {"stride": Range(1)}
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) < 2:
            raise ShapeError(f"{bottom[0].shape} does not have two axes, H and W")
        *planes, height, width = bottom[0].shape
        stride = self.param.upsample_darknet_param.stride
        self.cells = (bottom[0].count_from(0, len(planes)), height, width)
        self.squares = (self.cells[0], height, stride, width, stride)
        top[0].reshape(*planes, height * stride, width * stride)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data.reshape(self.cells)
        np.copyto(top[0].data.reshape(self.squares), x[:, :, None, :, None])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dy = top[0].diff.reshape(self.squares)
            np.add.reduce(dy, axis=(2, 4), out=bottom[0].diff.reshape(self.cells))
