"""ShuffleChannel: the channels of all groups, dealt out in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError


@register
class ShuffleChannel(Layer):
    """Deal out the channels of all groups in turn, so that each next group sees all of them.

    bottom[0] (N, C, ...) -> top[0] (the same): with g groups of C / g channels, channel
    i C/g + j goes to j g + i (ShuffleNet; Zhang and others, 2017).

    Gradient: the channels go back.

    shuffle_channel_param: group (1), a divisor of C.
    """

    type = "ShuffleChannel"
    forks = ("shufflenet", "openvino", "synopsys")
    messages = ("shuffle_channel_param",)
    ranges: ClassVar = {"group": Range(1)}
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, group = bottom[0].shape, self.param.shuffle_channel_param.group
        if len(shape) < 2:
            raise ShapeError(f"bottom 0 has shape {shape}", "it needs a channel axis")
        if shape[1] % group:
            raise self.fault(
                f"group {group} does not divide the {shape[1]} channels",
                "choose a divisor",
                "group",
            )
        self.view = (shape[0], group, shape[1] // group, bottom[0].count_from(2))
        top[0].reshape(*shape)

    def _dealt(self, array: NDArray) -> NDArray:
        """What has the channels dealt out, with those of each group together again."""
        n, group, each, inner = self.view
        return array.reshape(n, each, group, inner).swapaxes(1, 2)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(self._dealt(top[0].data), bottom[0].data.reshape(self.view))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff.reshape(self.view), self._dealt(top[0].diff))
