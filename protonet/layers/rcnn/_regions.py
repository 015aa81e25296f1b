"""What layers that look at regions share: the rows of regions, checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer, exactly
from ...errors import DataError, ShapeError


def region_rows(blob: Blob, what: str = "bottom 1") -> int:
    """How many regions a blob of shape (R, 5) or (R, 5, 1, 1) holds; else a ShapeError."""
    if len(blob.shape) < 2 or blob.shape[1] != 5 or blob.count != blob.shape[0] * 5:
        raise ShapeError(
            f"{what} has shape {blob.shape}, regions are rows of 5",
            "each is an image's number, x1, y1, x2, y2",
        )
    return blob.shape[0]


def regions(blob: Blob, images: int) -> NDArray:
    """The regions (R, 5), checked: DataError if one is not finite or of no such image."""
    rows = blob.data.reshape(-1, 5)
    if not np.isfinite(rows).all():
        at = int(np.argmin(np.isfinite(rows).all(axis=1)))
        raise DataError(f"region {at} is {_text(rows[at])}", "its numbers must be finite")
    image = rows[:, 0]
    known = (image >= 0) & (image < images) & (image == np.trunc(image))
    if not known.all():
        at = int(np.argmin(known))
        raise DataError(
            f"region {at} is {_text(rows[at])}: there is no image {image[at]:g}",
            f"images count from 0 to {images - 1}",
        )
    return rows


def _text(row: NDArray) -> str:
    return f"({', '.join(f'{value:g}' for value in row)})"


class RegionLayer(Layer):
    """Base of the layers that pool regions: bottom[0] maps (N, C, H, W), bottom[1] regions
    (R, 5).  The regions get no gradient: where one is asked for, it is 0."""

    bottoms = exactly(2)

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        top[0].reshape(region_rows(bottom[1]), *self.pooled(bottom[0].shape[1]))

    def pooled(self, channels: int) -> tuple[int, int, int]:
        """The shape of one region's result."""
        raise NotImplementedError

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff.fill(0)
        if propagate_down[0]:
            self.maps_backward(top[0], bottom[0])

    def maps_backward(self, top: Blob, bottom: Blob) -> None:
        """Write the gradient of the maps."""
        raise NotImplementedError
