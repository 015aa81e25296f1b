"""Boxes: what of a picture a net takes for an object, and of which class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...kernels.boxes import by_score, nms
from ..names import Names
from ..placement import Placement
from .reader import Answer


@dataclass(frozen=True)
class Box:
    """An object: its class, and its sides in pixels of the picture, cut to it."""

    label: int
    name: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass
class Boxes(Answer):
    """boxes: the best first."""

    boxes: list[Box]
    kind: ClassVar[str] = "boxes"

    def rows(self) -> list[dict[str, Any]]:
        sides = ("x1", "y1", "x2", "y2")
        return [
            {"rank": i, "label": box.label, "name": box.name, "score": box.score}
            | {side: getattr(box, side) for side in sides}
            for i, box in enumerate(self.boxes, 1)
        ]


def found(
    output: str, place: Placement, names: Names, rows: Iterable[tuple[int, float, NDArray]]
) -> Boxes:
    """Of classes, scores and boxes (4) in pixels of the picture."""
    height, width = place.size
    high = np.array([width, height] * 2, float)
    boxes = []
    for label, score, sides in sorted(rows, key=lambda row: -row[1]):
        cut = np.clip(np.asarray(sides, float), 0, high).tolist()
        boxes.append(Box(label, names[label], score, *cut))
    return Boxes(output, boxes)


def best_of_each_class(
    boxes: NDArray, scores: NDArray, least: float, overlap: float, *, plus_one: bool = False
) -> Iterable[tuple[int, float, NDArray]]:
    """Suppression class by class of boxes (R, K, 4), or (R, 1, 4) for all classes, with scores
    (R, K): of those with `least` at least.  plus_one: corners are pixels that belong to it."""
    for label in range(scores.shape[1]):
        order = by_score(scores[:, label])
        order = order[scores[order, label] >= least]
        own = boxes[order, label if boxes.shape[1] > 1 else 0]
        for i in nms(np.ascontiguousarray(own), overlap, plus_one=plus_one):
            yield label, float(scores[order[i], label]), own[i]
