"""Image files and a list of labels -> a store that Caffe's data layers read.

A Datum has room for one whole number as label.  Other labels, fractions or several values,
go either into a second store, or with the pixels into HDF5 files:

- labels store: record by record the same keys, the labels as float_data of the shape
  (K, 1, 1); a second Data layer, with the same batch_size, gives them as a blob (N, K, 1, 1).
- HDF5: data sets `data` (N, C, H, W), 0 to 255, and `label` (N, K), for an HDF5Data layer.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...log import log
from ...proto import caffe_pb2 as pb
from ..image_list import has_several_labels
from ..images import channels_first, decode_image, encode_image, read_image, resize
from ..lookup import advice_on_name

T = TypeVar("T")
U = TypeVar("U")

_AHEAD = 8  # images a thread may be in front of the writer
_JPEG = {"jpeg": "jpg", "jpe": "jpg", "tiff": "tif"}


@dataclass(frozen=True)
class Options:
    """How images are brought into a store.

    size: (height, width) to resize to.  min_dim: scale up to that the shorter side; max_dim:
    down to that the longer one; proportions are kept.  encode: whether to keep compressed files;
    encode_type: what to compress to ("png", "jpg", ...), by default as the file is.
    """

    gray: bool = False
    size: tuple[int, int] | None = None
    encode: bool = False
    encode_type: str = ""
    check_size: bool = False
    min_dim: int = 0
    max_dim: int = 0

    @property
    def resizes(self) -> bool:
        return self.size is not None or self.min_dim > 0 or self.max_dim > 0


class Picture(NamedTuple):
    """An image as pixels (C, H, W), or as the bytes of an image file; its shape in any case.

    original: (height, width) of the file."""

    content: NDArray
    shape: tuple[int, int, int]
    encoded: bool = False
    original: tuple[int, int] = (0, 0)


class Result(NamedTuple):
    """How many images were written and how many left out; the shape of the first."""

    written: int
    skipped: int
    shape: tuple[int, int, int]


def load_picture(path: str, options: Options) -> Picture:
    """The image in a file, as it will be stored."""
    if options.encode and not options.resizes:
        kept = _kept_file(path, options)
        if kept is not None:
            return kept
    image = read_image(path, color=not options.gray)
    original = image.shape[:2]
    size = options.size or _limited(original, options)
    if size != original:
        image = resize(image, *size)
    pixels = channels_first(image)
    shape = pixels.shape
    if not options.encode:
        return Picture(np.ascontiguousarray(pixels), shape, original=original)
    return Picture(encode_image(image, _type_of(path, options)), shape, True, original)


def _limited(size: tuple[int, int], options: Options) -> tuple[int, int]:
    """The size to which an image is brought by min_dim and max_dim."""
    scale = 1.0
    if min(size) < options.min_dim:
        scale = options.min_dim / min(size)
    if 0 < options.max_dim < int(scale * max(size)):
        scale = options.max_dim / max(size)
    return (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))


def _kept_file(path: str, options: Options) -> Picture | None:
    """The file as it is, if it decodes to just what is wanted."""
    if options.encode_type and _extension(path) != _type_of(path, options):
        return None
    try:
        content = np.fromfile(path, np.uint8)
        shape = decode_image(content).shape
    except (OSError, DataError):
        return None  # read_image will say why
    return (
        Picture(content, shape, True, shape[1:]) if shape[0] == (1 if options.gray else 3) else None
    )


def _extension(path: str) -> str:
    name = os.path.splitext(path)[1].lower().lstrip(".")
    return _JPEG.get(name, name)


def _type_of(path: str, options: Options) -> str:
    name = options.encode_type.lower().lstrip(".")
    return _JPEG.get(name, name) or _extension(path)


class Listed(Protocol):
    """What a list has of an image: its name, what belongs to it, its line (None: no lines)."""

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Any: ...

    @property
    def line(self) -> int | None: ...


class Conversion:
    """Puts all images of a list, root + name, into a sink: something with
    put(key, picture, labels).

    list_path: for messages.  skip_bad: leave out what cannot be used, with a warning, rather
    than raise.
    """

    #: What it takes to read images of several sizes.
    needed = "a Data layer will need crop_size, or batch_size 1"

    def __init__(
        self, list_path: str, root: str, options: Options, *, skip_bad: bool = False
    ) -> None:
        self._list, self._root, self._options, self._skip_bad = list_path, root, options, skip_bad
        self._first: Picture | None = None
        self._mixed = False
        self._skipped = 0

    def run(
        self,
        entries: Sequence[Listed],
        sink: Any,
        progress: Callable[[int], object] = lambda amount: None,
        pictures: Generator[Picture | DataError, None, None] | None = None,
    ) -> Result:
        """progress: called with 1 for each entry.  pictures: what `load` gives of the entries, if
        that is done elsewhere."""
        with closing(pictures or self.load(entries)) as pictures:
            for i, (entry, loaded) in enumerate(zip(entries, pictures)):
                try:
                    picture = self._judged(entry, loaded)
                    labels = self.labels(entry, picture)
                except DataError as error:
                    error.at(file=self._list, line=entry.line)
                    if not self._skip_bad:
                        raise
                    self._skipped += 1
                    log.warning("%s", error)
                else:
                    # The number in front keeps the order of the list (or of the shuffle).
                    name = entry.name.encode("utf-8", "surrogateescape")
                    sink.put(b"%08d_%s" % (i, name), picture, labels)
                progress(1)
        if self._first is None:
            raise DataError(f"none of the {len(entries)} images of '{self._list}' can be used")
        return Result(len(entries) - self._skipped, self._skipped, self._first.shape)

    def labels(self, entry: Listed, picture: Picture) -> Any:
        """What the sink gets beside the picture."""
        return entry.labels

    def load(self, entries: Sequence[Listed]) -> Generator[Picture | DataError, None, None]:
        """Each picture, or why it cannot be read, in their order; read some way ahead."""
        return _in_order(self._load, entries)

    def _load(self, entry: Listed) -> Picture | DataError:
        try:
            return load_picture(self._root + entry.name, self._options)
        except DataError as error:
            return _with_advice(error, self._root, entry)

    def _judged(self, entry: Listed, picture: Picture | DataError) -> Picture:
        """The picture, if it can be used."""
        if isinstance(picture, DataError):
            raise picture
        self._first = self._first or picture
        if picture.shape != self._first.shape:
            self._other_size(entry, picture)
        return picture

    def _other_size(self, entry: Listed, picture: Picture) -> None:
        text = (
            f"the image is {picture.shape} (channels, height, width), "
            f"the first one {self._first.shape if self._first else ()}"
        )
        if self._options.check_size:
            raise DataError(text, "bring all to one size with --resize-height, --resize-width")
        if not self._mixed:
            log.warning(
                "%s: %s: %s",
                self._list if entry.line is None else f"{self._list}:{entry.line}",
                text,
                self.needed,
            )
        self._mixed = True


def _with_advice(error: DataError, root: str, entry: Listed) -> DataError:
    if not error.hint and not os.path.exists(root + entry.name):
        error.hint = (
            advice_on_name(root, entry.name, "ROOT")
            or "correct the list, or leave such images out with --skip-bad"
        )
        if has_several_labels(entry.name, lambda name: os.path.exists(root + name)):
            error.hint = "the line has several labels: say how many with --label-count"
    return error


def _in_order(function: Callable[[T], U], items: Sequence[T]) -> Generator[U, None, None]:
    """function(item) of each item, computed some way ahead in threads (decoding is C)."""
    workers = min(8, os.cpu_count() or 1)
    waiting: deque[Future[U]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class StoreSink:
    """Datums into a store; with `labels`, a second one, the labels into that."""

    def __init__(self, data: Any, labels: Any = None) -> None:
        self._data, self._labels = data, labels

    def put(self, key: bytes, picture: Picture, labels: Sequence[float]) -> None:
        label = 0 if self._labels is not None else int(labels[0])
        self._data.put(key, picture_record(picture, label))
        if self._labels is not None:
            self._labels.put(key, labels_record(labels))


def picture_record(picture: Picture, label: int) -> bytes:
    """The Datum, to the byte as Caffe's convert_imageset writes it."""
    content = picture.content.tobytes()
    if picture.encoded:
        datum = pb.Datum(data=content, label=label, encoded=True)
    else:
        c, h, w = picture.shape
        datum = pb.Datum(channels=c, height=h, width=w, data=content, label=label, encoded=False)
    return datum.SerializeToString()


def picture_datum(picture: Picture, label: int) -> Any:
    """The Datum inside an AnnotatedDatum, which tells its size also when it is encoded."""
    c, h, w = picture.shape
    content = picture.content.tobytes()
    datum = pb.Datum(channels=c, height=h, width=w, data=content, label=label)
    datum.encoded = picture.encoded
    return datum


def labels_record(labels: Sequence[float]) -> bytes:
    """Labels as the float_data of a Datum (K, 1, 1)."""
    return pb.Datum(channels=len(labels), height=1, width=1, float_data=labels).SerializeToString()
