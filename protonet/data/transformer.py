"""Transformer: from stored pixels to what the net is fed with.

    out = (crop(pixels) - mean) * scale, mirrored

In TRAIN the crop lies anywhere, in TEST in the centre, at floor((size - crop) / 2).  With
`mirror` half of the images are turned left-right, in both phases as in Caffe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..core.context import TRAIN
from ..errors import DataError, NetError, ShapeError
from ..proto.weights import read_blob
from .datum import Datum
from .images import decode_image


class Transformer:
    """What a TransformationParameter asks for, done to whole batches.

    find: gives the path of the mean file.  seed: of the transformer's own random stream,
    of which `state` and `set_state` are the memory.
    """

    def __init__(
        self,
        param: Any,
        phase: int,
        dtype: DTypeLike,
        seed: np.random.SeedSequence,
        find: Callable[[str], Path] = Path,
    ) -> None:
        self.crop, self.mirror = int(param.crop_size), bool(param.mirror)
        self.random_crop = self.crop > 0 and phase == TRAIN
        self.dtype = np.dtype(dtype)
        self._scale = self.dtype.type(param.scale)
        self._color = _color(param)
        self._rng = np.random.Generator(np.random.SFC64(seed))
        self._raw: dict[np.dtype, NDArray] = {}
        if param.HasField("mean_file") and param.mean_value:
            raise NetError("both mean_file and mean_value are given", "keep one of them",
                           field="transform_param.mean_value")
        self._mean_file: NDArray | None = None
        self._mean_values = np.array(param.mean_value, self.dtype)
        if param.HasField("mean_file"):
            mean = read_blob(find(param.mean_file)).astype(self.dtype)
            self._mean_file = mean.reshape(mean.shape[-3:])

    def pixels(self, datum: Datum) -> NDArray:
        """The image of a datum, (C, H, W), decoded if it is encoded."""
        return decode_image(datum.pixels, self._color) if datum.encoded else datum.pixels

    def shape(self, stored: Sequence[int]) -> tuple[int, int, int]:
        """What (C, H, W) of a stored image becomes; raises if it cannot be transformed."""
        c, h, w = stored
        if self.crop > min(h, w):
            raise ShapeError(f"an image of {h} x {w} is too small for crop_size {self.crop}",
                             field="transform_param.crop_size")
        if len(self._mean_values) not in (0, 1, c):
            raise ShapeError(f"{len(self._mean_values)} values of mean_value for {c} channels",
                             "give one, or one for each", field="transform_param.mean_value")
        if self._mean_file is not None and self._mean_file.shape != (c, h, w):
            raise ShapeError(f"the mean file is for {self._mean_file.shape}, the image is "
                             f"{(c, h, w)}", "compute the mean of this data",
                             field="transform_param.mean_file")
        return (c, self.crop, self.crop) if self.crop else (c, h, w)

    def __call__(self, images: Sequence[NDArray], out: NDArray) -> None:
        """Transform images (each (C, H, W)) into `out` (N, C, OH, OW)."""
        rows, columns, flips = self._choices(images, out.shape[2:])
        raw = self._staging(images[0].dtype, out.shape)
        h, w = out.shape[2:]
        for i, image in enumerate(images):
            y, x = rows[i], columns[i]
            raw[i] = image[:, y : y + h, x : x + w]
        if self._mean_file is not None:
            for i in range(len(images)):
                y, x = rows[i], columns[i]
                np.subtract(raw[i], self._mean_file[:, y : y + h, x : x + w], out=out[i])
        elif self._mean_values.size:
            np.subtract(raw, self._mean_values[:, None, None], out=out)
        else:
            np.copyto(out, raw)
        if self._scale != 1:
            out *= self._scale
        for i in np.flatnonzero(flips):
            out[i] = out[i, :, :, ::-1].copy()

    def _choices(
        self, images: Sequence[NDArray], size: tuple[int, ...]
    ) -> tuple[list[int], list[int], NDArray]:
        """For each image the first row and column of the crop, and whether to mirror."""
        n = len(images)
        spare = np.array([image.shape[1:] for image in images]) - size
        first = self._rng.integers(0, spare + 1) if self.random_crop else spare // 2
        flips = self._rng.integers(0, 2, n) if self.mirror else np.zeros(n, int)
        return first[:, 0].tolist(), first[:, 1].tolist(), flips

    def _staging(self, dtype: np.dtype, shape: tuple[int, ...]) -> NDArray:
        """Memory for the raw pixels of a batch, reused."""
        raw = self._raw.get(dtype)
        if raw is None or raw.shape != shape:
            raw = self._raw[dtype] = np.empty(shape, dtype)
        return raw

    def state(self) -> dict[str, Any]:
        """The random stream's state, as plain values."""
        if not (self.random_crop or self.mirror):
            return {}
        state = dict(self._rng.bit_generator.state)
        state["state"] = {"state": [int(word) for word in state["state"]["state"]]}
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        if state:
            words = np.array(state["state"]["state"], np.uint64)
            self._rng.bit_generator.state = {**state, "state": {"state": words}}


def _color(param: Any) -> bool | None:
    if param.force_color and param.force_gray:
        raise NetError("both force_color and force_gray are set", "keep one of them",
                       field="transform_param.force_gray")
    return True if param.force_color else False if param.force_gray else None


def check_alike(image: tuple[int, ...], first: tuple[int, ...]) -> None:
    """DataError unless an image becomes what the first of its batch became."""
    if image != first:
        raise DataError(
            f"the image is {image} (channels, height, width), the first of its batch is {first}",
            "bring all to one size, set crop_size, or set batch_size 1",
        )
