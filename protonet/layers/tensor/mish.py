"""Mish: a value gated by the tanh of its softplus."""

from __future__ import annotations

from ...core.registry import register
from ...kernels import gates
from ._gate import GateLayer


@register
class Mish(GateLayer):
    """Gate each value by the tanh of its softplus (YOLO v4).

    bottom[0] (any shape) -> top[0] (the same): y = x tanh(log(1 + exp(x))).

    Gradient: dx = dy (g + x (1 - g^2) / (1 + exp(-x))), g the tanh.

    Misra 2019, Mish: A Self Regularized Non-Monotonic Activation Function; Synopsys' fork.
    Deviation: the fork puts y where its gradient needs x, which is no derivative.
    """

    type = "Mish"
    forks = ("synopsys",)
    gate = staticmethod(gates.mish)
    gate_backward = staticmethod(gates.mish_backward)
