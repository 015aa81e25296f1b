"""What the layers of YOLO share: anchors, the grid of a bottom, and labels that are checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Layer
from ...errors import DataError, ShapeError
from ...kernels import grid


def anchors(layer: Layer, values: list[float], least: int) -> NDArray:
    """`biases` as rows of width and height (A, 2), at least `least` of them."""
    if len(values) % 2 or len(values) < 2 * least:
        raise layer.fault(
            f"biases are {len(values)} numbers, {least} boxes need {2 * least}",
            "give the width and the height of each anchor",
            "biases",
        )
    if not all(0 < value < np.inf for value in values):
        raise layer.fault("an anchor has no size", "biases must be above 0", "biases")
    return np.array(values, np.float64).reshape(-1, 2)


def grid_shape(blob: Blob, number: int, classes: int, index: int = 0) -> tuple[int, ...]:
    """(N, A, 5 + K, H, W) for a bottom (N, A (5 + K), H, W)."""
    shape = blob.shape
    if len(shape) != 4 or shape[1] != number * (5 + classes):
        raise ShapeError(
            f"bottom {index} has shape {shape}, {number} boxes a cell and {classes} classes need "
            f"(N, {number * (5 + classes)}, H, W)"
        )
    return (shape[0], number, 5 + classes, *shape[2:])


def check_square(shape: tuple[int, ...]) -> None:
    """ShapeError unless a grid has as many rows as columns."""
    if shape[-1] != shape[-2]:
        raise ShapeError(f"the map is {shape[-2]} x {shape[-1]}, this layer knows only square ones")


def label_rows(blob: Blob) -> NDArray:
    """The labels (N, R, 5) of a bottom (N, 5 R)."""
    shape = blob.shape
    values = blob.count_from(1) if shape else 0
    if not shape or values % 5:
        raise ShapeError(
            f"bottom 1 has shape {shape}",
            "labels are rows of five numbers: class, x, y, w, h in fractions of the image",
        )
    return blob.data.reshape(shape[0], values // 5, 5)


def read_truths(blob: Blob, classes: int, height: int, width: int) -> grid.Truths:
    """The boxes that are to be found.  DataError for one that cannot be there."""
    rows = label_rows(blob)
    used = np.logical_and.accumulate(rows[:, :, 1] != 0, axis=1)
    _check(rows, used, classes, 0, "label {1} of item {0}")
    return grid.truths(rows, height, width)


def is_annotated(blob: Blob) -> bool:
    """Are the labels rows of eight, as AnnotatedData makes them?"""
    shape = blob.shape
    return len(shape) == 4 and shape[:2] == (1, 1) and shape[3] == 8


def read_annotations(blob: Blob, items: int, classes: int, height: int, width: int) -> grid.Truths:
    """The boxes of rows item, class from 1 on, instance, x1, y1, x2, y2, difficult; an item of
    -1 is none.  DataError for one that cannot be there."""
    given = blob.data.reshape(-1, 8)
    item, low, high = given[:, 0], given[:, 3:5], given[:, 5:7]
    used = item != -1
    bad = used & ~((item >= 0) & (item < items) & (np.trunc(item) == item))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(
            f"label {row}: the item is {item[row]:g}",
            f"items are whole numbers from 0 to {items - 1}, or -1",
        )
    rows = np.concatenate([given[:, 1:2], (low + high) / 2, high - low], axis=1)
    _check(rows, used, classes, 1, "label {0}")
    rows[:, 0] -= 1
    return grid.placed(item[used].astype(np.intp), rows[used], height, width)


def _check(rows: NDArray, used: NDArray, classes: int, first: int, name: str) -> None:
    """DataError for a row (..., 5), class, x, y, w, h, that is used and cannot be; the classes
    count from `first` on, `name` says where it stands."""
    label, x, y, w, h = np.moveaxis(rows, -1, 0)
    last = first + classes - 1
    known = (label >= first) & (label <= last) & (np.trunc(label) == label)
    checks = (
        (known, "the class", label, f"classes are whole numbers from {first} to {last}"),
        ((x > 0) & (x < 1), "x", x, "the centre must lie in the image, above 0 and below 1"),
        ((y >= 0) & (y < 1), "y", y, "the centre must lie in the image, from 0 to below 1"),
        ((w > 0) & (w < np.inf), "w", w, "sizes must be above 0"),
        ((h > 0) & (h < np.inf), "h", h, "sizes must be above 0"),
    )
    for good, what, values, hint in checks:
        bad = used & ~good
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            raise DataError(f"{name.format(*place)}: {what} is {values[place]:g}", hint)
