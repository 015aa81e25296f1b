"""Distort and Expand: colours changed at random, and images put onto a larger canvas.

Distort: brightness adds a number of [-delta, delta], contrast multiplies, saturation and hue
do so in OpenCV's 8-bit HSV, and channels change places, each with its own probability.  The
contrast comes before saturation and hue, or after them, equally often.
Every step rounds to 8 bits.

Where the record held a compressed image, what a step made goes through JPEG, as in SSD,
which keeps it so between its steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import PrototxtError
from ...proto import caffe_pb2 as pb
from ..images import channels_first, decode_image, encode_image, opencv, rows_first
from .resize import refuse_others
from .scene import Scene, seen_from

_NO_CONTRAST = 1e-3  # a factor so near to 1 is none
_NO_EXPANSION = 1e-2
_SERVED = {
    *("brightness_prob", "brightness_delta", "hue_prob", "hue_delta", "random_order_prob"),
    *("contrast_prob", "contrast_lower", "contrast_upper"),
    *("saturation_prob", "saturation_lower", "saturation_upper"),
}


class Distort:
    """param: the transform_param; it has a distort_param."""

    def __init__(self, param: pb.TransformationParameter) -> None:
        self.param = settings = param.distort_param
        refuse_others(param, settings, _SERVED)
        for name in ("contrast", "saturation"):
            low, high = getattr(settings, f"{name}_lower"), getattr(settings, f"{name}_upper")
            if getattr(settings, f"{name}_prob") > 0 and not 0 <= low <= high:
                raise PrototxtError(
                    f"{name} from {low:g} to {high:g}",
                    f"give 0 <= {name}_lower <= {name}_upper",
                    field=f"transform_param.distort_param.{name}_lower",
                )
        for name in ("brightness", "hue"):
            if getattr(settings, f"{name}_delta") < 0:
                raise PrototxtError(
                    f"{name}_delta is negative",
                    "it must be 0 or more",
                    field=f"transform_param.distort_param.{name}_delta",
                )

    def __call__(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """Encoded records in colour only: others stay as they are."""
        if not scene.encoded or len(scene.pixels) != 3:
            return scene
        picture = rows_first(scene.pixels)
        contrast_first = rng.random() > 0.5
        picture = self._brightness(picture, rng)
        if contrast_first:
            picture = self._contrast(picture, rng)
        picture = self._saturation(picture, rng)
        picture = self._hue(picture, rng)
        if not contrast_first:
            picture = self._contrast(picture, rng)
        if rng.random() < self.param.random_order_prob:
            picture = picture[:, :, rng.permutation(3)]
        return through_jpeg(scene._replace(pixels=channels_first(picture)))

    def _brightness(self, picture: NDArray, rng: np.random.Generator) -> NDArray:
        if rng.random() >= self.param.brightness_prob:
            return picture
        delta = self.param.brightness_delta
        return _bytes(picture + rng.uniform(-delta, delta))

    def _contrast(self, picture: NDArray, rng: np.random.Generator) -> NDArray:
        if rng.random() >= self.param.contrast_prob:
            return picture
        factor = rng.uniform(self.param.contrast_lower, self.param.contrast_upper)
        return picture if abs(factor - 1) <= _NO_CONTRAST else _bytes(picture * factor)

    def _saturation(self, picture: NDArray, rng: np.random.Generator) -> NDArray:
        if rng.random() >= self.param.saturation_prob:
            return picture
        factor = rng.uniform(self.param.saturation_lower, self.param.saturation_upper)
        return _in_hsv(picture, 1, lambda channel: channel * factor)

    def _hue(self, picture: NDArray, rng: np.random.Generator) -> NDArray:
        if rng.random() >= self.param.hue_prob:
            return picture
        delta = rng.uniform(-self.param.hue_delta, self.param.hue_delta)
        return _in_hsv(picture, 0, lambda channel: channel + delta)


def _in_hsv(picture: NDArray, channel: int, change: Any) -> NDArray:
    """A channel of the picture's hue, saturation and value changed."""
    cv2 = opencv("changing colours")
    hsv = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2HSV)
    changed = change(hsv[:, :, channel].astype(np.float32))
    hsv[:, :, channel] = _bytes(changed)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def _bytes(values: NDArray) -> NDArray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


class Expand:
    """param: the transform_param; it has an expand_param."""

    def __init__(self, param: pb.TransformationParameter) -> None:
        settings = param.expand_param
        refuse_others(param, settings, {"prob", "max_expand_ratio"})
        self.prob, self.most = float(settings.prob), float(settings.max_expand_ratio)
        if self.most < 1:
            raise PrototxtError(
                f"max_expand_ratio is {self.most:g}",
                "it must be 1 or more",
                field="transform_param.expand_param.max_expand_ratio",
            )
        self._fill = list(param.mean_value) or [0.0]

    def __call__(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """The image somewhere on a canvas of the mean values, up to `most` times as wide."""
        if rng.random() > self.prob or self.most - 1 < _NO_EXPANSION:
            return scene
        ratio = rng.uniform(1, self.most)
        c, h, w = scene.pixels.shape
        size = np.array([int(h * ratio), int(w * ratio)])
        y, x = np.floor(rng.uniform(0, size - (h, w))).astype(int)
        canvas = np.empty((c, *size), scene.pixels.dtype)
        canvas[...] = _bytes(np.array(self._fill)).astype(canvas.dtype)[:, None, None]
        canvas[:, y : y + h, x : x + w] = scene.pixels
        frame = np.array([-x / w, -y / h, (size[1] - x) / w, (size[0] - y) / h], np.float32)
        boxes = seen_from(scene.boxes, frame)
        return through_jpeg(Scene(canvas, boxes, scene.encoded))


def through_jpeg(scene: Scene) -> Scene:
    """What is left of an encoded scene's image after JPEG; others as they are."""
    if not scene.encoded:
        return scene
    content = encode_image(rows_first(scene.pixels), "jpg")
    return scene._replace(pixels=decode_image(content, len(scene.pixels) > 1))
