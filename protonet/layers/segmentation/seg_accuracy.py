"""SegAccuracy: how well a segmentation fits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, exactly
from ...core.registry import register
from ...errors import DataError, ShapeError


@register
class SegAccuracy(Layer):
    """Accuracy of pixels, of classes, and intersection over union (DeepLab, PSPNet).

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1 -> top[0] (1, 1, 1, 3):
    right pixels / pixels; the mean over the classes that occur among the labels of right pixels /
    pixels of the class; the mean over all C classes of right pixels / pixels that have the class
    as label or as prediction, 1 for a class that neither has.

    The class with the highest score is predicted, of equal ones the last; a NaN never.

    seg_accuracy_param: ignore_label, any number of labels whose pixels do not count; reset (true;
    false: counts go on over all passes, and into a snapshot).  metric is not read.

    No gradient.  Deviation: a label that is no class is an error.
    """

    type = "SegAccuracy"
    forks = ("pspnet", "deeplab2", "synopsys")
    messages = ("seg_accuracy_param",)
    bottoms = exactly(2)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.counts = np.zeros((0, 0), np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        scores, labels = bottom[0].shape, bottom[1].shape
        if len(scores) != 4:
            raise ShapeError(f"{scores} does not have the four axes N, C, H, W")
        self.view = (scores[0], scores[1], scores[2] * scores[3])
        if bottom[1].count != self.view[0] * self.view[2]:
            raise ShapeError(
                f"bottom 0 has shape {scores}, bottom 1 {labels}", "one label a pixel is needed"
            )
        if self.counts.shape[0] != scores[1]:
            self.counts = np.zeros((scores[1], scores[1]), np.int64)
        top[0].reshape(1, 1, 1, 3)

    def state(self) -> dict[str, Any] | None:
        return None if self.param.seg_accuracy_param.reset else {"counts": self.counts.tolist()}

    def set_state(self, state: dict[str, Any]) -> None:
        self.counts = np.array(state["counts"], np.int64)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self.param.seg_accuracy_param.reset:
            self.counts.fill(0)
        classes = self.view[1]
        for item, (scores, labels) in enumerate(
            zip(bottom[0].data.reshape(self.view), bottom[1].data.reshape(self.view[::2]))
        ):
            pairs = labels * classes + self._predicted(scores)
            counted = ~np.isin(labels, self.param.seg_accuracy_param.ignore_label)
            self._check(item, labels, counted)
            found = np.bincount(pairs[counted].astype(np.intp), minlength=classes * classes)
            self.counts += found.reshape(classes, classes)
        top[0].data[...] = _measures(self.counts)

    def _predicted(self, scores: NDArray) -> NDArray:
        """The class of each pixel, scores (C, pixels)."""
        best = np.full(scores.shape[1], -np.inf, scores.dtype)
        found = np.zeros(scores.shape[1], np.intp)
        for k, values in enumerate(scores):
            better = values >= best
            np.copyto(best, values, where=better)
            found[better] = k
        return found

    def _check(self, item: int, labels: NDArray, counted: NDArray) -> None:
        classes = self.view[1]
        wrong = counted & ~((labels >= 0) & (labels < classes) & (np.floor(labels) == labels))
        if wrong.any():
            at = int(np.argmax(wrong))
            raise DataError(
                f"label {labels[at]:g} at item {item}, pixel {at} is no class",
                f"labels count from 0 to {classes - 1}; one that marks what does not count belongs "
                "into seg_accuracy_param.ignore_label",
            )


def _measures(counts: NDArray) -> tuple[float, float, float]:
    """Pixel accuracy, class accuracy, intersection over union of counts[label, prediction]."""
    right, labels = np.diag(counts), counts.sum(1)
    union = labels + counts.sum(0) - right
    occur = labels > 0
    of_classes = right[occur] / labels[occur]
    overlaps = np.where(union > 0, right / np.maximum(union, 1), 1.0)
    return (
        right.sum() / max(1, labels.sum()),
        of_classes.mean() if occur.any() else 0.0,
        overlaps.mean() if overlaps.size else 0.0,
    )
