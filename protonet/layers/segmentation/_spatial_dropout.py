"""SpatialDropoutLayer of module spatial_dropout: ENet forgets whole maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs
from ...errors import ShapeError
from .._stand_in import StandIn
from ..python import built_in


@built_in("spatial_dropout")
class SpatialDropoutLayer(StandIn):
    """bottom[0] (N, C, ...) -> top[0] (the same): y = x m, one m for each map (n, c).

    param_str: p, between 0 and 1 (also as a string); phase, of this layer alone.  phase 'TRAIN':
    m is 0 with probability p, else 1 / (1 - p).  Quirk kept: in any other phase m is 1 / (1 - p)
    everywhere, so y is larger than x on average.

    Gradient: dx = dy m.  Deviation: the module takes the last item's m for all items.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self.draws = self._value("phase") == "TRAIN"
        try:
            self.ratio = float(self._value("p"))
        except (TypeError, ValueError):
            self.ratio = np.nan
        if not 0 < self.ratio < 1:
            raise self.layer.fault(
                f"param_str: p is {self.given['p']!r}", "it must be between 0 and 1", "param_str"
            )

    def _value(self, key: str) -> Any:
        if key not in self.given:
            raise self.layer.fault(
                f"param_str: {key} is missing",
                "write \"{'phase': 'TEST', 'p': '0.1'}\"",
                "param_str",
            )
        return self.given[key]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) < 2:
            raise ShapeError(f"{bottom[0].shape} has no maps: N, C, ... is needed")
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        scale = 1 / (1 - self.ratio)
        self.mask = np.full((*shape[:2], *[1] * (len(shape) - 2)), scale, self.dtype)
        if self.draws:
            self.mask[self.rng.random(self.mask.shape) < self.ratio] = 0
        self._scale(bottom[0].data, top[0].data)

    def _scale(self, values: NDArray, out: NDArray) -> None:
        np.multiply(values, self.mask, out=out)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self._scale(top[0].diff, bottom[0].diff)
