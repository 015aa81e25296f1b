"""Log: logarithms to a base."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import powers
from ._neuron import NeuronLayer, log_of_base


@register
class Log(NeuronLayer):
    """Take the logarithm of each value.

    bottom[0] (any shape) -> top[0] (the same): y = log(scale x + shift) / log(base).

    Gradient: dx = dy * scale / ((scale x + shift) * ln(base)).

    log_param: base (-1: e, else above 0 and not 1), scale (1), shift (0).
    """

    type = "Log"
    messages = ("log_param",)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.log_param
        log_base = log_of_base(self, param.base)
        if log_base == 0:
            raise self.fault("base is 1, whose powers are all 1", "give another one", "base")
        self.constants = (param.scale, param.shift, 1 / log_base)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        powers.log(self.keep_input(bottom, top), *self.constants, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self.kept_input(bottom, top)
            powers.log_backward(x, top[0].diff, *self.constants, out=bottom[0].diff)
