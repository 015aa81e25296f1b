"""WindowData: windows of images, as R-CNN is trained with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..core.registry import register
from ..data.images import opencv
from ..data.transformer import Transformer
from ..data.windows import WindowSampler, WindowSettings, read_window_file
from ..log import log
from ..proto.octets import file_name
from ._data import BatchLayer


@register
class WindowData(BatchLayer):
    """Draws windows at random from those that a window file lists.

    no bottom -> top[0] (N, 3, crop_size, crop_size), top[1] (N) the classes.
    Background windows come first, then floor(N fg_fraction) foreground ones.

    window_data_param: source, root_folder, batch_size, fg_fraction; fg_threshold and
    bg_threshold, the overlap with an object that makes a window one or the other; crop_mode,
    "warp" or "square"; context_pad, pixels around the window in the crop; cache_images;
    scale.  transform_param: crop_size (needed), mirror, mean_file or mean_value.
    Where a window reaches beyond its image the values are 0.
    Needs the package opencv-python-headless.
    """

    type = "WindowData"
    messages = ("window_data_param", "transform_param", "data_param")
    ignored = ("mean_file", "crop_size", "mirror")

    def make_pipeline(self, settings: Any, transformer: Transformer) -> WindowSampler:
        crop = transformer.crop
        if not crop:
            raise self.fault(
                "crop_size is missing",
                "add crop_size to transform_param",
                "transform_param.crop_size",
            )
        if settings.crop_mode not in ("warp", "square"):
            raise self.fault(
                f"unknown crop_mode '{settings.crop_mode}'", "choose warp or square", "crop_mode"
            )
        if 2 * settings.context_pad >= crop:
            raise self.fault(
                f"context_pad {settings.context_pad} leaves nothing of crop_size {crop}",
                "choose less than half",
                "context_pad",
            )
        if not 0 <= settings.fg_fraction <= 1:
            raise self.fault(
                f"fg_fraction {settings.fg_fraction:g} is not between 0 and 1", field="fg_fraction"
            )
        if self.param.transform_param.HasField("scale"):
            log.warning(
                "layer '%s': scale in transform_param has no effect: put it into window_data_param",
                self.name,
            )
        file = read_window_file(self.find("source"), settings.fg_threshold, settings.bg_threshold)
        opencv("reading images")
        wanted = WindowSettings(
            self.batch_size,
            crop,
            settings.fg_fraction,
            settings.context_pad,
            settings.crop_mode == "square",
            transformer.mirror,
            settings.scale,
            transformer.window_mean(),
            settings.cache_images,
            settings.root_folder,
        )
        paths = [self._place(file_name(settings.root_folder) + name) for name in file.images]
        return WindowSampler(file, paths, wanted, self.seed_draws)

    def _place(self, name: str) -> Path:
        """As given, or beside the model file."""
        beside = self.context.root / name
        place = beside if not Path(name).exists() and beside.exists() else Path(name)
        return self.context.permit(place)
