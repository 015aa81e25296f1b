"""Reorg: squares of cells become channels, in Darknet's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import reorg


@register
class Reorg(Layer):
    """Move cells into channels: a map gets s times smaller each way and s^2 times deeper.

    bottom[0] (N, C, H, W) -> top[0] (N, C s^2, H / s, W / s); with reverse the other way round,
    (N, C / s^2, H s, W s).

    As in Darknet the memory of an image is read *as if it were* (C / s^2, H s, W s), t being
    that C / s^2: what stands at (c, h, w) in (C, H, W) is read at

        (c % t, h s + (c // t) // s, w s + (c // t) % s)

    and reverse is the inverse.  So C must be divisible by s^2, and (without reverse) H and W by s.

    Gradient: the inverse permutation.  Deviation: the forks' is always 0.

    reorg_param: stride s, required; reverse (false).  Forks: eric612's and gklz1982's YOLO.

    Source: the passthrough layer of Redmon and Farhadi 2017, YOLO9000.
    """

    type = "Reorg"
    forks = ("yolo-eric612", "yolo-gklz1982")
    messages = ("reorg_param",)
    ranges: ClassVar = {"stride": Range(1, required=True)}
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.stride = self.param.reorg_param.stride
        self.reverse = self.param.reorg_param.reverse

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(*reorg.reorganised_shape(bottom[0].shape, self.stride, self.reverse))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        reorg.move(bottom[0].data, top[0].data, shape, self.stride, self.reverse)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            shape = bottom[0].shape
            reorg.move(top[0].diff, bottom[0].diff, shape, self.stride, not self.reverse)
