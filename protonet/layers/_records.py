"""What the layers share that read the records of a store: Data, AnnotatedData."""

from __future__ import annotations

from typing import Any, ClassVar

from ..core.context import TEST
from ..data.sources import Source, open_source
from ..data.sources.shuffled import ShuffledSource
from ..proto import caffe_pb2 as pb
from ._data import BatchLayer


class RecordLayer(BatchLayer):
    """A layer with data_param: source, backend and shuffle."""

    ignored = (*BatchLayer.ignored, "rand_skip")
    serves: ClassVar[frozenset[str]] = frozenset({"DataParameter.shuffle"})

    def open_store(self, settings: Any) -> Source:
        """In TRAIN workers get a share of the records each, in TEST all get all."""
        backend = pb.DataParameter.DB.Name(settings.backend)
        rank, size = (0, 1) if self.phase == TEST else (self.context.rank, self.context.size)
        path = self.find("source")
        if settings.shuffle:
            (seed,) = self.seed_order.spawn(1)
            return ShuffledSource(open_source(path, backend), seed, rank, size)
        return open_source(path, backend, rank=rank, size=size)
