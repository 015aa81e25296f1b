"""Classes: scores (N, K) or (N, K, 1, 1), the best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...kernels.boxes import by_score
from ...net.net import Net
from ..placement import Placement
from .reader import Answer, Reader, Settings, register


@dataclass(frozen=True)
class Score:
    """A class and how much the net takes the picture for it."""

    label: int
    name: str
    score: float


@dataclass
class Classes(Answer):
    """best: the top classes; scores: of all (K)."""

    best: list[Score]
    scores: NDArray = field(repr=False)
    kind: ClassVar[str] = "classes"

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"rank": i, "label": s.label, "name": s.name, "score": s.score}
            for i, s in enumerate(self.best, 1)
        ]


@register
class ClassReader(Reader):
    """One value for each class and picture, of any output that has such a shape."""

    kind = "classes"
    rank = 8
    averages = True

    @classmethod
    def claim(cls, net: Net, free: Sequence[str], settings: Settings) -> list[Reader]:
        def suits(name: str) -> bool:
            shape = net.blobs[name].shape
            batch = net.blobs[net.inputs[0]].shape[:1]
            return shape[:1] == batch and len(shape) in (2, 4) and set(shape[2:]) <= {1}

        return [cls([name], settings) for name in free if suits(name)]

    def read(self, values: dict[str, NDArray], places: Sequence[Placement]) -> list[Answer]:
        scores = values[self.names[0]]
        return [self._best(each.reshape(-1)) for each in scores.reshape(len(scores), -1)]

    def _best(self, scores: NDArray) -> Classes:
        order = by_score(np.nan_to_num(scores, nan=-np.inf), self.settings.top)
        names = self.settings.names
        best = [Score(int(i), names[int(i)], float(scores[i])) for i in order]
        return Classes(self.names[0], best, scores.copy())
