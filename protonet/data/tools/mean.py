"""The mean image of a store, which Data layers subtract."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...files import atomic_path, atomic_write
from ...log import log
from ...proto import caffe_pb2 as pb
from .records import Item, all_items, at_record, pixels_of


class Mean(NamedTuple):
    """image: (C, H, W) float32, the mean of so many records; skipped: how many were left out."""

    image: NDArray
    records: int
    skipped: int

    @property
    def channels(self) -> list[float]:
        """The mean of each channel, for mean_value."""
        return [float(plane.mean(dtype=np.float64)) for plane in self.image]


def compute_mean(
    path: Path,
    backend: str = "",
    *,
    skip_bad: bool = False,
    progress: Callable[[int], object] = lambda amount: None,
) -> Mean:
    """The mean over all records, which must be of one size.

    Added up in double precision: Caffe's sum, in single, goes wrong in the fifth digit after
    some 100 000 images.  skip_bad: leave out records that are damaged or of another size.
    """
    total: NDArray | None = None
    count = skipped = 0
    for item in all_items(path, backend):
        try:
            pixels = _pixels_like(item, total, path)
        except DataError as error:
            if not skip_bad:
                raise
            log.warning("%s", error)
            skipped += 1
        else:
            if total is None:
                total = np.zeros(pixels.shape, np.float64)
            total += pixels
            count += 1
        progress(1)
    if total is None:
        raise DataError(f"no record of '{path}' can be used")
    return Mean((total / count).astype(np.float32), count, skipped)


def _pixels_like(item: Item, total: NDArray | None, path: Path) -> NDArray:
    if item.error is not None:
        raise item.error
    assert item.datum is not None
    try:
        pixels = pixels_of(item.datum)
        if total is not None and pixels.shape != total.shape:
            raise DataError(
                f"the image is {pixels.shape} (channels, height, width), "
                f"the first one {total.shape}",
                "a mean image wants all of one size: resize them with convert-imageset",
            )
    except DataError as error:
        raise at_record(error, path, item.record.key) from error.__cause__
    return pixels


def write_mean(path: Path, image: NDArray) -> None:
    """As a .binaryproto, to the byte as Caffe's tool writes it, or as .npy for pycaffe."""
    if path.suffix == ".npy":
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.save(file, image)
        return
    c, h, w = image.shape
    blob = pb.BlobProto(num=1, channels=c, height=h, width=w, data=image.ravel())
    atomic_write(os.fspath(path), blob.SerializeToString())
