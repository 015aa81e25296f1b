"""ImageData: images and labels from files named in a list."""

from __future__ import annotations

from typing import Any

from ..core.context import TEST
from ..core.registry import register
from ..data.image_list import ImageList, read_image_list
from ..data.images import opencv
from ..data.order import Order, make_rng
from ..data.transformer import Transformer
from ..errors import DataError
from ..proto.octets import file_name
from ._data import BatchLayer
from ._unopened import Written


@register
class ImageData(BatchLayer):
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
        if bool(settings.new_height) != bool(settings.new_width):
            raise self.fault(
                "only one of new_height and new_width is given", "give both or none", "new_height"
            )
        source = self.find("source")
        items = read_image_list(source)
        opencv("reading images")
        seed_shuffle, seed_skip = self.seed_order.spawn(2)
        rank, size = (0, 1) if self.phase == TEST else (self.context.rank, self.context.size)
        order = Order(len(items), make_rng(seed_shuffle) if settings.shuffle else None, rank, size)
        if settings.rand_skip:
            skip = int(make_rng(seed_skip).integers(settings.rand_skip))
            if skip >= len(items):
                raise DataError(
                    f"rand_skip leaves out {skip} of {len(items)} images",
                    "choose a smaller one",
                    field="image_data_param.rand_skip",
                )
            order.skip(skip)
        shape = (settings.new_height, settings.new_width) if settings.new_height else None
        return ImageList(
            source,
            items,
            order,
            transformer,
            self.batch_size,
            folder=file_name(settings.root_folder),
            root=self.context.root,
            size=shape,
            color=settings.is_color,
        )
