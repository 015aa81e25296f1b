"""RecordPipeline: a source of datums and a transformer, as batches."""

from __future__ import annotations

from collections.abc import Sequence
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

    @property
    def records(self) -> int | None:
        return self._source.records

    def first_shape(self) -> tuple[int, ...]:
        """Shape of the first batch."""
        return (self._size, *self._load(self._source.peek())[2])

    def _load(
        self, record: Record, like: tuple[int, ...] | None = None
    ) -> tuple[NDArray, int, tuple[int, ...]]:
        """Pixels, label, and the shape the pixels will have; that must be `like`, if given."""
        try:
            datum = self._reader.read(record.value)
            pixels = self._transformer.pixels(datum)
            shape = self._transformer.shape(pixels.shape)
            check_alike(shape, like or shape)
        except ProtonetError as error:
            error.what = f"record {show_key(record.key)} of '{self._source.path}': {error.what}"
            raise
        return pixels, datum.label, shape

    def fill(self, batch: Batch) -> None:
        records = [self._source.read() for _ in range(self._size)]
        first, label, shape = self._load(records[0])
        images: Sequence[NDArray] | NDArray
        labels: Sequence[int] | NDArray
        alike = self._reader.read_alike([record.value for record in records])
        if alike is not None:
            images, labels = alike
        else:
            rest = [self._load(record, shape) for record in records[1:]]
            images = [first, *(pixels for pixels, _, _ in rest)]
            labels = [label, *(label for _, label, _ in rest)]
        data, *others = batch.blobs
        data.reshape(self._size, *shape)
        self._transformer(images, data.data)
        for blob in others:
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
