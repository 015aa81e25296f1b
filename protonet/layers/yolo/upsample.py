"""Upsample (YOLO): each cell becomes a square of cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register
from ...errors import ShapeError


@register
class Upsample(Layer):
    """Repeat each value s times along both axes of a plane: nearest neighbour.

    bottom[0] (N, C, H, W) -> top[0] (N, C, H s, W s), y[h, w] = x[h // s, w // s].

    Gradient: dx is the sum of the s x s values of dy that came from it.

    upsample_param: scale s (1).  Fork: eric612's YOLO, for one bottom; with two it is SegNet's.
    """

    type = "Upsample"
    forks = ("yolo-eric612",)
    variant = True
    messages = ("upsample_param",)
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.upsample_param
        self.scale = param.scale if param.HasField("scale") else 1
        if self.scale < 1:
            raise self.fault(f"scale is {self.scale}", "it must be 1 or more", "scale")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        n, c, h, w = bottom[0].shape
        self.squares = (n, c, h, self.scale, w, self.scale)
        top[0].reshape(n, c, h * self.scale, w * self.scale)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data.reshape(self.squares)
        np.copyto(y, bottom[0].data[:, :, :, None, :, None])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dy = top[0].diff.reshape(self.squares)
            np.add.reduce(dy, axis=(3, 5), out=bottom[0].diff)
