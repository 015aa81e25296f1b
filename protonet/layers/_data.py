"""What the layers share that read batches ahead: Data, ImageData, WindowData."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .. import budget
from ..core.blob import Blob
from ..core.layer import Blobs, Layer, between, exactly
from ..core.ranges import Range
from ..data.lookup import find_source
from ..data.prefetch import Batch, Pipeline, Prefetcher
from ..data.transformer import Transformer
from ..errors import DataError, ProtonetError, PrototxtError, ShapeError
from ..log import log
from ._unopened import Written, reshape_all, told_shapes

_MOVED = ("scale", "mean_file", "crop_size", "mirror")


class BatchLayer(Layer):
    """A data layer: sets up a pipeline, and copies its batches into the tops.

    A subclass names its parameter message and makes the pipeline.
    """

    bottoms = exactly(0)
    tops = between(1, 2)
    has_backward = False
    shared_out = True
    reshape_always = True  # a batch of one takes the shape of its item
    ranges: ClassVar = {"batch_size": Range(1, required=True)}
    _prefetcher: Prefetcher | Unopened
    ignored: tuple[str, ...] = _MOVED  # old places of what now stands in transform_param

    def make_pipeline(self, settings: Any, transformer: Transformer) -> Pipeline:
        """The pipeline; its first batch is not made yet."""
        raise NotImplementedError

    def make_transformer(self, settings: Any, seed: np.random.SeedSequence) -> Transformer:
        """What is done to the pixels."""
        return Transformer(
            self.param.transform_param, self.phase, self.dtype, seed, self._find_mean
        )

    def first_shapes(self, pipeline: Any) -> list[tuple[int, ...]]:
        """Shapes of all tops: (N, C, H, W), (N)."""
        shape = pipeline.first_shape()
        return [shape, shape[:1]]

    def written_others(self, images: Written) -> list[Written]:
        """Shapes of the tops behind the images, whose shape is given: as `written_shape`."""
        return [images[:1]]

    @property
    def field(self) -> str:
        """Name of the type's own message."""
        return self.messages[0]

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = getattr(self.param, self.field)
        for name in self.ignored:
            if settings.HasField(name):
                hint = "put it into transform_param" if name in _MOVED else "Caffe skips it too"
                log.warning(
                    "layer '%s': %s in %s has no effect: %s", self.name, name, self.field, hint
                )
        self.batch_size = int(settings.batch_size)
        #: Of the order of the records, which workers share; and of what is drawn for each of them.
        _, self.seed_order = self._seed.spawn(2)
        seed_transform, self.seed_draws = self._own_seed.spawn(2)
        try:
            if not self.context.open_data and self.param.top[0] in self.context.shapes:
                raise DataError("its data were not opened, since its shape is given")
            shapes = self._open(settings, seed_transform, len(top))
        except ProtonetError as error:
            # An extra that is missing is no kind of its own.
            if self.context.open_data or type(error) not in (DataError, ProtonetError):
                raise
            self._prefetcher = Unopened(error)
            shapes = self._told(settings, error)
        reshape_all(top, shapes)

    def _open(
        self, settings: Any, seed: np.random.SeedSequence, tops: int
    ) -> list[tuple[int, ...]]:
        """Make pipeline and prefetcher; the tops' shapes in the first batch."""
        pipeline = self.make_pipeline(settings, self.make_transformer(settings, seed))
        self.records = pipeline.records
        # For all of them in data_param, as in Caffe.
        self.batches_ahead = int(self.param.data_param.prefetch)
        self._prefetcher = Prefetcher(pipeline, self.batches_ahead, tops, self.dtype)
        shapes = self.first_shapes(pipeline)
        if not self.context.partial:
            self._refuse_too_many(sum(map(prod, shapes)) * np.dtype(self.dtype).itemsize)
        return shapes

    def _refuse_too_many(self, size: int) -> None:
        """PrototxtError if the batches that are made ahead, of so many bytes each, take more
        than there is."""
        total = self.batches_ahead * size
        try:
            what = f"{self.batches_ahead:,} batches ahead, {total / 2**30:,.1f} GiB,"
            budget.refuse("memory", total, what, PrototxtError, "make prefetch or batch_size less")
        except PrototxtError as error:
            error.field = "data_param.prefetch"
            raise

    def _told(self, settings: Any, error: ProtonetError) -> list[tuple[int, ...]]:
        """The tops' shapes without the data."""
        images = self.param.top[0]
        shape = self.context.shapes.get(images, self.written_shape(settings))
        written = [shape, *self.written_others(shape)]
        shapes = told_shapes(self, written, error, self.assumed())
        if len(shapes[0]) != 4:
            raise ShapeError(
                f"the shape {shapes[0]} was given for '{images}'",
                f"the type gives four axes: --shape {images}=N,C,H,W",
            )
        return shapes

    def written_shape(self, settings: Any) -> Written:
        """The shape of a batch as far as the definition tells it."""
        transform = self.param.transform_param
        size, means = transform.crop_size, len(transform.mean_value)
        channels = 1 if transform.force_gray else means if means > 1 else 3
        return (self.batch_size, channels, size or "H", size or "W")

    def assumed(self) -> str:
        """What of `written_shape` is usual, but not written; "" if nothing is."""
        return ""

    def find(self, name: str) -> Path:
        """The path of what a field of the layer's own message names."""
        source = getattr(getattr(self.param, self.field), name)
        return find_source(source, self.context.root, f"{self.field}.{name}", self.context.confine)

    def _find_mean(self, name: str) -> Path:
        root, confine = self.context.root, self.context.confine
        return find_source(name, root, "transform_param.mean_file", confine)

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


class Unopened:
    """In place of a prefetcher whose source is missing."""

    def __init__(self, error: ProtonetError) -> None:
        self._error = error

    def get(self) -> Batch:
        raise self._error

    def done(self, batch: Batch) -> None: ...

    def state(self) -> dict[str, Any]:
        return {}

    def set_state(self, state: dict[str, Any]) -> None: ...

    def close(self) -> None: ...


def _copy(made: Blob, top: Blob) -> None:
    if top.shape != made.shape:
        top.reshape(*made.shape)
    np.copyto(top.data, made.data)
