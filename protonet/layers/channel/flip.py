"""Flip: mirror images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register
from ...errors import ShapeError


@register
class Flip(Layer):
    """Mirror each plane: left and right, above and below, or both.

    bottom[0] (N, C, H, W) -> top[0] (the same).

    Gradient: mirrored back.

    flip_param: flip_width (true), flip_height (false).
    """

    type = "Flip"
    forks = ("happynear",)
    messages = ("flip_param",)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        param = self.param.flip_param
        height, width = (
            slice(None, None, -1 if mirrored else 1)
            for mirrored in (param.flip_height, param.flip_width)
        )
        self._mirror = np.s_[:, :, height, width]
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data[self._mirror])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff[self._mirror])
