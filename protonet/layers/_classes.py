"""Scores of classes and the labels that go with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Layer
from ..errors import DataError, ShapeError
from ..kernels import losses
from ..log import log

#: (outer, classes, inner): the axes before the class axis, that axis, those behind it.
View = tuple[int, int, int]


def class_view(blob: Blob, axis: int, field: str) -> View:
    """How a blob looks from its class axis; `field` names the setting that chose the axis."""
    try:
        axis = blob.axis(axis)
    except ShapeError as error:
        error.at(field=field)
        raise
    return blob.count_from(0, axis), blob.shape[axis], blob.count_from(axis + 1)


class ClassLabels:
    """The labels of a batch, checked: whole numbers from 0 to classes - 1.

    label (outer, inner): the class of each place; 0 where ignored.
    index (outer, inner): where that class stands in scores seen flat.
    ignored (outer, inner) or None: places whose label is `ignore`, and with the net's
        `ignore_bad_labels` those whose label is no class.
    bad: how many of the latter there were up to now; a warning tells of the first one, and again
        each time there are ten times as many.
    """

    def __init__(self, layer: Layer, ignore: int | None = None, ignore_field: str = "") -> None:
        """ignore_field: the setting `ignore` comes from, if the layer has one."""
        self._layer, self._ignore, self._ignore_field = layer, ignore, ignore_field
        self.ignored: NDArray | None = None
        self._skips = layer.context.ignore_bad_labels and bool(ignore_field)
        self.bad, self._next_told = 0, 1

    def reshape(self, view: View, scores: Blob, labels: Blob) -> None:
        """There must be one label for each place that holds a score per class."""
        outer, self._classes, self._inner = view
        self._places = places = (outer, self._inner)
        if labels.count != outer * self._inner:
            raise ShapeError(
                f"bottom 1 has {labels.count} labels (shape {labels.shape}), bottom 0 of shape "
                f"{scores.shape} needs {outer * self._inner}",
                "give one label for each item and position",
            )
        self.label = self._layer.scratch("label", places, np.intp)
        self.index = self._layer.scratch("index", places, np.intp)
        self._first = self._layer.scratch("first", places, np.intp)  # index of class 0
        losses.first_index(view, out=self._first)

    def read(self, blob: Blob) -> None:
        """Take the labels from a blob.  DataError if one is no class."""
        given = blob.data.reshape(self._places)
        whole = np.trunc(given, out=self._layer.scratch("whole", self._places))
        fractions = not np.array_equal(whole, given)
        self.ignored = None
        if self._ignore is not None:
            ignored = np.equal(
                whole, self._ignore, out=self._layer.scratch("ignored", self._places, bool)
            )
            if ignored.any():
                self.ignored = ignored
                whole[ignored] = 0
        if self._skips:
            self._skip(blob, given, whole)
            fractions = False
        # Written so that a NaN fails too.
        if whole.size and not (whole.min() >= 0 and whole.max() < self._classes):
            self._refuse(
                blob,
                (whole >= 0) & (whole < self._classes),
                f"is out of range for {self._classes} classes",
            )
        if fractions:
            self._refuse(blob, np.trunc(given) == given, "is no whole number")
        np.copyto(self.label, whole, casting="unsafe")
        np.multiply(self.label, self._inner, out=self.index)
        self.index += self._first

    def _skip(self, blob: Blob, given: NDArray, whole: NDArray) -> None:
        """Have labels that are no class ignored."""
        fits = (whole >= 0) & (whole < self._classes) & (np.trunc(given) == given)
        bad = ~fits if self.ignored is None else ~fits & ~self.ignored
        if not (count := int(np.count_nonzero(bad))):
            return
        self.ignored = bad if self.ignored is None else self.ignored | bad
        self.bad += count
        if self.bad >= self._next_told:
            self._next_told = 10 ** len(str(self.bad))
            first = float(blob.data.flat[int(np.argmax(bad))])
            log.warning(
                "layer '%s': %d labels up to now are none of the %d classes, the first of this "
                "batch %g: they are ignored",
                *(self._layer.name, self.bad, self._classes, first),
            )
        whole[bad] = 0

    def _refuse(self, blob: Blob, good: NDArray, fault: str) -> None:
        first = int(np.argmin(good))
        label = float(blob.data.flat[first])
        text = f"{label:.9g}" if label.is_integer() else f"{label:.6g}"
        at = [int(i) for i, n in zip(np.unravel_index(first, blob.shape), blob.shape) if n > 1]
        item = f"item {at[0] if at else 0}"
        if len(at) > 1:
            item += f", position ({', '.join(map(str, at[1:]))})"
        hint = f"labels count from 0 to {self._classes - 1}"
        if self._ignore_field and self._ignore is None:
            hint += f"; one that marks what does not count belongs into {self._ignore_field}"
            hint += "; --skip-bad (in Python ignore_bad_labels) ignores all that are no class"
        raise DataError(f"label {text} at {item} {fault}", hint)
