"""Pairs: images with a label for each pixel, from files named in a list, as batches.

Image and label map go through the same cut and mirroring; mean and scale act on images only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.context import permit
from ..errors import DataError, ProtonetError
from .image_list import INT32, list_lines
from .images import channels_first, read_image, resize, rows_first
from .lookup import advice_on_name
from .order import Order, make_rng, rng_state, set_rng_state
from .prefetch import Batch
from .transformer import Cut, Transformer, check_alike


class PairItem(NamedTuple):
    """A line of a list: the image, and the label map or the number behind it ("" if none)."""

    name: str
    label: str
    line: int


class Pair(NamedTuple):
    """An image (C, H, W), its labels (1, H, W), and (H, W) as they were read."""

    image: NDArray
    label: NDArray
    size: tuple[int, int]


class Settings(NamedTuple):
    """How files are read.  folder: put in front of every name as it is; root: of the model
    file.  size: (height, width) to resize to, or None."""

    folder: str = ""
    root: Path = Path()
    size: tuple[int, int] | None = None
    color: bool = True
    confine: Path | None = None  # as in Context


def read_pair_list(path: Path, words: int = 2) -> list[PairItem]:
    """The items of a list with `words` words a line, apart by white space: image and label."""
    items = []
    for number, line in enumerate(list_lines(path), 1):
        found = line.split()
        if len(found) not in (0, words):
            raise DataError(
                f"{len(found)} words: '{line.strip()}'",
                "write: " + ("name of the image", "name of the image, space, its label")[words - 1],
                file=str(path),
                line=number,
            )
        if found:
            items.append(PairItem(found[0], found[1] if words > 1 else "", number))
    if not items:
        raise DataError(f"the list '{path}' is empty")
    return items


class PairList:
    """Makes batches of images and label maps; a pipeline for the prefetcher.

    A subclass says in `load` how an image and its labels are read.  order: which item comes
    next.  seed: of what is random in `load`.
    """

    def __init__(
        self,
        path: Path,
        items: list[PairItem],
        order: Order,
        transformer: Transformer,
        batch_size: int,
        settings: Settings,
        seed: np.random.SeedSequence,
    ) -> None:
        self.path, self.items, self.settings = path, items, settings
        self.transformer, self.rng = transformer, make_rng(seed)
        self._order, self._batch_size = order, batch_size

    def load(self, item: PairItem) -> Pair:
        """What a line of the list names, in the size that is cut."""
        raise NotImplementedError

    # -- for subclasses ----------------------------------------------------------------------

    def read(self, name: str, color: bool) -> NDArray:
        """The image in a file: (C, H, W)."""
        place = Path(self.settings.folder + name)
        beside = self.settings.root / place
        try:
            found = beside if not place.exists() and beside.exists() else place
            image = read_image(permit(found, self.settings.confine), color)
        except DataError as error:
            error.hint = error.hint or advice_on_name(self.settings.folder, name, "root_folder")
            raise
        return channels_first(image)

    def image(self, item: PairItem) -> NDArray:
        return self.read(item.name, self.settings.color)

    def both(self, item: PairItem) -> tuple[NDArray, NDArray]:
        """Image and grey label map, which must have one size."""
        image, label = self.image(item), self.read(item.label, False)
        if image.shape[1:] != label.shape[1:]:
            sizes = [" x ".join(map(str, one.shape[1:])) for one in (image, label)]
            raise DataError(
                f"the image is {sizes[0]} (height, width), its label map {sizes[1]}",
                "make them of one size",
            )
        return image, label

    # -- batches -----------------------------------------------------------------------------

    @property
    def records(self) -> int:
        return len(self.items)

    def first_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of images, labels and sizes in the first batch."""
        state = rng_state(self.rng)
        pair, shape = self._load(self.items[self._order.peek()])
        set_rng_state(self.rng, state)
        return self._shapes(pair, shape)

    def _shapes(self, pair: Pair, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
        n = self._batch_size
        return [(n, *shape), (n, 1, *_label_size(pair, shape)), (n, 1, 1, 2)]

    def _load(
        self, item: PairItem, like: tuple[int, ...] | None = None
    ) -> tuple[Pair, tuple[int, ...]]:
        """The pair, and the shape that its image will have; that must be `like`, if given."""
        try:
            pair = self.load(item)
            shape = self.transformer.shape(pair.image.shape)
            check_alike(shape, like or shape)
        except ProtonetError as error:
            error.at(file=str(self.path), line=item.line)
            raise
        return pair, shape

    def fill(self, batch: Batch) -> None:
        items = [self.items[self._order.next()] for _ in range(self._batch_size)]
        first, shape = self._load(items[0])
        pairs = [first, *(self._load(item, shape)[0] for item in items[1:])]
        for blob, wanted in zip(batch.blobs, self._shapes(first, shape)):
            blob.reshape(*wanted)
        data, *others = (blob.data for blob in batch.blobs)
        cuts = self.transformer.cuts([pair.image for pair in pairs], shape[1:])
        for i, (pair, cut) in enumerate(zip(pairs, cuts)):
            self.transformer.write(pair.image, cut, data[i])
            if others:
                others[0][i] = _labels(pair, cut, shape)
            if len(others) > 1:
                others[1][i, 0, 0] = np.minimum(shape[1:], pair.size)

    def state(self) -> dict[str, Any]:
        return {
            "order": self._order.state(),
            "transformer": self.transformer.state(),
            "pairs": rng_state(self.rng),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        self._order.set_state(state["order"])
        self.transformer.set_state(state["transformer"])
        set_rng_state(self.rng, state["pairs"])

    def reopen(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """Nothing is kept open."""


def _label_size(pair: Pair, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Labels of another size than their image are not cut."""
    alike = pair.label.shape[1:] == pair.image.shape[1:]
    return shape[1:] if alike else pair.label.shape[1:]


def _labels(pair: Pair, cut: Cut, shape: tuple[int, ...]) -> NDArray:
    if pair.label.shape[1:] != pair.image.shape[1:]:
        cut = Cut(0, 0, cut.flip)
    part = cut.of(pair.label, _label_size(pair, shape))
    return part[:, :, ::-1] if cut.flip else part


class EdgePairs(PairList):
    """Labels are 1 from the grey value 128 on, else 0."""

    def load(self, item: PairItem) -> Pair:
        image, label = self.both(item)
        if self.settings.size is not None:
            image, label = (_bilinear(one, self.settings.size) for one in (image, label))
        return Pair(image, label >= 128, image.shape[1:])


class ClassPairs(PairList):
    """Labels are the grey values; resized by the nearest one, and by `divide` smaller."""

    divide = 1

    def load(self, item: PairItem) -> Pair:
        image, label = self.both(item)
        if self.settings.size is not None:
            image = _bilinear(image, self.settings.size)
            label = nearest(label, *(n // self.divide for n in self.settings.size))
        return Pair(image, label, image.shape[1:])


class SegmentPairs(PairList):
    """Labels are grey values (PIXEL), one number for the image (IMAGE), or none (NONE).

    Images smaller than the crop are padded at the right and the bottom with the mean, labels
    with `ignore`.  factors: one of them, at random, by which image and labels are scaled.
    """

    kind = "IMAGE"
    ignore = 255
    mean: Sequence[float] = ()
    factors: Sequence[float] = ()

    def load(self, item: PairItem) -> Pair:
        image, label = self.both(item) if self.kind == "PIXEL" else (self.image(item), None)
        if label is None:
            value = self.ignore if self.kind == "NONE" else _number(item.label)
            label = np.full((1, *image.shape[1:]), value, np.int32)
        if self.settings.size is not None:
            image = _bilinear(image, self.settings.size)
            grey = label.dtype == np.uint8
            same = np.full((1, *image.shape[1:]), label.flat[0], label.dtype)
            label = _bilinear(label, self.settings.size) if grey else same
        size = image.shape[1:]
        if self.factors:
            factor = self.factors[int(self.rng.integers(len(self.factors)))]
            scaled = max(1, int(size[0] * factor)), max(1, int(size[1] * factor))
            image, label = _bilinear(image, scaled), nearest(label, *scaled)
        return Pair(*self._padded(image, label), size)

    def _padded(self, image: NDArray, label: NDArray) -> tuple[NDArray, NDArray]:
        c, h, w = image.shape
        rows, columns = self.transformer.window or (h, w)
        spare = max(rows - h, 0), max(columns - w, 0)
        if not any(spare):
            return image, label
        frame = np.empty((c, h + spare[0], w + spare[1]), self.transformer.dtype)
        frame[...] = np.array(self.mean or [0], frame.dtype).reshape(-1, 1, 1)
        labels = np.full((1, *frame.shape[1:]), self.ignore, np.int32)
        frame[:, :h, :w], labels[:, :h, :w] = image, label
        return frame, labels


def _number(word: str) -> int:
    try:
        number = int(word)
    except ValueError:
        raise DataError(
            f"the label '{word}' is no whole number",
            "for label maps write label_type: PIXEL",
        ) from None
    if number not in INT32:
        raise DataError(f"the label {word} is out of range")
    return number


def _bilinear(image: NDArray, size: tuple[int, int]) -> NDArray:
    return channels_first(resize(rows_first(image), *size))


def nearest(labels: NDArray, height: int, width: int) -> NDArray:
    """(1, H, W) to (1, height, width); source index floor(i * in / out)."""
    _, h, w = labels.shape
    rows, columns = np.arange(height) * h // height, np.arange(width) * w // width
    return labels[:, rows[:, None], columns]
