"""Normalize of happynear: features of a face at a length of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer, between
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import elementwise, lengths


@register
class Normalize(Layer):
    """Bring the vector over the channels at each place to a length of one.

    bottom[0] (N, C, H, W) -> top[0] (the same; of two axes (N, C, 1, 1)): y = x / length with

        L2: length = sqrt(sum over C of x^2 + 1e-6)     L1: length = sum over C of |x| + 1e-6

    top[1] (optional, (N, 1, H, W)): the length.

    Gradient: dx = (dy - t * sum over C of y dy) / length, t = y for L2 and sign(x) for L1; with
    bp_norm the gradient dlen of the second top adds t dlen, otherwise none comes from there.

    normalize_param: normalize_type ("L2" or "L1"), bp_norm (false); fix_gradient changes
    nothing, as in the fork on a CPU.  NormFace; Wang and others, 2017.
    """

    type = "Normalize"
    forks = ("happynear",)
    variant = True
    messages = ("normalize_param",)
    tops = between(1, 2)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        kind = self.param.normalize_param.normalize_type
        if kind not in ("L1", "L2"):
            raise self.fault(f'normalize_type is "{kind}"', 'give "L1" or "L2"', "normalize_type")
        self.squares = kind == "L2"
        self.backward_reads = frozenset({"top"} if self.squares else {"bottom", "top"})

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if not 2 <= len(shape) <= 4:
            raise ShapeError(f"bottom 0 has shape {shape}", "it needs two to four axes: N, C, H, W")
        n, c, *space = shape
        space += [1] * (2 - len(space))
        self.view = (n, c, bottom[0].count_from(2))
        top[0].reshape(n, c, *space)
        if len(top) > 1:
            top[1].reshape(n, 1, *space)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, length = bottom[0].data.reshape(self.view), self.scratch("length", self.view[::2])
        (lengths.euclidean if self.squares else lengths.manhattan)(x, 1e-6, length)
        lengths.divide(x, length, top[0].data.reshape(self.view))
        if len(top) > 1:
            np.copyto(top[1].data.reshape(length.shape), length)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        y, dy, dx = (
            array.reshape(self.view) for array in (top[0].data, top[0].diff, bottom[0].diff)
        )
        length, dlength, along = self.scratch("length", self.view[::2]), None, y
        if len(top) > 1 and self.param.normalize_param.bp_norm:
            dlength = top[1].diff.reshape(length.shape)
        if not self.squares:
            along = elementwise.signs(bottom[0].data.reshape(self.view), out=dx)
        lengths.divide_backward(dy, y, along, length, dx, dlength)
