"""What is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import DataError
from ...evaluation import Batch, Confusion, find_target
from ...net.net import Net
from .base import Insight


@dataclass(frozen=True)
class ConfusionMatrix(Insight):
    """counts (K, K): row i, column j: how often class i was taken for j.  names (K)."""

    counts: NDArray[np.int64]
    names: list[str]

    @property
    def title(self) -> str:
        total = self.counts.sum()
        return f"{np.trace(self.counts):,} of {total:,} right ({100 * self.accuracy:.1f} %)"

    @property
    def accuracy(self) -> float:
        """Right ones of all."""
        return float(np.trace(self.counts) / max(1, self.counts.sum()))

    @property
    def shares(self) -> NDArray[np.float64]:
        """(K, K) of the items of class i those that were taken for j; 0 for a class without any."""
        return self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True))


def confusion_matrix(
    labels: ArrayLike | Net,
    predictions: ArrayLike | None = None,
    *,
    batches: int = 1,
    scores: str | None = None,
    names: Sequence[str] = (),
) -> ConfusionMatrix:
    """How often each class was taken for each other.

    labels: (N) whole numbers from 0; predictions: (N) likewise, or scores (N, K).  Or a net that
    reads its data: then `batches` passes are run and counted, of what the last Accuracy compares,
    or of the blob `scores`.  names: of the classes, as far as there are some.

    DataError for labels that do not fit; NetError for a net that compares nothing with labels.
    """
    if isinstance(labels, Net):
        counts = _of_net(labels, batches, scores)
    else:
        counts = _of_arrays(np.asarray(labels), np.asarray(predictions))
    known = [*names][: len(counts)]
    return ConfusionMatrix(counts, known + [str(i) for i in range(len(known), len(counts))])


def _of_net(net: Any, batches: int, scores: str | None) -> NDArray[np.int64]:
    target = find_target(net, scores)
    if target.several:
        raise DataError(f"items of '{target.name}' can be of several classes at once")
    confusion = Confusion()
    for _ in range(batches):
        net.run_forward()
        confusion.add(target.batch(net))
    return confusion.counts


def _of_arrays(labels: NDArray, predictions: NDArray) -> NDArray[np.int64]:
    places = labels.reshape(-1)
    flat = predictions if predictions.ndim == 2 else predictions.reshape(-1)
    if len(flat) != len(places):
        raise DataError(f"there are {len(places)} labels and {len(flat)} predictions")
    for what, values in (("label", places), ("prediction", flat if flat.ndim == 1 else places)):
        wrong = values[(values < 0) | (values != np.floor(values))]
        if len(wrong):
            raise DataError(f"{what} {wrong[0]:g} is no class: classes are numbers from 0")
    places = places.astype(np.intp)
    if flat.ndim == 1:
        classes = int(max(places.max(initial=-1), flat.max(initial=-1))) + 1
        flat = np.eye(classes)[flat.astype(np.intp)]
    confusion = Confusion()
    confusion.add(Batch(flat, places, np.arange(len(places))))
    return confusion.counts
