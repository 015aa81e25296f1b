"""AbsVal: the absolute value."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class AbsVal(NeuronLayer):
    """Drop the sign.

    bottom[0] (any shape) -> top[0] (the same): y = |x|.  Not in place, as in Caffe.

    Gradient: dx = dy * sign(x), which is 0 at 0.
    """

    type = "AbsVal"
    in_place = False
    backward_reads = frozenset({"bottom"})

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        elementwise.absolute(bottom[0].data, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            elementwise.absolute_backward(bottom[0].data, top[0].diff, out=bottom[0].diff)
