"""Image files with annotations -> a store of AnnotatedDatum, as SSD's convert_annoset makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ...errors import DataError
from ...proto import caffe_pb2 as pb
from ..annotated.label_map import LabelMap
from ..annotated.scene import write_record
from ..image_list import list_lines
from .annotations import READERS, CocoFile, boxes_of
from .imageset import Conversion, Options, Picture, picture_datum


class AnnotatedEntry(NamedTuple):
    """An image file, where its annotation stands, and the line of the list that names them."""

    name: str
    labels: Any
    line: int | None


def read_annotated_list(path: Path) -> list[AnnotatedEntry]:
    """The entries of a list: image file, space, annotation file; the former may have spaces."""
    entries = []
    for line, text in enumerate(list_lines(path), 1):
        words = text.rsplit(None, 1)
        if len(words) == 1:
            raise DataError(
                f"an image and its annotation are wanted, here is '{text.strip()}'",
                "write: name of the image, space, name of the annotation's file",
                file=str(path),
                line=line,
            )
        if words:
            entries.append(AnnotatedEntry(words[0].strip(), words[1], line))
    if not entries:
        raise DataError(f"the list '{path}' is empty")
    return entries


def coco_entries(file: CocoFile) -> list[AnnotatedEntry]:
    """The entries of a file for many images."""
    return [AnnotatedEntry(file.file_name(i), i, None) for i in range(len(file.images))]


class AnnosetConversion(Conversion):
    """Puts images and their boxes into a sink; root is put in front of annotations too.

    kind: of the annotation files, a key of READERS.  coco: the one file that has them all.
    """

    needed = (
        "an AnnotatedData layer will need resize_param (for images stored --encoded), crop_size, "
        "or batch_size 1"
    )

    def __init__(
        self,
        list_path: str,
        root: str,
        options: Options,
        *,
        kind: str,
        labels: LabelMap,
        coco: CocoFile | None = None,
        skip_bad: bool = False,
    ) -> None:
        super().__init__(list_path, root, options, skip_bad=skip_bad)
        self._kind, self._label_map, self._coco = kind, labels, coco

    def labels(self, entry: Any, picture: Picture) -> NDArray:
        """The boxes (G, 7) of an entry."""
        if self._coco is not None:
            return boxes_of(
                self._coco.annotation(entry.labels),
                f"{self._coco.path}: image '{entry.name}'",
                picture.original,
            )
        path = Path(self._root + entry.labels)
        return boxes_of(READERS[self._kind](path, self._label_map), str(path), picture.original)


class AnnotatedSink:
    """AnnotatedDatums into a store."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.boxes = 0

    def put(self, key: bytes, picture: Picture, labels: NDArray) -> None:
        self._store.put(key, write_record(picture_datum(picture, 0), labels))
        self.boxes += len(labels)


class PlainSink:
    """AnnotatedDatums without annotations: classification, with the label in the Datum."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def put(self, key: bytes, picture: Picture, labels: Any) -> None:
        message = pb.AnnotatedDatum(datum=picture_datum(picture, int(labels[0])))
        self._store.put(key, message.SerializeToString())
