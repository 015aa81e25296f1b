"""Padding: zeros around maps, or a margin less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register
from ...errors import ShapeError


@register
class Padding(Layer):
    """Lay a margin of zeros around each plane, or cut one off.

    bottom[0] (N, C, H, W) -> top[0] (N, C, b + H + e, b + W + e): b rows and columns before, e
    behind; negative ones are cut off.

    Gradient: dx = dy where the planes overlap, else 0.

    padding_param: pad_beg b (0), pad_end e (0), of one sign.  From DeepLab's first version.
    """

    type = "Padding"
    forks = ("deeplab",)
    messages = ("padding_param",)
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.padding_param
        self.before, self.behind = param.pad_beg, param.pad_end
        if self.before * self.behind < 0:
            raise self.fault(
                f"pad_beg is {self.before}, pad_end {self.behind}",
                "they must be both positive or both negative",
                "pad_end",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4:
            raise ShapeError(f"{shape} does not have the four axes N, C, H, W")
        height, width = (length + self.before + self.behind for length in shape[2:])
        if height <= 0 or width <= 0:
            raise self.fault(
                f"of planes of {shape[2]} x {shape[3]} nothing is left", "cut less off", "pad_beg"
            )
        top[0].reshape(*shape[:2], height, width)
        inner = [slice(max(0, self.before), max(0, self.before) + n) for n in shape[2:]]
        outer = [slice(max(0, -self.before), max(0, -self.before) + n) for n in (height, width)]
        #: Where what both have lies in the top, and in the bottom.
        self.in_top = (slice(None), slice(None), *inner)
        self.in_bottom = (slice(None), slice(None), *outer)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data.fill(0)
        np.copyto(top[0].data[self.in_top], bottom[0].data[self.in_bottom])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)
            np.copyto(bottom[0].diff[self.in_bottom], top[0].diff[self.in_top])
