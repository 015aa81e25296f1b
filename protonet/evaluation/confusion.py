"""Confusion: how often each class was taken for each other one, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .target import Batch


class Confusion:
    """counts (K, K): row i, column j: places of class i that were taken for j, the class of the
    highest score, of equal ones the first."""

    def __init__(self) -> None:
        self.counts = np.zeros((0, 0), np.int64)

    def add(self, batch: Batch) -> None:
        classes = batch.scores.shape[1]
        if not len(self.counts):
            self.counts = np.zeros((classes, classes), np.int64)
        labels = batch.labels
        if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
            wrong = labels[(labels < 0) | (labels >= classes)][0]
            raise DataError(
                f"label {wrong} is out of range for {classes} classes",
                f"labels count from 0 to {classes - 1}",
            )
        cell = labels * classes + batch.scores.argmax(axis=1)
        self.counts += np.bincount(cell, minlength=classes**2).reshape(classes, classes)

    def combine(self, parts: Sequence[Confusion]) -> None:
        """Count what all parts have counted."""
        counted = [part.counts for part in parts if len(part.counts)]
        self.counts = np.sum(counted, axis=0, dtype=np.int64) if counted else self.counts

    @property
    def accuracy(self) -> float:
        """Right places of all."""
        return float(np.trace(self.counts) / max(1, self.counts.sum()))

    @property
    def recall(self) -> NDArray[np.float64]:
        """(K) of the places of each class those that were right; NaN for a class without any."""
        return _ratio(self.counts.diagonal(), self.counts.sum(axis=1))

    @property
    def precision(self) -> NDArray[np.float64]:
        """(K) of the places that were taken for a class those that were right; NaN for none."""
        return _ratio(self.counts.diagonal(), self.counts.sum(axis=0))

    @property
    def iou(self) -> NDArray[np.float64]:
        """(K) right places of a class over those that are of it or were taken for it; NaN for a
        class that is neither."""
        either = self.counts.sum(axis=0) + self.counts.sum(axis=1) - self.counts.diagonal()
        return _ratio(self.counts.diagonal(), either)

    @property
    def mean_iou(self) -> float:
        """Over the classes that there are among labels or answers."""
        known = self.iou[~np.isnan(self.iou)]
        return float(known.mean()) if len(known) else 0.0

    def worst(self, count: int) -> list[tuple[int, int, int]]:
        """The largest counts off the diagonal: (class, taken for, how often)."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:count]
        cells = [(int(i) // len(wrong), int(i) % len(wrong)) for i in order]
        return [(i, j, int(wrong[i, j])) for i, j in cells if wrong[i, j]]

    def per_class(self) -> list[dict[str, Any]]:
        """A row for each class: what is known of it, None for what is not."""
        columns = {"accuracy": self.recall, "precision": self.precision, "iou": self.iou}
        places = self.counts.sum(axis=1)
        return [
            {"label": i, "places": int(places[i])}
            | {name: None if np.isnan(x[i]) else float(x[i]) for name, x in columns.items()}
            for i in range(len(places))
        ]


def _ratio(part: NDArray, whole: NDArray) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
