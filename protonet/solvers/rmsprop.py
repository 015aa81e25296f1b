"""RMSProp: AdaGrad that forgets (Tieleman and Hinton 2012)."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..kernels import updates
from ..proto.source_map import SolverDefinition
from ._fault import fault
from .registry import register
from .rule import Rule


@register
class RMSProp(Rule):
    """h = rms_decay h + (1 - rms_decay) g^2;  w -= rate g / (sqrt(h) + delta).

    History: h, one array.  Settings: rms_decay (0.99), delta (1e-8).  No momentum.
    """

    type = "RMSProp"
    reads = ("rms_decay", "delta")

    def check(self, definition: SolverDefinition) -> None:
        decay = self.param.rms_decay
        if not 0 <= decay < 1:
            raise fault(
                definition, f"rms_decay is {decay:g}", "give a value from 0 to below 1", "rms_decay"
            )

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        updates.rmsprop(w, g, history[0], rate, self.param.rms_decay, self.param.delta)
