"""ImageData: images and labels from files named in a list."""

from __future__ import annotations

from typing import Any

from ..core.registry import register
from ..data.image_list import ImageList, read_image_list
from ..data.images import opencv
from ..data.transformer import Transformer
from ..proto.octets import file_name
from ._list import ListLayer
from ._unopened import Written


@register
class ImageData(ListLayer):
    """Reads image files in the order of a list, or shuffled anew in each pass.

    no bottom -> top[0] (N, C, H, W) the images, blue, green, red; top[1] (N) the labels.
    N = batch_size; C = 3, or 1 without is_color; H = W = crop_size, or new_height and
    new_width, or the size of the batch's first image.

    image_data_param: source, a text file with a name and a label a line (names may contain
    spaces); root_folder, put in front of the names as it is; batch_size, shuffle, rand_skip,
    new_height, new_width, is_color.  transform_param: as in Data.
    Needs the package opencv-python-headless.

    Unlike Caffe's, several workers share one list, each its part of it.
    """

    type = "ImageData"
    messages = ("image_data_param", "transform_param", "data_param")

    def written_shape(self, settings: Any) -> Written:
        crop = self.param.transform_param.crop_size
        size = (crop, crop) if crop else (settings.new_height or "H", settings.new_width or "W")
        return (self.batch_size, 3 if settings.is_color else 1, *size)

    def make_pipeline(self, settings: Any, transformer: Transformer) -> ImageList:
        shape = self.new_size(settings)
        source = self.find("source")
        items = read_image_list(source)
        opencv("reading images")
        order = self.order(settings, len(items))
        return ImageList(
            source,
            items,
            order,
            transformer,
            self.batch_size,
            folder=file_name(settings.root_folder),
            root=self.context.root,
            confine=self.context.confine,
            size=shape,
            color=settings.is_color,
        )
