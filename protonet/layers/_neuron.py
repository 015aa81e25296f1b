"""What all neuron layers share: one bottom, one top of the same shape, value by value."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs, Layer


class NeuronLayer(Layer):
    """Base of the layers y = f(x), applied to each value by itself.

    As no value looks at its neighbour, the top may be the bottom (in place).  Then x is
    gone when backward runs.  Most functions have a gradient that y tells as well; the
    others ask `keep_input` for a copy.
    """

    in_place = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if top[0] is not bottom[0]:
            top[0].reshape(*bottom[0].shape)

    def keep_input(self, bottom: Blobs, top: Blobs) -> NDArray:
        """For forward: x, which `kept_input` will still know in backward."""
        x = bottom[0].data
        copy = self.needs_backward and top[0].shares_data_with(bottom[0])
        return self.copy_input(x) if copy else x

    def kept_input(self, bottom: Blobs, top: Blobs) -> NDArray:
        """For backward: x as forward saw it."""
        if top[0].shares_data_with(bottom[0]):
            return self.scratch("input", bottom[0].shape)
        return bottom[0].data

    def copy_input(self, x: NDArray) -> NDArray:
        """A copy of x in scratch memory, where it outlives the forward pass."""
        copy = self.scratch("input", x.shape)
        np.copyto(copy, x)
        return copy


def log_of_base(layer: Layer, base: float) -> float:
    """The natural logarithm of a base; -1 stands for e."""
    if base == -1:
        return 1.0
    if not 0 < base < math.inf:
        raise layer.fault(f"base is {base:g}", "give one above 0, or -1 for e", "base")
    return math.log(base)
