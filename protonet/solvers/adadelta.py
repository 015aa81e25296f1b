"""AdaDelta: steps in the parameters' own units (Zeiler 2012)."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..kernels import updates
from .registry import register
from .rule import Rule


@register
class AdaDelta(Rule):
    """h = momentum h + (1 - momentum) g^2;  d = g sqrt((u + delta) / (h + delta));
    u = momentum u + (1 - momentum) d^2;  w -= rate d.

    History: h and u, two arrays.  Settings: momentum (0), the decay of both; delta (1e-8).
    The paper has no rate; Caffe multiplies with it, so base_lr is usually 1.
    """

    type = "AdaDelta"
    kinds = 2
    reads = ("momentum", "delta")

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        h, u = history
        updates.adadelta(w, g, h, u, rate, self.param.momentum, self.param.delta)
