"""What the layers share that read detections out of YOLO's grids."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...errors import DataError, ShapeError
from ...kernels import grid
from . import _grid


class Detector(Layer):
    """Base: bottoms -> top[0] (1, 1, R, 7), a row for each of R detections.

    The subclass says in `detect` what they are.  When the net is built the bottoms hold nothing
    yet: R is 1 then.
    """

    has_backward = False
    reshape_always = True

    _built = False

    def detect(self, bottom: Blobs) -> NDArray:
        """The rows (R, 7); R may be 0."""
        raise NotImplementedError

    def check(self, bottom: Blobs) -> None:
        """ShapeError for bottoms that do not fit."""
        raise NotImplementedError

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.check(bottom)
        items = max(1, bottom[0].shape[0])
        self._rows = _nothing(items, self.dtype) if not self._built else self.detect(bottom)
        if not self._built:
            self._rows = self._rows[:1]
        elif not len(self._rows):
            self._rows = _nothing(items, self.dtype)
        self._built = True
        top[0].reshape(1, 1, *self._rows.shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[0, 0] = self._rows


def _nothing(items: int, dtype: Any) -> NDArray:
    """What tells that nothing was found: for each image its number and -1 six times."""
    rows = np.full((items, 7), -1, dtype)
    rows[:, 0] = np.arange(items)
    return rows


def corners(box: NDArray) -> NDArray:
    """(4, M) centre and size -> (M, 4) x1, y1, x2, y2."""
    centre, half = box[:2], box[2:] / 2
    return np.concatenate([centre - half, centre + half]).T


def check_numbers(values: NDArray, index: int = 0) -> None:
    """DataError if an activated value of candidates (M, 5 + K) is not a number."""
    if np.isnan(values).any():
        raise DataError(
            f"bottom {index} holds a box or score that is no number",
            "look at what makes this bottom: have its weights been loaded?",
        )


class Single(NamedTuple):
    """Candidates with one class each: box (4, M), label (M), score (M), item (M)."""

    box: NDArray
    label: NDArray
    score: NDArray
    item: NDArray


class SingleGrid(Detector):
    """Base of the two layers of YOLO v2: one grid of S x S cells, one class a box."""

    #: Its parameter message, set by `setup`.
    settings: Any

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.settings
        if param.coords != 4:
            raise self.fault(f"coords is {param.coords}", "only 4 is served here", "coords")
        self.anchors = _grid.anchors(self, list(param.biases), param.num_box)[: param.num_box]

    def check(self, bottom: Blobs) -> None:
        self.shape = _grid.grid_shape(bottom[0], self.settings.num_box, self.classes)
        _grid.check_square(self.shape)
        if self.settings.side != self.shape[-1]:
            what = f"side is {self.settings.side}, the map has {self.shape[-1]} cells a side"
            raise ShapeError(what, "give the map's", field=f"{self.messages[0]}.side")

    @property
    def classes(self) -> int:
        return int(self.settings.num_classes)

    def candidates(self, bottom: Blobs, threshold: float) -> Single:
        """In the order image, cell, anchor: those whose best class reaches the threshold."""
        x, side = bottom[0].data.reshape(self.shape), self.shape[-1]
        found = grid.found(x, threshold, self.anchors, (side, side), exclusive=True)
        check_numbers(found.values)
        classes = found.values[:, grid.CLASSES :]
        label = classes.argmax(axis=1)
        score = found.values[:, grid.OBJECT] * classes[np.arange(len(label)), label]
        kept = score >= threshold
        return Single(found.box[:, kept], label[kept], score[kept], found.item[kept])
