"""Permute: the axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.blob import Blob
from ...core.layer import Blobs
from ...core.registry import register
from ...errors import ShapeError
from .._view import View


@register
class Permute(View):
    """Put the axes into another order: a transposition.

    bottom[0] (any shape) -> top[0]: its axis i is the bottom's axis order[i].  SSD brings
    N, C, H, W into N, H, W, C so, before it lines up what was predicted for the boxes.

    permute_param: order (repeated), axes that must be different; those that are not named
    follow in their order.

    Gradient: the inverse transposition.  If the order changes nothing, top and bottom share
    their memory.

    From SSD (Liu and others, ECCV 2016).
    """

    type = "Permute"
    forks = (
        "ssd",
        "yolo-eric612",
        "happynear",
        "openvino",
        "openvino-reid",
        "intel",
        "synopsys",
        "nvidia",
    )
    messages = ("permute_param",)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        named, axes = list(self.param.permute_param.order), len(bottom[0].shape)
        for i, axis in enumerate(named):
            if axis >= axes:
                raise self.fault(
                    f"order names axis {axis}, bottom shape {bottom[0].shape} has {axes} axes",
                    f"give 0 to {axes - 1}" if axes else "",
                    "order",
                )
            if axis in named[:i]:
                raise self.fault(
                    f"order names axis {axis} twice", "each axis goes to one place", "order"
                )
        self.order = [*named, *(axis for axis in range(axes) if axis not in named)]
        self.identity = self.order == sorted(self.order)

    def top_shape(self, bottom: Blob) -> tuple[int, ...]:
        if len(bottom.shape) != len(self.order):
            raise ShapeError(
                f"the bottom has shape {bottom.shape}, the order is for {len(self.order)} axes",
                "the number of axes cannot change",
            )
        return tuple(bottom.shape[axis] for axis in self.order)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self.identity:
            super().reshape(bottom, top)
        else:
            top[0].reshape(*self.top_shape(bottom[0]))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if not self.identity:
            np.copyto(top[0].data, bottom[0].data.transpose(self.order))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.identity:
            super().backward(top, propagate_down, bottom)
        elif propagate_down[0]:
            np.copyto(bottom[0].diff.transpose(self.order), top[0].diff)
