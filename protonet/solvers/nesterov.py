"""Nesterov: momentum that looks ahead."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..kernels import updates
from .registry import register
from .rule import Rule


@register
class Nesterov(Rule):
    """h' = momentum h + rate g;  w -= (1 + momentum) h' - momentum h.

    History: h, one array.  Settings: momentum (0).
    """

    type = "Nesterov"

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        updates.nesterov(w, g, history[0], rate, self.param.momentum)
