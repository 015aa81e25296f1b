"""Resize: what a ResizeParameter asks for, done to an image and its boxes.

    WARP                    to height x width, whatever its proportions
    FIT_LARGE_SIZE_AND_PAD  as large as fits into height x width, in its middle; the rest is
                            filled by pad_mode and pad_value
    FIT_SMALL_SIZE          the smallest that covers height x width

interp_mode: one of those listed, at random.  prob: with what probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.layer import path_of
from ...errors import PrototxtError
from ...proto import caffe_pb2 as pb
from ..images import channels_first, opencv, rows_first
from .scene import SIDES, Scene

_INTERPOLATION = {
    "LINEAR": "INTER_LINEAR",
    "AREA": "INTER_AREA",
    "NEAREST": "INTER_NEAREST",
    "CUBIC": "INTER_CUBIC",
    "LANCZOS4": "INTER_LANCZOS4",
}
_BORDERS = {
    "CONSTANT": "BORDER_CONSTANT",
    "MIRRORED": "BORDER_REFLECT_101",
    "REPEAT_NEAREST": "BORDER_REPLICATE",
}
_SERVED = {"prob", "resize_mode", "height", "width", "pad_mode", "pad_value", "interp_mode"}


class Resize:
    """param: the transform_param; it has one resize_param."""

    def __init__(self, param: pb.TransformationParameter) -> None:
        if len(param.resize_param) > 1:
            raise PrototxtError(
                f"{len(param.resize_param)} resize_param are given",
                "keep one: choosing among several (yolo-eric612) is not served here",
                field="transform_param.resize_param[1]",
            )
        self.param = param.resize_param[0]
        refuse_others(param, self.param, _SERVED)
        for name in ("height", "width"):
            if not getattr(self.param, name):
                raise PrototxtError(
                    f"resize_param has no {name}",
                    "give height and width, both at least 1",
                    field="transform_param.resize_param",
                )
        self.mode = pb.ResizeParameter.Resize_mode.Name(self.param.resize_mode)
        self.size = (int(self.param.height), int(self.param.width))
        names = [pb.ResizeParameter.Interp_mode.Name(m) for m in self.param.interp_mode]
        self.ways = names or ["LINEAR"]

    @property
    def is_random(self) -> bool:
        return self.param.prob < 1 or len(self.ways) > 1

    def shape(self, image: tuple[int, ...]) -> tuple[int, int, int]:
        """What becomes of an image (C, H, W)."""
        if self.mode == "FIT_SMALL_SIZE":
            return (image[0], *self.inner(image[1], image[2]))
        return (image[0], *self.size)

    def inner(self, height: int, width: int) -> tuple[int, int]:
        """The size to which the image itself is brought."""
        high, wide = self.size
        aspect = np.float32(width) / np.float32(height)
        wider = aspect > np.float32(wide) / np.float32(high)
        if self.mode == "WARP":
            return high, wide
        if wider == (self.mode == "FIT_LARGE_SIZE_AND_PAD"):
            return max(1, int(np.float32(wide) / aspect)), wide
        return high, max(1, int(aspect * np.float32(high)))

    def __call__(self, scene: Scene, rng: np.random.Generator) -> Scene:
        if self.param.prob < 1 and rng.random() > self.param.prob:
            return scene
        way = self.ways[rng.integers(len(self.ways)) if len(self.ways) > 1 else 0]
        cv2 = opencv("resizing images")
        _, height, width = scene.pixels.shape
        inner = self.inner(height, width)
        picture = cv2.resize(
            rows_first(scene.pixels),
            (inner[1], inner[0]),
            interpolation=getattr(cv2, _INTERPOLATION[way]),
        )
        boxes = scene.boxes
        if self.mode == "FIT_LARGE_SIZE_AND_PAD":
            picture = self._padded(cv2, picture, len(scene.pixels))
            boxes = self._moved(boxes, np.float32(width) / np.float32(height))
        return Scene(channels_first(picture), boxes, scene.encoded)

    def _padded(self, cv2: Any, picture: NDArray, channels: int) -> NDArray:
        spare = np.array(self.size) - picture.shape[:2]
        top, left = (spare // 2).tolist()
        bottom, right = (spare - spare // 2).tolist()
        mode = pb.ResizeParameter.Pad_mode.Name(self.param.pad_mode)
        value = pad_values(self.param, channels)
        kind = getattr(cv2, _BORDERS[mode])
        return cv2.copyMakeBorder(picture, top, bottom, left, right, kind, value=value)

    def _moved(self, boxes: NDArray, aspect: Any) -> NDArray:
        """Into the padded frame, by the padding before it was rounded."""
        high, wide = map(np.float32, self.size)
        axis, part = (
            (1, wide / aspect / high) if aspect > wide / high else (0, aspect * high / wide)
        )
        moved = boxes.copy()
        sides = moved[:, SIDES][:, axis::2]
        sides *= part
        sides += (1 - part) / 2
        return moved


def pad_values(param: Any, channels: int) -> list[float]:
    """A value of pad_value for each channel; 0 without."""
    values = list(param.pad_value) or [0.0]
    if len(values) not in (1, channels):
        raise PrototxtError(
            f"{len(values)} values of pad_value for {channels} channels",
            "give one, or one for each",
            field="transform_param.resize_param.pad_value",
        )
    return values * channels if len(values) == 1 else values


def refuse_others(owner: Any, part: Any, served: set[str], why: str = "") -> None:
    """PrototxtError for the first field of a part of transform_param that is not served."""
    for field, _ in part.ListFields():
        if field.name not in served:
            raise PrototxtError(
                f"{field.name} is not served here{why}",
                "leave it out",
                field=f"transform_param.{path_of(owner, part)}.{field.name}",
            )
