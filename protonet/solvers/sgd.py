"""SGD: stochastic gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..kernels import updates
from .registry import register
from .rule import Rule


@register
class SGD(Rule):
    """h = momentum h + rate g;  w -= h.

    History: h, one array.  Settings: momentum (0).
    """

    type = "SGD"

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        updates.sgd(w, g, history[0], rate, self.param.momentum)
