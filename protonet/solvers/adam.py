"""Adam: momentum over RMSProp (Kingma and Ba 2015)."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..kernels import updates
from ..proto.source_map import SolverDefinition
from ._fault import fault
from .registry import register
from .rule import Rule


@register
class Adam(Rule):
    """m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
    w -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + delta), t counting from 1.

    History: m and v, two arrays.  Settings: b1 = momentum, whose default is 0 and not the
    paper's 0.9; b2 = momentum2 (0.999); delta (1e-8).
    """

    type = "Adam"
    kinds = 2
    reads = ("momentum", "momentum2", "delta")

    def check(self, definition: SolverDefinition) -> None:
        for field in ("momentum", "momentum2"):
            value = getattr(self.param, field)
            if not 0 <= value < 1:
                raise fault(
                    definition, f"{field} is {value:g}", "give a value from 0 to below 1", field
                )

    def rate(self, rate: float, iteration: int) -> float:
        return rate * updates.adam_correction(
            self.param.momentum, self.param.momentum2, iteration + 1
        )

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        m, v = history
        momentum, momentum2 = self.param.momentum, self.param.momentum2
        updates.adam(w, g, m, v, rate, momentum, momentum2, self.param.delta)
