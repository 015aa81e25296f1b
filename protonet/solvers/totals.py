"""What the outputs of a net come to over the batches of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NetError
from ..kernels.average_precision import average_precision
from ..log import log, number
from ..net.net import Net
from .outputs import Output


def scores_of(net: Net) -> list[str]:
    """The outputs of a net that a test has one number for: a mean of single values, or a mean
    average precision."""
    detections = detections_of(net)
    return [x for x in net.outputs if x in detections or net.blobs[x].count == 1]


def detections_of(net: Net) -> list[str]:
    """The outputs that DetectionEvaluate makes."""
    steps = (step for step in net.steps if step.layer.type == "DetectionEvaluate")
    return [name for step in steps for name in step.top_names if name in net.outputs]


class Totals:
    """Adds up the outputs batch by batch: to their means, and for what DetectionEvaluate says
    to the mean average precision."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._detections = {name: Detections() for name in detections_of(net)}
        self._batches = 0

    @property
    def detects(self) -> bool:
        """Is there a DetectionEvaluate among the outputs?"""
        return bool(self._detections)

    def seen(self) -> dict[str, NDArray]:
        """The outputs of the pass that was just made, copied."""
        return {name: self._net.blobs[name].data.copy() for name in self._net.outputs}

    def add(self, seen: Mapping[str, NDArray] | None = None) -> None:
        """Take the outputs of the pass that was just made, or what `seen` gave.  NetError for an
        output whose shape has changed."""
        self._batches += 1
        for name in self._net.outputs:
            values = self._net.blobs[name].data if seen is None else seen[name]
            if name in self._detections:
                self._detections[name].add(values.reshape(-1, 5))
                continue
            total = self._sums.setdefault(name, np.zeros(values.shape))
            if total.shape != values.shape:
                raise _no_mean(name, total.shape, values.shape)
            total += values

    def combine(self, parts: Sequence[Totals]) -> None:
        """Become what one would be that had taken the batches of all parts, by turns."""
        self._batches = sum(part._batches for part in parts)
        self._sums = {}
        for part in parts:
            for name, values in part._sums.items():
                total = self._sums.setdefault(name, np.zeros(values.shape))
                if total.shape != values.shape:
                    raise _no_mean(name, total.shape, values.shape)
                total += values
        for name, mine in self._detections.items():
            mine.combine([part._detections[name] for part in parts])

    def __getstate__(self) -> dict[str, Any]:
        """What another worker needs of it."""
        return {**self.__dict__, "_net": None}

    def means(self, seen: Mapping[str, NDArray]) -> dict[str, NDArray]:
        """The values (n) of those outputs that have a mean."""
        return {name: x.reshape(-1) for name, x in seen.items() if name not in self._detections}

    def results(
        self, ap_version: str = "Integral", per_class: bool = False
    ) -> tuple[list[Output], NDArray[np.float64]]:
        """The values and whose they are, in the order of the outputs.  per_class: log the average
        precision of each class too."""
        outputs, found = [], []
        for name in self._net.outputs:
            if name in self._detections:
                values = [self._detections[name].mean(ap_version, per_class)]
            else:
                values = (self._sums[name].reshape(-1) / self._batches).tolist()
            weight = self._net.blob_loss_weights[name]
            outputs += [Output(name, weight)] * len(values)
            found += values
        return outputs, np.array(found, np.float64)


def _no_mean(name: str, one: tuple[int, ...], other: tuple[int, ...]) -> NetError:
    return NetError(
        f"output '{name}' has shape {one} in one batch, {other} in another, and no mean",
        "end it in a Silence layer",
    )


class Detections:
    """Rows of DetectionEvaluate: `truths` by class, and what was found of each."""

    def __init__(self) -> None:
        self.truths: dict[int, int] = {}
        self._rows: list[NDArray] = []

    def add(self, rows: NDArray) -> None:
        """rows (R, 5) of a batch."""
        for _, label, count, *_ in rows[rows[:, 0] == -1].tolist():
            self.truths[int(label)] = self.truths.get(int(label), 0) + int(count)
        counted = (rows[:, 0] != -1) & (rows[:, 3] + rows[:, 4] > 0)
        self._rows.append(rows[counted, 1:4].copy())

    def combine(self, parts: Sequence[Detections]) -> None:
        """Take the batches of all parts, by turns: rows of one score stay in their order."""
        self.truths = {}
        for part in parts:
            for label, count in part.truths.items():
                self.truths[label] = self.truths.get(label, 0) + count
        turns = zip_longest(*(part._rows for part in parts))
        self._rows = [rows for turn in turns for rows in turn if rows is not None]

    def by_class(self, version: str) -> dict[int, float | None]:
        """The average precision of each class; None where nothing was detected."""
        rows = np.concatenate(self._rows)
        rows = rows[np.argsort(-rows[:, 1], kind="stable")]
        found: dict[int, float | None] = {}
        for label, truths in sorted(self.truths.items()):
            right = rows[rows[:, 0] == label, 2] > 0
            found[label] = average_precision(right, truths, version) if len(right) else None
        return found

    def mean(self, version: str, per_class: bool) -> float:
        """Over all classes, those without detections counting 0."""
        found = self.by_class(version)
        for label, value in found.items():
            if value is None:
                log.warning("Missing true_pos for label: %d", label)
            elif per_class:
                log.info("class%d: %s", label, number(value))
        return sum(value or 0.0 for value in found.values()) / max(1, len(found))
