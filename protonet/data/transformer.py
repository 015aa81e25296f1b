"""Transformer: from stored pixels to what the net is fed with.

    out = (crop(pixels) - mean) * scale, mirrored

In TRAIN the crop lies anywhere, in TEST in the centre, at floor((size - crop) / 2).  With
`mirror` half of the images are turned left-right, in both phases as in Caffe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..core.context import TRAIN
from ..errors import DataError, NetError, PrototxtError, ShapeError, WeightsError
from ..proto import caffe_pb2 as pb
from ..proto.weights import read_blob
from .datum import Datum
from .images import decode_image
from .order import make_rng, rng_state, set_rng_state


class Cut(NamedTuple):
    """First row and column of what is cut out of an image, and whether it is mirrored then."""

    y: int
    x: int
    flip: bool

    def of(self, image: NDArray, size: Sequence[int]) -> NDArray:
        """That part of an image (C, H, W), not mirrored yet: (C, h, w)."""
        return image[:, self.y : self.y + size[0], self.x : self.x + size[1]]


class Transformer:
    """What a TransformationParameter asks for, done to whole batches.

    find: gives the path of the mean file.  seed: of the transformer's own random stream,
    of which `state` and `set_state` are the memory.
    """

    def __init__(
        self,
        param: pb.TransformationParameter,
        phase: int,
        dtype: DTypeLike,
        seed: np.random.SeedSequence,
        find: Callable[[str], Path] = Path,
    ) -> None:
        self.crop, self.mirror = int(param.crop_size), bool(param.mirror)
        self.window = _window(param)
        self.random_crop = self.window is not None and phase == TRAIN
        self.dtype = np.dtype(dtype)
        self._scale = np.array(param.scale, self.dtype)[()]
        self._color = _color(param)
        self._rng = make_rng(seed)
        if param.HasField("mean_file") and param.mean_value:
            raise NetError(
                "both mean_file and mean_value are given",
                "keep one of them",
                field="transform_param.mean_value",
            )
        self._mean_file: NDArray | None = None
        # One for all or one for each channel: either way against (C, H, W).
        self._mean_values = np.array(param.mean_value, self.dtype).reshape(-1, 1, 1)
        if param.HasField("mean_file"):
            self._mean_file = self._read_mean(find(param.mean_file))

    def pixels(self, datum: Datum) -> NDArray:
        """The image of a datum, (C, H, W), decoded if it is encoded."""
        return decode_image(datum.pixels, self._color) if datum.encoded else datum.pixels

    def shape(self, stored: Sequence[int]) -> tuple[int, int, int]:
        """What (C, H, W) of a stored image becomes; raises if it cannot be transformed."""
        c, h, w = stored
        rows, columns = self.window or (h, w)
        if rows > h or columns > w:
            size = f"crop_size {rows}" if self.crop else f"a crop of {rows} x {columns}"
            raise ShapeError(
                f"an image of {h} x {w} is too small for {size}",
                field="transform_param.crop_size",
            )
        if len(self._mean_values) not in (0, 1, c):
            raise ShapeError(
                f"{len(self._mean_values)} values of mean_value for {c} channels",
                "give one, or one for each",
                field="transform_param.mean_value",
            )
        if self._mean_file is not None and self._mean_file.shape != (c, h, w):
            raise ShapeError(
                f"the mean file is for {self._mean_file.shape}, the image is {(c, h, w)}",
                "compute the mean of this data",
                field="transform_param.mean_file",
            )
        return (c, rows, columns)

    def __call__(self, images: Sequence[NDArray] | NDArray, out: NDArray) -> None:
        """Transform images (each (C, H, W)) into `out` (N, C, OH, OW).

        Images in one array (N, C, H, W) go all at once if nothing is left to chance: no
        mirror, and a crop that is in the centre or everything.
        """
        h, w = out.shape[2:]
        if (
            isinstance(images, np.ndarray)
            and not self.mirror
            and (not self.random_crop or images.shape[2:] == (h, w))
        ):
            y, x = (images.shape[2] - h) // 2, (images.shape[3] - w) // 2
            self._scaled(images[:, :, y : y + h, x : x + w], self._mean(y, x, h, w), out)
            return
        for image, cut, made in zip(images, self.cuts(images, out.shape[2:]), out):
            self.write(image, cut, made)

    def cuts(self, images: Sequence[NDArray] | NDArray, size: tuple[int, ...]) -> list[Cut]:
        """Where each image (C, H, W) is cut to `size` (h, w), and which are mirrored."""
        spare = np.array([image.shape[1:] for image in images], int) - np.array(size, int)
        first = self._rng.integers(0, spare + 1) if self.random_crop else spare // 2
        flips = self._rng.integers(0, 2, len(images)) if self.mirror else [0] * len(images)
        return [Cut(y, x, bool(flip)) for (y, x), flip in zip(first.tolist(), flips)]

    def write(self, image: NDArray, cut: Cut, out: NDArray) -> None:
        """Transform one image (C, H, W) into `out` (C, h, w), cut as said."""
        mean = self._mean(cut.y, cut.x, *out.shape[1:])
        self._scaled(cut.of(image, out.shape[1:]), mean, out[:, :, ::-1] if cut.flip else out)

    def _read_mean(self, path: Path) -> NDArray:
        try:
            mean = read_blob(path).astype(self.dtype)
        except WeightsError as error:
            raise DataError(
                f"the mean file {error}",
                "make one with 'protonet compute-image-mean'",
                field="transform_param.mean_file",
            ) from error
        if mean.ndim < 3:
            raise DataError(
                f"the mean file {path} has shape {mean.shape}, no channels, height and width",
                "make one with 'protonet compute-image-mean'",
                field="transform_param.mean_file",
            )
        return mean.reshape(mean.shape[-3:])

    def _mean(self, y: int, x: int, h: int, w: int) -> NDArray | None:
        """What to subtract from the crop there."""
        if self._mean_file is not None:
            return self._mean_file[:, y : y + h, x : x + w]
        return self._mean_values if self._mean_values.size else None

    def window_mean(self) -> NDArray | None:
        """The mean for crops of colour images: of the size of the mean file, or one value
        for all or for each channel, (3, H, W) or (1 or 3, 1, 1)."""
        if self._mean_file is None:
            if len(self._mean_values) not in (0, 1, 3):
                raise ShapeError(
                    f"{len(self._mean_values)} values of mean_value for 3 channels",
                    "give one, or one for each",
                    field="transform_param.mean_value",
                )
            return self._mean_values if self._mean_values.size else None
        c, h, w = self._mean_file.shape
        if c != 3 or h < self.crop or w < self.crop or h != w:
            raise ShapeError(
                f"the mean file is for {self._mean_file.shape}; a square of 3 "
                f"channels, {self.crop} at least, is wanted",
                field="transform_param.mean_file",
            )
        return self._mean_file

    def _scaled(self, raw: NDArray, mean: NDArray | None, out: NDArray) -> None:
        """out = (raw - mean) * scale"""
        if mean is None:
            np.multiply(raw, self._scale, out=out, dtype=self.dtype)
            return
        np.subtract(raw, mean, out=out, dtype=self.dtype)
        if self._scale != 1:
            np.multiply(out, self._scale, out=out)

    def state(self) -> dict[str, Any]:
        """The random stream's state, as plain values; {} where nothing is random."""
        return rng_state(self._rng) if self.random_crop or self.mirror else {}

    def set_state(self, state: dict[str, Any]) -> None:
        set_rng_state(self._rng, state)


def _window(param: pb.TransformationParameter) -> tuple[int, int] | None:
    """(height, width) of the crop: a square, or a rectangle by the fields of a fork."""
    if param.crop_size:
        return param.crop_size, param.crop_size
    for high, wide in (("crop_h", "crop_w"), ("crop_height", "crop_width")):
        height, width = getattr(param, high), getattr(param, wide)
        if bool(height) != bool(width):
            raise PrototxtError(
                f"only one of {high} and {wide} is given",
                "give both or none",
                field=f"transform_param.{high if height else wide}",
            )
        if height:
            return height, width
    return None


def _color(param: pb.TransformationParameter) -> bool | None:
    if param.force_color and param.force_gray:
        raise NetError(
            "both force_color and force_gray are set",
            "keep one of them",
            field="transform_param.force_gray",
        )
    return True if param.force_color else False if param.force_gray else None


def check_alike(image: tuple[int, ...], first: tuple[int, ...]) -> None:
    """DataError unless an image becomes what the first of its batch became."""
    if image != first:
        raise DataError(
            f"the image is {image} (channels, height, width), the first of its batch is {first}",
            "bring all to one size, set crop_size, or set batch_size 1",
        )
