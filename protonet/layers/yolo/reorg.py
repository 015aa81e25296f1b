"""Reorg: squares of cells become channels, in Darknet's order."""

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
        shape, s = bottom[0].shape, self.stride
        if len(shape) != 4:
            raise ShapeError(f"{shape} does not have the four axes N, C, H, W")
        n, c, h, w = shape
        if c % s**2:
            raise ShapeError(f"{c} channels are not divisible by the square of stride {s}")
        if not self.reverse and (h % s or w % s):
            raise ShapeError(f"a map of {h} x {w} is not divisible by stride {s}")
        self.small = (n, s, s, c // s**2, h, w)
        out = (c // s**2, h * s, w * s) if self.reverse else (c * s**2, h // s, w // s)
        top[0].reshape(n, *out)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._move(bottom[0].data, top[0].data, self.reverse)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self._move(top[0].diff, bottom[0].diff, not self.reverse)

    def _move(self, source: NDArray, out: NDArray, spread: bool) -> None:
        """Between (N, s, s, t, H, W) in memory and (N, t, H s, W s); spread: to the latter."""
        n, s, _, t, h, w = self.small
        channels, large = (source, out) if spread else (out, source)
        cells = channels.reshape(self.small)
        seen = large.reshape(n, t, h, s, w, s).transpose(0, 3, 5, 1, 2, 4)
        np.copyto(seen if spread else cells, cells if spread else seen)
