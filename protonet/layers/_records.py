"""What the layers share that read the records of a store: Data, AnnotatedData."""

from __future__ import annotations

from typing import Any, ClassVar

from ..data.sources import Source, open_source
from ..data.sources.shuffled import ShuffledSource
from ..proto import caffe_pb2 as pb
from ._data import BatchLayer


class RecordLayer(BatchLayer):
    """A layer with data_param: source, backend and shuffle."""

    ignored = (*BatchLayer.ignored, "rand_skip")
    serves: ClassVar[frozenset[str]] = frozenset({"DataParameter.shuffle"})

    def open_store(self, settings: Any) -> Source:
        """The source, of which each of several workers gets its share."""
        backend = pb.DataParameter.DB.Name(settings.backend)
        rank, size, block = self.context.share(self.batch_size)
        path = self.find("source")
        if settings.shuffle:
            (seed,) = self.seed_order.spawn(1)
            source: Source = ShuffledSource(open_source(path, backend), seed, rank, size)
        else:
            source = open_source(path, backend, rank=rank, size=size)
        source.block = block
        return source
