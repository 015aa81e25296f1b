"""Scenes: the embedded digits scattered over grey canvases, to find and to segment.

Made on the spot, the same on every machine: whole numbers only, from fixed seeds.  Training
scenes hold training digits, test scenes test digits.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...proto import caffe_pb2 as pb
from ..annotated.scene import write_record
from ..datum import encode_datum
from ..sources import create_store
from . import digits

COUNTS = {"train": 1600, "test": 300}
_SEEDS = {"train": 1, "test": 2}
SIZE = 96  # of a canvas
_SMALLEST, _LARGEST = 18, 40  # sides of the square in which a digit is drawn
_MOST = 5  # digits in a scene
_TRIES = 20  # to find a place for one of them
_INK = 64  # from this grey value on a pixel belongs to the digit


#: What stands in the stores of a half: images with boxes for AnnotatedData, the images alone
#: and the label of each pixel for two Data layers side by side.
PARTS = ("", "images", "masks")
CLASSES = tuple(map(str, range(10)))


class Scenes(NamedTuple):
    """images (N, 1, 96, 96) uint8; masks (N, 1, 96, 96) uint8, the label of each pixel; boxes
    of each scene, rows label, xmin, ymin, xmax, ymax in pixels.

    Labels: 0 is the background, digit d has d + 1.
    """

    images: NDArray
    masks: NDArray
    boxes: list[NDArray]


def load(split: str, count: int | None = None) -> Scenes:
    """The scenes of "train" or "test"; count: only the first ones."""
    small, labels = digits.load_small(split)
    scaled = {side: digits.scaled(small, side) for side in range(_SMALLEST, _LARGEST + 1)}
    rng = np.random.Generator(np.random.PCG64(_SEEDS[split]))
    n = COUNTS[split] if count is None else count
    images = np.empty((n, 1, SIZE, SIZE), np.uint8)
    masks = np.zeros_like(images)
    boxes = []
    for image, mask in zip(images[:, 0], masks[:, 0]):
        image[...] = _ground(rng)
        found: list[tuple[int, ...]] = []
        for _ in range(rng.integers(1, _MOST + 1)):
            side, which = int(rng.integers(_SMALLEST, _LARGEST + 1)), rng.integers(len(labels))
            ink = scaled[side][which]
            place = _place(ink, [box[1:] for box in found], rng)
            if place is not None:
                label = int(labels[which]) + 1
                _draw(image, mask, ink, place, label, int(rng.integers(150, 256)))
                found.append((label, *_box(ink, place)))
        boxes.append(np.array(found, np.int64).reshape(-1, 5))
    return Scenes(images, masks, boxes)


def _ground(rng: np.random.Generator) -> NDArray:
    """A dark canvas that is lighter towards one side, with noise."""
    level = rng.integers(0, 50)
    slope = rng.integers(-20, 21, 2)
    y, x = np.mgrid[:SIZE, :SIZE]
    shade = level + (slope[0] * y + slope[1] * x) // SIZE + rng.integers(0, 30, (SIZE, SIZE))
    return np.clip(shade, 0, 255)


def _place(
    ink: NDArray, others: list[tuple[int, ...]], rng: np.random.Generator
) -> tuple[int, int] | None:
    """A row and column where the digit covers no other's box; None if none was found."""
    for _ in range(_TRIES):
        y, x = rng.integers(0, SIZE - len(ink) + 1, 2).tolist()
        x1, y1, x2, y2 = _box(ink, (y, x))
        if all(x1 >= b[2] or x2 <= b[0] or y1 >= b[3] or y2 <= b[1] for b in others):
            return y, x
    return None


def _box(ink: NDArray, place: tuple[int, int]) -> tuple[int, int, int, int]:
    """Around the ink: xmin, ymin, xmax, ymax, the last two behind it."""
    rows = np.flatnonzero((ink >= _INK).any(axis=1))
    columns = np.flatnonzero((ink >= _INK).any(axis=0))
    y, x = place
    return (
        x + int(columns[0]),
        y + int(rows[0]),
        x + int(columns[-1]) + 1,
        y + int(rows[-1]) + 1,
    )


def _draw(
    image: NDArray, mask: NDArray, ink: NDArray, place: tuple[int, int], label: int, bright: int
) -> None:
    y, x = place
    part = (slice(y, y + len(ink)), slice(x, x + len(ink)))
    image[part] = np.maximum(image[part], ink.astype(np.int64) * bright // 255)
    mask[part][ink >= _INK] = label


def write(
    path: Path,
    split: str,
    part: str,
    *,
    force: bool = False,
    keep: bool = False,
    progress: Callable[[int], object] = lambda amount: None,
) -> int:
    """Write one of the stores of a half; how many records it has.

    force, keep: as for `create_store`.  progress: called with 1 for each record.
    """
    scenes = load(split)
    with create_store(path, "LMDB", force=force, keep=keep) as store:
        for i, (image, mask, boxes) in enumerate(zip(*scenes)):
            if part:
                record = encode_datum(image if part == "images" else mask, len(boxes))
            else:
                record = _annotated(image, boxes)
            store.put(b"%08d" % i, record)
            progress(1)
    return len(scenes.images)


def _annotated(image: NDArray, boxes: NDArray) -> bytes:
    c, h, w = image.shape
    rows = np.zeros((len(boxes), 7), np.float32)
    rows[:, 0] = boxes[:, 0]
    rows[:, 2:6] = boxes[:, 1:] / np.array([w, h, w, h])
    for label in np.unique(rows[:, 0]):
        same = rows[:, 0] == label
        rows[same, 1] = np.arange(same.sum())
    return write_record(pb.Datum(channels=c, height=h, width=w, data=image.tobytes()), rows)
