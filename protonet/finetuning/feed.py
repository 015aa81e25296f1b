"""Feed: how pictures come to the net, as the data layers of a fine-tuning say it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError
from ..prediction.preprocess import read_mean
from ..prediction.transform import Transform
from ..proto import caffe_pb2 as pb
from .examples import Examples

#: Fields that are set here, by what the net takes.
_OWN = ("crop_size", "crop_h", "crop_w", "force_color", "force_gray", "resize_param", "mirror")
#: Those that make red, green, blue of pictures, which no data layer of Caffe's does.
_RGB = ("bgr2rgb", "cvt_bgr2rgb")


@dataclass
class Feed:
    """transform: of both phases, without what only training has.  size: (height, width) that
    pictures are resized to.  mirror: whether training mirrors them at random."""

    transform: pb.TransformationParameter
    size: tuple[int, int]
    color: bool
    mirror: bool

    def layer(
        self,
        examples: Examples,
        phase: str,
        tops: Sequence[str],
        batch: int,
        source: str,
        root: str,
    ) -> pb.LayerParameter:
        """A data layer.  source: a list, or a store.  root: what stands before names in a list."""
        made = pb.LayerParameter(name=tops[0], type="ImageData", top=tops)
        made.include.add().phase = pb.Phase.Value(phase)
        made.transform_param.CopyFrom(self.transform)
        if phase == "TRAIN" and self.mirror:
            made.transform_param.mirror = True
        if examples.store:
            made.type = "Data"
            made.data_param.source, made.data_param.batch_size = source, batch
            made.data_param.backend = pb.DataParameter.DB.Value(examples.store)
            return made
        images = made.image_data_param
        images.source, images.root_folder, images.batch_size = source, root, batch
        if phase == "TRAIN":
            images.shuffle = True
        images.new_height, images.new_width = self.size
        if not self.color:
            images.is_color = False
        return made


def feed(
    examples: Examples,
    shape: tuple[int, int, int],
    told: Transform,
    resize: tuple[int, int] | None = None,
    mirror: bool = False,
) -> Feed:
    """What brings examples to a net that takes (C, H, W) = shape.

    told: how pictures were prepared when the weights were learnt.  resize: to this size before a
    crop.  DataError where sizes do not fit.
    """
    channels, height, width = shape
    if channels not in (1, 3):
        what = f"the net takes {channels} channels, pictures have 1 or 3"
        raise DataError(what, "fine-tune it with data layers of your own")
    param = pb.TransformationParameter()
    param.CopyFrom(told.param)
    size = _size(examples, (height, width), told, resize)
    if channels == 3 and not examples.store and any(getattr(param, name) for name in _RGB):
        raise DataError(
            "the net takes red, green, blue, and Caffe's data layers give blue, green, red",
            "put pictures with their channels turned into an LMDB, and give that as DATA",
        )
    for name in (*_OWN, *_RGB):
        param.ClearField(name)
    if param.HasField("mean_file"):
        param.mean_file = absolute(_mean_path(told))
    if size[0] < height or size[1] < width:
        hint = "make them larger with protonet convert-imageset --resize-height --resize-width"
        what = f"pictures of {size[0]} x {size[1]} are too small for the net's {height} x {width}"
        raise DataError(what, hint if examples.store else "give a larger --resize")
    if size != (height, width) and height != width:
        what = f"the net takes {height} x {width}, and crop_size cuts squares alone"
        raise DataError(what, f"resize to just that: --resize {height},{width}")
    if height == width:
        param.crop_size = height
    color = channels == 3
    if examples.store:
        _set_channels(param, examples, channels)
    return Feed(param, size, color, mirror or told.param.mirror)


def _size(
    examples: Examples,
    inner: tuple[int, int],
    told: Transform,
    resize: tuple[int, int] | None,
) -> tuple[int, int]:
    if examples.store:
        if resize is not None:
            raise DataError(
                "a Data layer does not resize: --resize is for pictures",
                "resize them on the way into the store: protonet convert-imageset",
            )
        assert examples.shape is not None
        return examples.shape[1:]
    if resize is not None:
        return resize
    if told.param.HasField("mean_file"):
        mean = read_mean(_mean_path(told))
        if mean.ndim == 3:
            return mean.shape[1], mean.shape[2]
    if len(told.param.resize_param) == 1 and told.param.resize_param[0].height:
        return told.param.resize_param[0].height, told.param.resize_param[0].width
    return inner


def _set_channels(param: pb.TransformationParameter, examples: Examples, channels: int) -> None:
    assert examples.shape is not None
    if examples.encoded:
        param.force_color, param.force_gray = channels == 3, channels == 1
        for name in ("force_color", "force_gray"):
            if not getattr(param, name):
                param.ClearField(name)
    elif examples.shape[0] != channels:
        raise DataError(
            f"the records of '{examples.root}' have {examples.shape[0]} channels, the net takes "
            f"{channels}",
            "convert them anew: protonet convert-imageset, with --gray or without",
        )


def _mean_path(told: Transform) -> Path:
    name = told.param.mean_file
    for place in (Path(name), told.root / name, told.root / Path(name).name):
        if place.is_file():
            return place
    raise DataError(f"there is no mean file '{name}'", "give it: --mean FILE or --mean B,G,R")


def absolute(path: Path) -> str:
    """The path as it is found from any folder: names in a net are looked for in the current one
    first, where others of the same name may lie."""
    return Path(os.path.abspath(path)).as_posix()
