"""VideoData: frames of videos, in the three meanings that forks gave the name."""

from __future__ import annotations

from typing import NoReturn

from ...core.layer import Blobs, Layer, between, exactly
from ...core.registry import register
from ...errors import DataError
from .._unopened import Written, reshape_all, told_shapes

_TSN = ("num_segments", "modality", "name_pattern", "encoded", "grayscale")
_C3D = (
    "use_image use_temporal_jitter sampling_rate max_sampling_rate use_sampling_rate_jitter "
    "use_multiple_label num_of_labels show_data"
)


@register
class VideoData(Layer):
    """Stands for frames of videos, for nets that are looked at; it reads none.

    no bottom -> top[0] the frames, top[1] (N) the labels, if it is there.  By the fork whose
    fields video_data_param has (or --fork):

        ssd      a camera or a file (video_type, device_id, video_file): (N, C, H, W), with
                 batch_size in data_param; H, W by resize_param or crop_size of transform_param
        yjxiong  TSN's segments (source, num_segments, modality): (N, S L c, H, W), S
                 num_segments (1), L new_length (1), c = 3 for RGB and 2 for FLOW (the default)
        c3d-1.1  clips (source, sampling_rate, use_image): (N, C, L, H, W), L new_length

    The last two have batch_size, crop_size, new_height and new_width in video_data_param, and
    crop_size also in transform_param.  A size that the definition does not tell is given
    by --shape, as is the whole shape where the fork cannot be told.
    """

    type = "VideoData"
    forks = ("ssd", "yjxiong", "c3d-1.1", "openvino", "intel", "synopsys", "nvidia")
    messages = ("video_data_param", "data_param", "transform_param")
    bottoms = exactly(0)
    tops = between(1, 2)
    has_backward = False
    serves = frozenset(
        f"TransformationParameter.{name}"
        for name in (
            *("resize_param", "distort_param", "expand_param", "emit_constraint", "noise_param"),
            *("fix_crop", "more_fix_crop", "multi_scale", "is_flow", "max_distort"),
            *("scale_ratios", "original_image", "stride"),
            *("upper_height", "upper_size", "upper_width", "crop_h", "crop_w"),
        )
    )

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._error = DataError(
            "videos are not read here", "feed the frames through an Input or HDF5Data layer"
        )
        shape = self._frames()
        reshape_all(top, told_shapes(self, [shape, shape[:1]], self._error))

    @property
    def fork(self) -> str:
        """Whose layer it is; "" if that is not known."""
        settings = self.param.video_data_param
        given = {field.name for field, _ in settings.ListFields()}
        if self.context.fork in ("ssd", "yjxiong", "c3d-1.1"):
            return self.context.fork
        if given & {*_TSN}:
            return "yjxiong"
        if given & {*_C3D.split()}:
            return "c3d-1.1"
        return "" if "source" in given else "ssd"

    def _frames(self) -> Written:
        settings, transform = self.param.video_data_param, self.param.transform_param
        crop = transform.crop_size or settings.crop_size
        size: Written = (settings.new_height or "H", settings.new_width or "W")
        if crop:
            size = (crop, crop)
        batch = settings.batch_size or "N"
        length = settings.new_length or 1
        if self.fork == "yjxiong":
            rgb = settings.modality == settings.RGB
            channels = 1 if settings.grayscale else 3 if rgb else 2
            return (batch, settings.num_segments * length * channels, *size)
        if self.fork == "c3d-1.1":
            return (batch, 3 if settings.is_color else 1, settings.new_length or "L", *size)
        if self.fork == "":
            return (batch, "...")
        if transform.resize_param and not crop:
            resize = transform.resize_param[0]
            size = (resize.height or "H", resize.width or "W")
        channels = 1 if transform.force_gray else 3
        return (self.param.data_param.batch_size or "N", channels, *size)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the shapes are known from setup."""

    def forward(self, bottom: Blobs, top: Blobs) -> NoReturn:
        raise DataError(self._error.what, self._error.hint)
