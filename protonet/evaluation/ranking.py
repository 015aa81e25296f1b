"""What the order of scores is worth: top-k accuracy, and mean average precision."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from ..errors import NetError
from ..kernels.average_precision import average_precision
from .target import Batch


class TopK:
    """The fraction of places whose class is among the k best scores, for each of `ks`.

    Ties count against a place, as in Accuracy: of K equal scores none is among the best.
    """

    def __init__(self, ks: tuple[int, ...]) -> None:
        self._ks = ks
        self._right = dict.fromkeys(ks, 0)
        self._places = 0

    def add(self, batch: Batch) -> None:
        classes = batch.scores.shape[1]
        if max(self._ks) > classes:
            raise NetError(f"top {max(self._ks)} of {classes} classes", f"give 1 to {classes}")
        own = np.take_along_axis(batch.scores, batch.labels[:, None], axis=1)
        # Counted so that a score that is NaN is never right.
        lower = np.count_nonzero(batch.scores < own, axis=1)
        self._places += len(own)
        for k in self._ks:
            self._right[k] += int(np.count_nonzero(lower >= classes - k))

    def combine(self, parts: Sequence[TopK]) -> None:
        """Count what all parts have counted."""
        self._places = sum(part._places for part in parts)
        self._right = {k: sum(part._right[k] for part in parts) for k in self._ks}

    @property
    def accuracies(self) -> dict[int, float]:
        return {k: right / max(1, self._places) for k, right in self._right.items()}


class MeanAveragePrecision:
    """The average precision of each class over all records, ranked by its scores; its mean."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._scores: list[np.ndarray] = []
        self._truths: list[np.ndarray] = []

    def add(self, batch: Batch) -> None:
        scores, labels = batch.scores, batch.labels
        truths = labels > 0 if labels.ndim == 2 else labels[:, None] == np.arange(scores.shape[1])
        self._scores.append(scores.copy())
        self._truths.append(truths)

    def combine(self, parts: Sequence[MeanAveragePrecision]) -> None:
        """Take the batches of all parts, by turns: equal scores stay in their order."""
        for name in ("_scores", "_truths"):
            turns = zip_longest(*(getattr(part, name) for part in parts))
            setattr(self, name, [each for turn in turns for each in turn if each is not None])

    def by_class(self) -> list[float | None]:
        """Of each class; None for one that no record has."""
        scores, truths = np.concatenate(self._scores), np.concatenate(self._truths)
        found: list[float | None] = []
        for column, right in zip(scores.T, truths.T):
            order = np.argsort(-column, kind="stable")
            count = int(right.sum())
            found.append(average_precision(right[order], count, self._version) if count else None)
        return found

    @property
    def mean(self) -> float:
        """Over the classes that some record has."""
        known = [value for value in self.by_class() if value is not None]
        return sum(known) / max(1, len(known))
