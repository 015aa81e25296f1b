"""Dropout: forgetting at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..core.layer import Blobs
from ..core.ranges import Range
from ..core.registry import register
from ..kernels import elementwise
from ._neuron import NeuronLayer


@register
class Dropout(NeuronLayer):
    """Set values to zero at random while training, so that no unit relies on another.

    bottom[0] (any shape) -> top[0] (the same).  In TRAIN, y = x * m, where each m is 0 with
    probability dropout_ratio and 1 / (1 - dropout_ratio) otherwise, drawn anew at every
    pass; so y is x on average, and TEST just copies.

    Gradient: dx = dy * m with the m of the last forward.

    dropout_param: dropout_ratio (0.5), 0 to 1; 1 leaves nothing.
    """

    type = "Dropout"
    messages = ("dropout_param",)
    ranges: ClassVar = {"dropout_ratio": Range(0, 1)}
    backward_reads = frozenset()
    keeps_signs = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.ratio = self.param.dropout_param.dropout_ratio
        self.identity = not self.training

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if not self.training:
            elementwise.copy(bottom[0].data, out=top[0].data)
            return
        mask = self.scratch("mask", bottom[0].shape)
        elementwise.dropout_mask(self.rng, self.ratio, out=mask)
        elementwise.multiply(bottom[0].data, mask, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self.training:
            mask = self.scratch("mask", bottom[0].shape)
            elementwise.multiply(top[0].diff, mask, out=bottom[0].diff)
        else:
            elementwise.copy(top[0].diff, out=bottom[0].diff)
