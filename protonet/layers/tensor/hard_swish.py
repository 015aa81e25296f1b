"""HardSwish: Swish made of straight lines."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.layer import Blobs
from ...core.registry import register
from ...kernels import gates
from .._neuron import NeuronLayer


@register
class HardSwish(NeuronLayer):
    """Gate each value by a straight line that stands for its sigmoid (MobileNet v3).

    bottom[0] (any shape) -> top[0] (the same): y = x min(max(x + 3, 0), 6) / 6.

    Gradient: 0 up to -3, dy from 3 on, dy (2 x + 3) / 6 between.

    Howard and others 2019, Searching for MobileNetV3; Synopsys' fork, which has no gradient.
    """

    type = "HardSwish"
    forks = ("synopsys",)
    backward_reads = frozenset({"bottom"})

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        if top[0].shares_data_with(bottom[0]):
            x = self.copy_input(x)
        gates.hard_swish(x, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self.kept_input(bottom, top)
            gates.hard_swish_backward(x, top[0].diff, out=bottom[0].diff)
