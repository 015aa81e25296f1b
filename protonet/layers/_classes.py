"""Scores of classes and the labels that go with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Layer
from ..errors import DataError, ShapeError


def class_view(blob: Blob, axis: int, field: str) -> tuple[int, int, int]:
    """(outer, classes, inner): the axes before the class axis, that axis, those behind it.

    field: the setting that names the axis, for the error if there is none such.
    """
    try:
        axis = blob.axis(axis)
    except ShapeError as error:
        error.at(field=field)
        raise
    return blob.count_from(0, axis), blob.shape[axis], blob.count_from(axis + 1)


def check_label_count(scores: Blob, labels: Blob, places: int) -> None:
    """There must be one label for each of the places that hold a score per class."""
    if labels.count != places:
        raise ShapeError(
            f"bottom 1 has {labels.count} labels (shape {labels.shape}), bottom 0 of shape "
            f"{scores.shape} needs {places}",
            "give one label for each item and position",
        )


def read_labels(
    layer: Layer, blob: Blob, places: tuple[int, int], classes: int, ignore: int | None = None
) -> tuple[NDArray, NDArray | None]:
    """Labels as whole numbers below `classes`, cut towards zero, and which are ignored.

    Both have the shape `places` (outer, inner); the second is None if nothing is ignored,
    and ignored labels read 0.  Any other label that is no class raises DataError.
    """
    raw = blob.data.reshape(places)
    labels = layer.scratch("labels", places, np.intp)
    ignored = None
    if not raw.size:
        return labels, None
    if ignore is not None:
        ignored = np.trunc(raw) == ignore
        if ignored.any():
            raw = np.where(ignored, raw.dtype.type(0), raw)
        else:
            ignored = None
    if not (raw.min() > -1 and raw.max() < classes):  # a NaN fails both
        _refuse(raw, blob, classes)
    np.copyto(labels, raw, casting="unsafe")
    return labels, ignored


def _refuse(raw: NDArray, blob: Blob, classes: int) -> None:
    first = int(np.argmin((raw > -1) & (raw < classes)))
    where = [int(i) for i, n in zip(np.unravel_index(first, blob.shape), blob.shape) if n > 1]
    item = f"item {where[0] if where else 0}"
    if len(where) > 1:
        item += f", position {tuple(where[1:])}"
    raise DataError(
        f"label {raw.flat[first]:.9g} at {item} is out of range for {classes} classes",
        f"labels count from 0 to {classes - 1}",
    )
