"""RecordPipeline: a source of datums and a transformer, as batches."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ..errors import ProtonetError
from .datum import DatumReader
from .prefetch import Batch
from .sources import Record, Source
from .sources.base import show_key
from .transformer import Transformer, check_alike


class RecordPipeline:
    """Makes batches of `batch_size` from the records of a source, in their order."""

    def __init__(self, source: Source, transformer: Transformer, batch_size: int) -> None:
        self._source, self._transformer, self._size = source, transformer, batch_size
        self._reader = DatumReader()

    def first_shape(self) -> tuple[int, ...]:
        """Shape of the first batch."""
        return (self._size, *self._load(self._source.peek())[2])

    def _load(self, record: Record) -> tuple[NDArray, int, tuple[int, int, int]]:
        """Pixels, label, and the shape the pixels will have."""
        try:
            datum = self._reader.read(record.value)
            pixels = self._transformer.pixels(datum)
            return pixels, datum.label, self._transformer.shape(pixels.shape)
        except ProtonetError as error:
            self._blame(error, record)
            raise

    def _blame(self, error: ProtonetError, record: Record) -> None:
        error.what = f"record {show_key(record.key)} of '{self._source.path}': {error.what}"

    def fill(self, batch: Batch) -> None:
        images: list[NDArray] = []
        labels: list[int] = []
        wanted: tuple[int, ...] = ()
        for _ in range(self._size):
            record = self._source.read()
            pixels, label, shape = self._load(record)
            wanted = wanted or shape
            try:
                check_alike(shape, wanted)
            except ProtonetError as error:
                self._blame(error, record)
                raise
            images.append(pixels)
            labels.append(label)
        data, *rest = batch.blobs
        data.reshape(self._size, *wanted)
        self._transformer(images, data.data)
        for blob in rest:
            blob.reshape(self._size)
            blob.data[:] = labels

    def state(self) -> dict[str, Any]:
        return {"source": self._source.state(), "transformer": self._transformer.state()}

    def set_state(self, state: dict[str, Any]) -> None:
        self._source.set_state(state["source"])
        self._transformer.set_state(state["transformer"])

    def reopen(self) -> None:
        self._source.reopen()

    def close(self) -> None:
        self._source.close()
