"""HardSwish: Swish made of straight lines."""

from __future__ import annotations

from ...core.registry import register
from ...kernels import gates
from ._gate import GateLayer


@register
class HardSwish(GateLayer):
    """Gate each value by a straight line that stands for its sigmoid (MobileNet v3).

    bottom[0] (any shape) -> top[0] (the same): y = x min(max(x + 3, 0), 6) / 6.

    Gradient: 0 up to -3, dy from 3 on, dy (2 x + 3) / 6 between.

    Howard and others 2019, Searching for MobileNetV3; Synopsys' fork, which has no gradient.
    """

    type = "HardSwish"
    forks = ("synopsys",)
    gate = staticmethod(gates.hard_swish)
    gate_backward = staticmethod(gates.hard_swish_backward)
