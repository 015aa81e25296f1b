"""What the layers share that read batches ahead: Data, ImageData, WindowData."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..core.blob import Blob
from ..core.layer import Blobs, Layer, between, exactly
from ..data.lookup import find_source
from ..data.prefetch import Pipeline, Prefetcher
from ..data.transformer import Transformer
from ..errors import NetError
from ..log import log

_MOVED = ("scale", "mean_file", "crop_size", "mirror")


class BatchLayer(Layer):
    """A data layer: sets up a pipeline, and copies its batches into the tops.

    A subclass names its parameter message in `field`, and makes the pipeline.
    """

    bottoms = exactly(0)
    tops = between(1, 2)
    has_backward = False
    reshape_always = True  # a batch of one takes the shape of its item
    field = ""
    ignored: tuple[str, ...] = _MOVED  # old places of what now stands in transform_param

    def make_pipeline(self, settings: Any, transformer: Transformer) -> Pipeline:
        """The pipeline; its first batch is not made yet."""
        raise NotImplementedError

    def first_shape(self, pipeline: Any) -> tuple[int, ...]:
        """Shape of the first top: (N, C, H, W)."""
        return pipeline.first_shape()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = getattr(self.param, self.field)
        if settings.batch_size < 1:
            raise NetError("batch_size is missing", f"add batch_size to {self.field}",
                           field=f"{self.field}.batch_size")
        for name in self.ignored:
            if settings.HasField(name):
                log.warning("layer '%s': %s in %s has no effect: put it into transform_param",
                            self.name, name, self.field)
        self.batch_size = int(settings.batch_size)
        seed_transform, self.seed_order = self._seed.spawn(2)
        transformer = Transformer(self.param.transform_param, self.phase, self.dtype,
                                  seed_transform, self._find_mean)
        pipeline = self.make_pipeline(settings, transformer)
        depth = self.param.data_param.prefetch  # for all of them there, as in Caffe
        self._prefetcher = Prefetcher(pipeline, depth, len(top), self.dtype)
        self._shape(top, self.first_shape(pipeline))

    def _shape(self, top: Blobs, shape: tuple[int, ...]) -> None:
        for blob, size in zip(top, (shape, shape[:1])):
            blob.reshape(*size)

    def find(self, name: str) -> Path:
        """The path of what a field of the layer's own message names."""
        source = getattr(getattr(self.param, self.field), name)
        return find_source(source, self.context.root, f"{self.field}.{name}")

    def _find_mean(self, name: str) -> Path:
        return find_source(name, self.context.root, "transform_param.mean_file")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the first shape is known from setup, each batch brings its own."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        batch = self._prefetcher.get()
        for blob, made in zip(top, batch.blobs):
            _copy(made, blob)
        self._prefetcher.done(batch)

    def state(self) -> dict[str, Any]:
        """Where the layer stands in its stream, for a snapshot: plain values."""
        return self._prefetcher.state()

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there: the next batch is the one after `state` was taken."""
        self._prefetcher.set_state(state)

    def close(self) -> None:
        """End the thread and close the source."""
        self._prefetcher.close()


def _copy(made: Blob, top: Blob) -> None:
    if top.shape != made.shape:
        top.reshape(*made.shape)
    np.copyto(top.data, made.data)
