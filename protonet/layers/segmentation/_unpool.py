"""What Upsample of SegNet and Unpooling share: values put where a pooling's mask says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...errors import DataError, ShapeError
from ...kernels import unpool


class UnpoolLayer(Layer):
    """Base of both: bottom[1], of the shape of bottom[0], holds places h OW + w of the top."""

    backward_reads = frozenset()

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def shape_top(self, bottom: Blobs, top: Blobs, out: tuple[int, int]) -> None:
        shapes = [blob.shape for blob in bottom]
        if len(set(shapes)) > 1:
            raise ShapeError(
                f"bottom 0 has shape {shapes[0]}, bottom 1 {shapes[1]}",
                "the mask needs one place for each value",
            )
        self.planes = (shapes[0][0] * shapes[0][1], bottom[0].count_from(2))
        top[0].reshape(*shapes[0][:2], *out)

    @staticmethod
    def size_of(bottom: Blobs) -> tuple[int, int]:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        height, width = bottom[0].shape[2:]
        return height, width

    def put(self, bottom: Blobs, top: Blobs) -> None:
        """Forward by the mask.  DataError for a place that the top does not have."""
        index = self.scratch("index", self.planes, np.intp)
        height, width = top[0].shape[2:]
        bad = unpool.places(bottom[1].data.reshape(self.planes), height * width, index)
        if bad >= 0:
            item, channel, row, column = np.unravel_index(bad, bottom[1].shape)
            raise DataError(
                f"item {item}, channel {channel}, place ({row}, {column}): the mask says "
                f"{bottom[1].data.flat[bad]:g}, the top has the places 0 to {height * width - 1}",
                "take the mask of a pooling over a plane of the top's size",
            )
        unpool.scatter(bottom[0].data, index, top[0].data)

    def take_back(self, top: Blobs, bottom: Blobs) -> None:
        """Backward by the mask that `put` has read."""
        unpool.gather(top[0].diff, self.scratch("index", self.planes, np.intp), bottom[0].diff)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self.take_back(top, bottom)
