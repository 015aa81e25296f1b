"""Data: images and labels from a database."""

from __future__ import annotations

from typing import Any

from ..core.registry import register
from ..data.records import RecordPipeline
from ..data.transformer import Transformer
from ._records import RecordLayer


@register
class Data(RecordLayer):
    """Reads datums from an LMDB or a LevelDB in the order of their keys, round and round.

    no bottom -> top[0] (N, C, H, W) the images, top[1] (N) the labels, if it is there.
    N = batch_size; C, H, W as the first item of the batch has them, H = W = crop_size if set.

    data_param: source, batch_size, backend (LMDB, or LEVELDB as the default), prefetch (how
    many batches are made ahead); shuffle (forks yjxiong, intel and nvidia): in a random order,
    another one in each pass.  transform_param: crop_size, mirror, mean_file or
    mean_value, scale; force_color, force_gray for encoded images.
    A source is looked for as given, beside the model file and in the user's cache.

    With several workers each gets its share of the records, in TEST all get all.
    """

    type = "Data"
    messages = ("data_param", "transform_param")

    def make_pipeline(self, settings: Any, transformer: Transformer) -> RecordPipeline:
        return RecordPipeline(self.open_store(settings), transformer, self.batch_size)

    def assumed(self) -> str:
        transform = self.param.transform_param
        told = transform.force_gray or transform.force_color or len(transform.mean_value) > 1
        return "" if told else "3 channels are assumed"
