"""Pad: a constant around a tensor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.registry import register


@register
class Pad(Layer):
    """Lay a margin of one value around a tensor, along any axis.

    bottom[0] (n_0, n_1, ...) -> top[0] (p_0 + n_0 + q_0, p_1 + n_1 + q_1, ...).

    Gradient: dx = dy where the bottom lies.

    pad_param: paddings p_0, q_0, p_1, q_1, ..., two for each axis; constant_values (0).

    Synopsys' fork, as tf.pad.  It has no gradient.
    """

    type = "Pad"
    forks = ("synopsys",)
    messages = ("pad_param",)
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        given, axes = list(self.param.pad_param.paddings), len(bottom[0].shape)
        if len(given) != 2 * axes:
            raise self.fault(
                f"{len(given)} paddings for {axes} axes",
                "give two for each axis of the bottom",
                "paddings",
            )
        self.before, self.after = given[::2], given[1::2]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        sides = [*zip(self.before, bottom[0].shape, self.after)]
        self.inside = tuple(slice(first, first + length) for first, length, _ in sides)
        top[0].reshape(*(sum(side) for side in sides))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data.fill(self.param.pad_param.constant_values)
        np.copyto(top[0].data[self.inside], bottom[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff[self.inside])
