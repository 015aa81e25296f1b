"""Dropout: forgetting at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

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

    dropout_param: dropout_ratio (0.5), 0 to 1; 1 leaves nothing.  Of forks: scale_train (true;
    false: m is 0 or 1, and TEST scales by 1 - dropout_ratio, as in the first paper),
    sample_weights_test (false; true: TEST draws as well, for the spread of a Bayesian SegNet).
    """

    type = "Dropout"
    messages = ("dropout_param",)
    ranges: ClassVar = {"dropout_ratio": Range(0, 1)}
    backward_reads = frozenset()
    keeps_signs = True
    serves = frozenset({"DropoutParameter.scale_train", "DropoutParameter.sample_weights_test"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.dropout_param
        self.ratio, self.scaled = param.dropout_ratio, param.scale_train
        self.draws = self.training or param.sample_weights_test
        self.identity = not self.draws and self.scaled

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self.draws:
            mask = self.scratch("mask", bottom[0].shape)
            elementwise.dropout_mask(self.rng, self.ratio, self.scaled, out=mask)
        self._scale(bottom[0].data, top[0].data)

    def _scale(self, values: NDArray, out: NDArray) -> None:
        """out = values * m, or what TEST does without one."""
        if self.draws:
            elementwise.multiply(values, self.scratch("mask", values.shape), out=out)
        elif self.scaled:
            elementwise.copy(values, out=out)
        else:
            np.multiply(values, 1 - self.ratio, out=out)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self._scale(top[0].diff, bottom[0].diff)
