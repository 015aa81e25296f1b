"""Tile: a blob repeated along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register


@register
class Tile(Layer):
    """Put copies of a blob side by side.

    bottom[0] (N, C, H, W) -> top[0] (N, tiles * C, H, W): C as a whole is repeated.

    tile_param: tiles how many copies; axis (1), a negative one counts from the end.
    """

    type = "Tile"
    messages = ("tile_param",)
    ranges: ClassVar = {"tiles": Range(1, required=True)}
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis, shape = bottom[0].axis(self.param.tile_param.axis), list(bottom[0].shape)
        tiles, inner = self.param.tile_param.tiles, bottom[0].count_from(axis)
        self._rows = (bottom[0].count_from(0, axis), 1, inner)
        self._tiled = (self._rows[0], tiles, inner)
        shape[axis] *= tiles
        top[0].reshape(*shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data.reshape(self._tiled), bottom[0].data.reshape(self._rows))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.add.reduce(
                top[0].diff.reshape(self._tiled),
                axis=1,
                keepdims=True,
                out=bottom[0].diff.reshape(self._rows),
            )
