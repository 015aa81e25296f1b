"""ReLU: the rectifier."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class ReLU(NeuronLayer):
    """Let positive values pass, stop or shrink negative ones.

    bottom[0] (any shape) -> top[0] (the same): y = max(x, 0) + negative_slope * min(x, 0).

    Gradient: dx = dy where x > 0, else negative_slope * dy (so at 0 too).  Since y has the
    sign of x, backward looks at y only, which is there in place as well.

    relu_param: negative_slope (0); above 0 it is a leaky ReLU.  Of forks: relu6 (Synopsys, false)
    cuts y at 6, with a gradient of 0 from there on.

    Deviation: in place with a negative negative_slope, where signs are not kept, the
    gradient is right.
    """

    type = "ReLU"
    messages = ("relu_param",)
    backward_reads = frozenset({"top"})
    reads_signs = True
    serves = frozenset({"ReLUParameter.relu6"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.relu_param
        self.slope = param.negative_slope
        #: Where y is cut.
        self.high = 6.0 if param.relu6 else math.inf
        if param.relu6:
            self.reads_signs = False
            if self.slope < 0:
                raise self.fault("relu6 with a negative negative_slope", "give 0 or more", "relu6")

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        if self.slope < 0:
            x = self.copy_input(x)
        if self.high < math.inf:
            elementwise.relu_up_to(x, self.slope, self.high, out=top[0].data)
        else:
            elementwise.relu(x, self.slope, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            y = top[0].data if self.slope >= 0 else self.scratch("input", top[0].shape)
            if self.high < math.inf:
                elementwise.relu_up_to_backward(
                    y, top[0].diff, self.slope, self.high, out=bottom[0].diff
                )
            else:
                elementwise.relu_backward(y, top[0].diff, self.slope, out=bottom[0].diff)
