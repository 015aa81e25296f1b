"""What the layers share that read images with a label for each pixel from files in a list."""

from __future__ import annotations

from typing import Any

from ...data.images import opencv
from ...data.pairs import PairList, Settings, read_pair_list
from ...data.transformer import Transformer
from ...proto.octets import file_name
from .._list import ListLayer
from .._unopened import Written


class PairLayer(ListLayer):
    """A layer of such pairs; a subclass names the pipeline that reads them."""

    pairs: type[PairList]
    words = 2  # in a line of the list

    def make_pipeline(self, settings: Any, transformer: Transformer) -> PairList:
        opencv("reading images")
        size = self.new_size(settings)
        source = self.find("source")
        items = read_pair_list(source, self.words)
        order = self.order(settings, len(items))
        folder = file_name(settings.root_folder)
        root, confine = self.context.root, self.context.confine
        read = Settings(folder, root, size, settings.is_color, confine)
        *_, seed = self.seed_draws.spawn(3)  # the places of two are the order's
        return self.pairs(source, items, order, transformer, self.batch_size, read, seed)

    def first_shapes(self, pipeline: PairList) -> list[tuple[int, ...]]:
        return pipeline.first_shapes()

    def crop_of(self, settings: Any) -> tuple[int, int] | None:
        """(height, width) of the crop, as the definition tells it."""
        transform = self.param.transform_param
        return (transform.crop_size, transform.crop_size) if transform.crop_size else None

    def written_shape(self, settings: Any) -> Written:
        height, width = self.crop_of(settings) or (settings.new_height, settings.new_width)
        return (self.batch_size, 3 if settings.is_color else 1, height or "H", width or "W")

    def written_others(self, images: Written) -> list[Written]:
        return [(images[0], 1, *images[2:]), (images[0], 1, 1, 2)]
