"""AdaGrad: smaller steps where gradients have been large (Duchi, Hazan and Singer 2011)."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..kernels import updates
from .registry import register
from .rule import Rule


@register
class AdaGrad(Rule):
    """h += g^2;  w -= rate g / (sqrt(h) + delta).

    History: h, one array.  Settings: delta (1e-8).  No momentum.
    """

    type = "AdaGrad"
    reads = ("delta",)

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        updates.adagrad(w, g, history[0], rate, self.param.delta)
