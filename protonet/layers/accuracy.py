"""Accuracy: how often a classifier is right."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ..core.layer import Blobs, Layer, between, exactly
from ..core.ranges import Range
from ..core.registry import register
from ..kernels import losses
from ._classes import ClassLabels, class_view


@register
class Accuracy(Layer):
    """The fraction of places whose right class is among the top_k best scores.

    bottom[0] (N, C, H, W) scores, bottom[1] (N, 1, H, W) labels 0 .. C-1 -> top[0] (): right
    places / places; top[1] (optional, (C)): the same for the places of each class, 0 for a
    class without any.

    A place is right if fewer than top_k other classes score at least as much as the label's,
    so that ties count against it.

    accuracy_param: top_k (1), axis of the classes (1), ignore_label (none): its places do not
    count.  min_is_better (false; of happynear's fork): the smallest scores are the best, such as
    distances.

    No gradient.  Deviations: a label that is no class is an error, and a score that is NaN
    is never right.
    """

    type = "Accuracy"
    messages = ("accuracy_param",)
    ranges: ClassVar = {"top_k": Range(1)}
    bottoms = exactly(2)
    tops = between(1, 2)
    has_backward = False
    backward_reads = frozenset()
    serves = frozenset({"AccuracyParameter.min_is_better"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.accuracy_param
        self.top_k = param.top_k
        ignore = param.ignore_label if param.HasField("ignore_label") else None
        self.labels = ClassLabels(self, ignore, "accuracy_param.ignore_label")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis = self.param.accuracy_param.axis
        self.view = class_view(bottom[0], axis, "accuracy_param.axis")
        self.labels.reshape(self.view, bottom[0], bottom[1])
        classes = self.view[1]
        if not 1 <= self.top_k <= classes:
            raise self.fault(
                f"top_k is {self.top_k}, there are {classes} classes",
                f"give 1 to {classes}",
                "top_k",
            )
        top[0].reshape()
        if len(top) == 2:
            top[1].reshape(classes)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.labels.read(bottom[1])
        scores, classes = bottom[0].data.reshape(self.view), self.view[1]
        lower = self.scratch("lower", self.view, bool)
        worse = np.greater if self.param.accuracy_param.min_is_better else np.less
        worse(scores, losses.at(scores, self.labels.index)[:, None, :], out=lower)
        right = np.count_nonzero(lower, axis=1) >= classes - self.top_k
        label = self.labels.label
        if self.labels.ignored is not None:
            counted = ~self.labels.ignored
            label, right = label[counted], right[counted]
        top[0].data[...] = np.count_nonzero(right) / max(1, right.size)
        if len(top) == 2:
            places_of = np.bincount(label.reshape(-1), minlength=classes)
            right_of = np.bincount(label[right], minlength=classes)
            top[1].data[...] = right_of / np.maximum(places_of, 1)
