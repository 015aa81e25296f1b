"""Accuracy: how often a classifier is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs, Layer, between, exactly
from ..core.registry import register
from ..errors import NetError
from ._classes import check_label_count, class_view, read_labels


@register
class Accuracy(Layer):
    """The fraction of places whose right class is among the top_k best scores.

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1 -> top[0] (): right
    places / places; top[1] (optional, (C)): the same for the places of each class, 0 for a
    class without any.

    A place is right if fewer than top_k other classes score at least as much as the label's,
    so that ties count against it.

    accuracy_param: top_k (1), axis of the classes (1), ignore_label (none): its places do not
    count.

    No gradient.  Deviations: a label that is no class is an error, and a score that is NaN
    is never right.
    """

    type = "Accuracy"
    bottoms = exactly(2)
    tops = between(1, 2)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.accuracy_param
        self.top_k = param.top_k
        self.ignore = param.ignore_label if param.HasField("ignore_label") else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis = self.param.accuracy_param.axis
        self.view = outer, classes, inner = class_view(bottom[0], axis, "accuracy_param.axis")
        check_label_count(bottom[0], bottom[1], outer * inner)
        if not 1 <= self.top_k <= classes:
            raise NetError(
                f"top_k is {self.top_k}, there are {classes} classes",
                f"give 1 to {classes}",
                field="accuracy_param.top_k",
            )
        top[0].reshape()
        if len(top) == 2:
            top[1].reshape(classes)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        outer, classes, inner = self.view
        places = (outer, inner)
        label, ignored = read_labels(self, bottom[1], places, classes, self.ignore)
        right = self._is_right(bottom[0].data.reshape(self.view), label)
        if ignored is not None:
            label, right = label[~ignored], right[~ignored]
        top[0].data[...] = np.count_nonzero(right) / max(1, right.size)
        if len(top) == 2:
            places_of = np.bincount(label.reshape(-1), minlength=classes)
            right_of = np.bincount(label[right], minlength=classes)
            np.divide(right_of, np.maximum(places_of, 1), out=top[1].data, casting="same_kind")

    def _is_right(self, scores: NDArray, label: NDArray) -> NDArray:
        """Which places have classes - top_k or more scores below the label's."""
        lower = self.scratch("lower", scores.shape, bool)
        np.less(scores, np.take_along_axis(scores, label[:, None, :], axis=1), out=lower)
        return np.count_nonzero(lower, axis=1) >= scores.shape[1] - self.top_k
