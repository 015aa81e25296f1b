"""Ground truth and detections as SSD's layers hand them on: a row a box."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...errors import DataError, ShapeError


def rows_of(blob: Blob, width: int, what: str) -> NDArray:
    """The rows of a blob (1, 1, R, width)."""
    if blob.shape[-1:] != (width,) or blob.shape[:2] != (1, 1) or len(blob.shape) != 4:
        raise ShapeError(f"{what} has shape {blob.shape}", f"(1, 1, rows, {width}) is needed")
    return blob.data.reshape(-1, width)


class Truth(NamedTuple):
    """Boxes that are known: image, label (G), box (G, 4), difficult (G, booleans)."""

    image: NDArray
    label: NDArray
    box: NDArray
    difficult: NDArray

    def take(self, index: NDArray) -> Truth:
        return Truth(*(values[index] for values in self))


def read_truth(rows: NDArray, classes: int | None, background: int, items: int | None) -> Truth:
    """Of rows (G, 8): image, label, instance, x1, y1, x2, y2, difficult.  Those of image -1 are
    left out.

    classes: labels must be smaller (None: any).  items: images must be (None: any).  DataError
    that names the first row that is bad.
    """
    rows = rows[rows[:, 0] != -1]
    image, label = rows[:, 0], rows[:, 1]
    _refuse(rows, ~np.isfinite(rows).all(axis=1), "is not finite", "mend the annotation")
    last = np.inf if items is None else items
    _refuse(
        rows,
        (image < 0) | (image >= last) | (image % 1 != 0),
        "belongs to an image that is not in the batch",
        f"images count from 0{'' if items is None else f' to {items - 1}'}",
    )
    top = np.inf if classes is None else classes
    _refuse(
        rows,
        (label < 0) | (label >= top) | (label % 1 != 0),
        "has a label that is no class",
        f"labels count from 0{'' if classes is None else f' to {classes - 1}'}: see num_classes",
    )
    _refuse(
        rows,
        label == background,
        "has the label of the background",
        "give objects other labels than background_label_id",
    )
    return Truth(image.astype(np.intp), label.astype(np.intp), rows[:, 3:7], rows[:, 7] != 0)


def _refuse(rows: NDArray, bad: NDArray, fault: str, hint: str) -> None:
    if bad.any():
        row = ", ".join(f"{value:g}" for value in rows[int(np.argmax(bad))])
        raise DataError(f"the ground truth ({row}) {fault}", hint)
