"""Preprocess: what is done to a picture before a net sees it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..core.context import permit
from ..data.annotated.resize import Resize
from ..data.annotated.scene import Scene, no_boxes
from ..data.images import channels_first, opencv
from ..errors import DataError, ShapeError, WeightsError
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.weights import read_blob
from .placement import Placement
from .transform import read_transform

#: Fields of a TransformationParameter that are followed, and those that vary what a net learns
#: from, show it or tell how it is stored, and have no effect here.
_FOLLOWED = {"scale", "crop_size", "mean_file", "mean_value", "force_color", "force_gray"}
_FOLLOWED |= {"crop_h", "crop_w", "bgr2rgb", "cvt_bgr2rgb", "resize_param"}
_IDLE = {"mirror", "distort_param", "expand_param", "noise_param", "emit_constraint", "display"}
_IDLE |= {"num_labels", "random_seed", "debug_params", "erase_ratio", "random_resize_param"}


@dataclass(frozen=True, eq=False)
class Preprocess:
    """Resize, crop, subtract the mean, scale: as Caffe's data layers do it in TEST.

        out = (crop(resize(picture)) - mean) * scale

    mean: None, a value for all or one for each channel in the net's order, or an image
    (C, H, W) of the size of the resized picture (then it is cropped with it) or of the crop.
    scale: a factor after that; pixels are 0 to 255 before.
    rgb: the channels are red, green, blue, not blue, green, red as Caffe has them.
    gray: one channel.
    resize: (height, width); None: nothing is said, see `for_input`.
    resize_mode: of SSD's ResizeParameter: WARP to that size; FIT_SMALL_SIZE: the smallest that
    covers it, proportions kept; FIT_LARGE_SIZE_AND_PAD: the largest within it, the rest
    filled with `pad_value`, or as `pad_mode` says.  interpolation: of its Interp_mode.
    longest: with FIT_SMALL_SIZE the longer side is no longer than this, if it is not 0; then the
    shorter one may be shorter (Faster R-CNN's 600 and 1000).
    crop: (height, width) of the part in the centre, at floor((size - crop) / 2).
    oversample: not one crop but ten, see `crops`.
    keep_size: without a `resize` pictures keep their size for a net too, which is shaped to it.
    """

    mean: NDArray | None = None
    scale: float = 1.0
    rgb: bool = False
    gray: bool = False
    resize: tuple[int, int] | None = None
    resize_mode: str = "WARP"
    interpolation: str = "LINEAR"
    pad_mode: str = "CONSTANT"
    pad_value: tuple[float, ...] = ()
    longest: int = 0
    crop: tuple[int, int] | None = None
    oversample: bool = False
    keep_size: bool = False

    @classmethod
    def from_transform_param(
        cls, param: pb.TransformationParameter, root: str | os.PathLike = "."
    ) -> Preprocess:
        """What a TransformationParameter asks for in TEST.  mirror, distortions, expansions and
        noise, which vary what a net is trained with, are left out.

        bgr2rgb (or cvt_bgr2rgb) makes rgb; resize_param the size, crop_size (or crop_h, crop_w)
        the crop.  root: the folder beside which mean_file is looked for; a .binaryproto or a
        .npy.  DataError if it is not there.
        """
        strange = {f.name for f, _ in param.ListFields()} - _FOLLOWED - _IDLE
        if len(param.resize_param) > 1:  # one of them at random, while learning
            strange.add("resize_param")
        if strange:
            log.warning("of transform_param not followed: %s", ", ".join(sorted(strange)))
        crop = (param.crop_size,) * 2 if param.crop_size else (param.crop_h, param.crop_w)
        mean: NDArray | None = None
        if param.mean_file:
            mean = read_mean(_found(param.mean_file, Path(root)))
        elif param.mean_value:
            mean = np.array(param.mean_value, np.float32)
        made = cls(
            mean=mean,
            scale=param.scale,
            rgb=param.bgr2rgb or param.cvt_bgr2rgb,
            gray=param.force_gray,
            crop=(int(crop[0]), int(crop[1])) if all(crop) else None,
        )
        if len(param.resize_param) != 1:
            return made
        resize = Resize(param)
        return replace(
            made,
            resize=resize.size,
            resize_mode=resize.mode,
            interpolation="LINEAR" if resize.is_random else resize.ways[0],
            pad_mode=pb.ResizeParameter.Pad_mode.Name(resize.param.pad_mode),
            pad_value=tuple(resize.param.pad_value),
        )

    @classmethod
    def from_file(cls, path: str | os.PathLike) -> Preprocess:
        """Of a net that reads its data (its TEST data layer), or of a text that holds what
        stands between the braces of a transform_param."""
        found = read_transform(Path(path))
        return cls.from_transform_param(found.param, found.root)

    def for_input(self, channels: int, height: int, width: int) -> Preprocess:
        """The same for an input of a net (channels, height, width).

        What says nothing of the size becomes resized: to the mean image's size if there is
        one that the crop or the input lies in, else to the crop, else to the input.
        """
        done = replace(self, gray=self.gray or channels == 1)
        if self.resize is not None or self.keep_size:
            return done
        inner = self.crop or (height, width)
        whole = self.mean.shape[1:] if self.mean is not None and self.mean.ndim == 3 else inner
        if whole[0] < inner[0] or whole[1] < inner[1]:
            whole = inner
        return replace(done, resize=(whole[0], whole[1]), crop=inner if whole != inner else None)

    def __call__(self, image: NDArray) -> NDArray[np.float32]:
        """(H, W, 3) in the order blue, green, red, or (H, W) -> (C, H', W'), the centre crop."""
        pixels = self._resized(image)
        rows, columns = self._window(pixels)
        return self._at(pixels, (pixels.shape[1] - rows) // 2, (pixels.shape[2] - columns) // 2)

    def crops(self, image: NDArray) -> NDArray[np.float32]:
        """(K, C, H', W'): the centre alone, or with `oversample` the four corners, row by row,
        the centre, and the same five mirrored, as pycaffe's."""
        if not self.oversample:
            return self(image)[np.newaxis]
        pixels = self._resized(image)
        window = self._window(pixels)
        spare_y, spare_x = pixels.shape[1] - window[0], pixels.shape[2] - window[1]
        places = [(y, x) for y in (0, spare_y) for x in (0, spare_x)]
        five = np.stack([self._at(pixels, *at) for at in [*places, (spare_y // 2, spare_x // 2)]])
        return np.concatenate([five, five[..., ::-1]])

    def placement(self, image: NDArray) -> Placement:
        """Where the picture lies in the centre crop."""
        height, width = image.shape[:2]
        inner = self.inner(height, width)
        padded = self.resize_mode == "FIT_LARGE_SIZE_AND_PAD" and self.resize is not None
        outer = self.resize if padded and self.resize is not None else inner
        window = self.crop or outer
        scale = inner[1] / width, inner[0] / height
        offset = [(outer[i] - inner[i]) // 2 - (outer[i] - window[i]) // 2 for i in (1, 0)]
        return Placement(scale, (offset[0], offset[1]), (height, width), window)

    def inner(self, height: int, width: int) -> tuple[int, int]:
        """The size that a picture itself is brought to."""
        if self.resize is None:
            return height, width
        size = self._resizer(self.resize).inner(height, width)
        if self.resize_mode != "FIT_SMALL_SIZE" or not 0 < self.longest < max(size):
            return size
        factor = self.longest / max(height, width)
        return max(1, round(height * factor)), max(1, round(width * factor))

    def _resizer(self, size: tuple[int, int]) -> Resize:
        param = pb.TransformationParameter()
        resize = param.resize_param.add(height=size[0], width=size[1], prob=1)
        resize.resize_mode = pb.ResizeParameter.Resize_mode.Value(self.resize_mode)
        resize.pad_mode = pb.ResizeParameter.Pad_mode.Value(self.pad_mode)
        resize.interp_mode.append(pb.ResizeParameter.Interp_mode.Value(self.interpolation))
        resize.pad_value.extend(self.pad_value)
        return Resize(param)

    def _resized(self, image: NDArray) -> NDArray:
        """(C, H', W') in the net's order of channels, of the type of the image."""
        pixels = channels_first(_channels(image, self.gray))
        height, width = pixels.shape[1:]
        if self.resize is not None:
            inner = self.inner(height, width)
            if self.resize_mode == "FIT_LARGE_SIZE_AND_PAD":
                resizer = self._resizer(self.resize)
            else:
                resizer = replace(self, resize_mode="WARP")._resizer(inner)
            if resizer.size != (height, width):
                rng = np.random.default_rng(0)  # nothing is left to chance
                pixels = resizer(Scene(pixels, no_boxes()), rng).pixels
        return pixels[::-1] if self.rgb and len(pixels) == 3 else pixels

    def _window(self, pixels: NDArray) -> tuple[int, int]:
        height, width = pixels.shape[1:]
        rows, columns = self.crop or (height, width)
        if rows > height or columns > width:
            raise ShapeError(
                f"an image of {height} x {width} is too small for a crop of {rows} x {columns}",
                "resize it to more, or crop less",
            )
        return rows, columns

    def _at(self, pixels: NDArray, y: int, x: int) -> NDArray[np.float32]:
        """The crop at row y and column x, without its mean and scaled."""
        rows, columns = self._window(pixels)
        part = pixels[:, y : y + rows, x : x + columns]
        mean = self._mean(pixels.shape, (y, x), (rows, columns))
        out = np.subtract(part, mean, dtype=np.float32)
        out *= np.float32(self.scale)
        return out

    def _mean(
        self, whole: tuple[int, ...], at: tuple[int, int], window: tuple[int, int]
    ) -> NDArray[np.float32]:
        """What is subtracted from the crop `window` at `at` of an image of the shape `whole`."""
        if self.mean is None:
            return np.zeros(1, np.float32)
        mean = np.asarray(self.mean, np.float32)
        if mean.ndim == 3 and mean.shape == whole:
            return mean[:, at[0] : at[0] + window[0], at[1] : at[1] + window[1]]
        if mean.ndim == 3 and mean.shape == (whole[0], *window):
            return mean
        if mean.ndim < 2 and mean.size in (1, whole[0]):
            return mean.reshape(-1, 1, 1)
        if mean.ndim < 2:
            raise ShapeError(
                f"{mean.size} values of the mean for {whole[0]} channels",
                "give one, or one for each",
            )
        raise ShapeError(
            f"the mean image is {mean.shape}, the picture {whole} after it was resized",
            f"resize to {mean.shape[1]} x {mean.shape[2]}, or give a value for each channel",
        )


def read_mean(path: str | os.PathLike) -> NDArray[np.float32]:
    """The mean in a .binaryproto, or a .npy of pycaffe's: (C, H, W) or (C)."""
    try:
        if Path(path).suffix == ".npy":
            mean = np.load(path, allow_pickle=False)
        else:
            mean = read_blob(Path(path))
    except (WeightsError, OSError, ValueError, EOFError, MemoryError) as error:
        raise DataError(
            f"the mean file {error}" if isinstance(error, WeightsError) else f"{path}: {error}",
            "give a .binaryproto, a .npy, or a value for each channel: B,G,R",
        ) from error
    if mean.ndim > 3:
        mean = mean.reshape(mean.shape[-3:])
    if mean.ndim not in (1, 3):
        raise DataError(f"the mean file {path} has shape {mean.shape}, not (C) or (C, H, W)")
    return mean.astype(np.float32)


def _found(name: str, root: Path) -> Path:
    """A mean file as given, or beside the file that names it, there by its last name too."""
    places = [Path(name), root / name, root / Path(name).name]
    for place in places:
        if place.is_file():
            return permit(place, None)
    raise DataError(
        f"there is no mean file '{name}' (tried {', '.join(dict.fromkeys(map(str, places)))})",
        "give --mean FILE or --mean B,G,R",
        field="transform_param.mean_file",
    )


def _channels(image: NDArray, gray: bool) -> NDArray:
    """(H, W, 3), or (H, W) if gray, of a picture with any number of channels."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        raise ShapeError(
            f"an image has the shape {image.shape}, not (H, W) or (H, W, 3)",
            "channels come last: image.transpose(1, 2, 0)",
        )
    if not image.size:
        raise ShapeError(f"an image is empty: its shape is {image.shape}")
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    if image.ndim == 2:
        return image if gray else np.repeat(image[..., np.newaxis], 3, axis=2)
    image = image[..., :3]
    if not gray:
        return image
    cv2 = opencv("turning images grey")
    return cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY)
