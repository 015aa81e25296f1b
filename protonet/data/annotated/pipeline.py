"""AnnotatedPipeline: records with boxes, step by step to batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtonetError, ShapeError
from ...proto import caffe_pb2 as pb
from ..datum import DatumReader
from ..order import make_rng, rng_state, set_rng_state
from ..prefetch import Batch
from ..sources import Record, Source
from ..sources.base import show_key
from ..transformer import Cut, Transformer, check_alike
from .distort import Distort, Expand
from .resize import Resize
from .sample import Samplers
from .scene import Scene, emitted, mirrored, no_boxes, read_record, seen_from

Step = Callable[[Scene, np.random.Generator], Scene]
#: A row of the labels: the image's place in its batch, then the box.
ROW = 8


class AnnotatedPipeline:
    """Makes batches of `batch_size`: images (N, C, H, W), and their boxes (1, 1, G, 8).

    param: the transform_param.  settings: the annotated_data_param.  seed: of the steps'
    random stream; crop and mirror are drawn from the transformer's own.
    """

    def __init__(
        self,
        source: Source,
        transformer: Transformer,
        batch_size: int,
        param: pb.TransformationParameter,
        settings: pb.AnnotatedDataParameter,
        seed: np.random.SeedSequence,
    ) -> None:
        self._source, self._transformer, self._size = source, transformer, batch_size
        self._reader, self._rng = DatumReader(), make_rng(seed)
        self._constraint = param.emit_constraint if param.HasField("emit_constraint") else None
        samplers = Samplers(settings, self._constraint)
        self._resize = Resize(param) if param.resize_param else None
        self._steps: list[Step] = []
        if param.HasField("distort_param"):
            self._steps.append(Distort(param))
        if param.HasField("expand_param"):
            self._steps.append(Expand(param))
        if samplers:
            self._steps.append(samplers)
        record = self._source.peek()
        with _at(record, source):
            first = read_record(record.value, self._reader)
        self.has_boxes = settings.HasField("anno_type") or first.boxes is not None
        self.stays_raw = self._resize is not None and not first.datum.encoded

    def first_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the first batch; of its labels those of the first record alone."""
        record = self._source.peek()
        with _at(record, self._source):
            read = read_record(record.value, self._reader)
            shape = self._transformer.pixels(read.datum).shape
            if self._resize is not None and read.datum.encoded:
                shape = self._resize.shape(shape)
            shape = self._transformer.shape(shape)
        count = 0 if read.boxes is None else len(read.boxes)
        labels = (1, 1, max(count, 1), ROW) if self.has_boxes else (self._size,)
        return [(self._size, *shape), labels]

    def _load(self, record: Record) -> tuple[Scene, int]:
        """The scene after all steps but the transformer's, and the image's plain label."""
        with _at(record, self._source):
            read = read_record(record.value, self._reader)
            boxes = no_boxes() if read.boxes is None else read.boxes
            scene = Scene(self._transformer.pixels(read.datum), boxes, read.datum.encoded)
            for step in self._steps:
                scene = step(scene, self._rng)
            if self._resize is not None and scene.encoded:
                scene = self._resize(scene, self._rng)
        return scene, read.datum.label

    @property
    def records(self) -> int | None:
        return self._source.records

    def fill(self, batch: Batch) -> None:
        records = [self._source.read() for _ in range(self._size)]
        scenes, labels = zip(*map(self._load, records))
        shape = self._transformer.shape(scenes[0].pixels.shape)
        for record, scene in zip(records, scenes):
            with _at(record, self._source):
                check_alike(self._transformer.shape(scene.pixels.shape), shape)
        data, *others = batch.blobs
        data.reshape(self._size, *shape)
        cuts = self._transformer.cuts([scene.pixels for scene in scenes], shape[1:])
        for scene, cut, made in zip(scenes, cuts, data.data):
            self._transformer.write(scene.pixels, cut, made)
        for blob in others:
            self._write_labels(blob, scenes, labels, cuts, shape)

    def _write_labels(
        self,
        blob: Any,
        scenes: Sequence[Scene],
        labels: Sequence[int],
        cuts: Sequence[Cut],
        shape: tuple[int, ...],
    ) -> None:
        if not self.has_boxes:
            blob.reshape(self._size)
            blob.data[:] = labels
            return
        boxes = [self._seen(scene, cut, shape) for scene, cut in zip(scenes, cuts)]
        count = sum(map(len, boxes))
        blob.reshape(1, 1, max(count, 1), ROW)
        rows = blob.data[0, 0]
        if count:
            rows[:, 0] = np.repeat(np.arange(len(boxes)), list(map(len, boxes)))
            rows[:, 1:] = np.concatenate(boxes)
        else:
            rows[...] = -1

    def _seen(self, scene: Scene, cut: Cut, shape: tuple[int, ...]) -> NDArray:
        """The boxes in fractions of what was cut out."""
        _, h, w = scene.pixels.shape
        corners = [cut.x / w, cut.y / h, (cut.x + shape[2]) / w, (cut.y + shape[1]) / h]
        frame = np.array(corners, np.float32)
        boxes = scene.boxes
        if self._constraint is not None:
            boxes = emitted(boxes, frame, self._constraint)
        boxes = seen_from(boxes, frame)
        return mirrored(boxes) if cut.flip else boxes

    def state(self) -> dict[str, Any]:
        return {
            "source": self._source.state(),
            "transformer": self._transformer.state(),
            "steps": rng_state(self._rng),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        self._source.set_state(state["source"])
        self._transformer.set_state(state["transformer"])
        set_rng_state(self._rng, state["steps"])

    def reopen(self) -> None:
        self._source.reopen()

    def close(self) -> None:
        self._source.close()


@contextmanager
def _at(record: Record, source: Source) -> Iterator[None]:
    """Errors within it name the record at fault, unless a parameter is."""
    try:
        yield
    except ProtonetError as error:
        if not error.field or isinstance(error, ShapeError):
            error.what = f"record {show_key(record.key)} of '{source.path}': {error.what}"
        raise
