"""Axpy: a factor for each channel of each item, and a sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import affine


@register
class Axpy(Layer):
    """Scale each channel and add the shortcut: the end of a block of SENet (Hu and others, 2018).

    bottom[0] a (N, C) or (N, C, 1, 1), bottom[1] x (N, C, ...), bottom[2] y like x -> top[0] like
    x: a[n, c] x[n, c, ...] + y[n, c, ...], what Scale with axis 0 and Eltwise do in two steps.

    Gradients: da[n, c] = sum over space of dtop x, dx = a dtop, dy = dtop.
    """

    type = "Axpy"
    forks = ("senet",)
    bottoms = exactly(3)
    backward_reads = frozenset({"bottom"})

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        a, x, y = (blob.shape for blob in bottom)
        if len(x) < 2 or a not in (x[:2], (*x[:2], 1, 1)):
            raise ShapeError(
                f"bottom 0 has shape {a}, bottom 1 {x}",
                "bottom 0 must hold one factor for each item and channel",
            )
        if x != y:
            raise ShapeError(f"bottom 1 has shape {x}, bottom 2 {y}", "both must be alike")
        # Each channel of each item is scaled by itself.
        self.view = (1, x[0] * x[1], bottom[1].count_from(2))
        top[0].reshape(*x)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        a, x, y = (blob.data for blob in bottom)
        view = self.view
        affine.scale_add(x.reshape(view), a.reshape(-1), y.reshape(view), top[0].data.reshape(view))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        diff = top[0].diff.reshape(self.view)
        if propagate_down[0]:
            sums = bottom[0].diff.reshape(-1)
            sums.fill(0)
            affine.add_sums([(diff, bottom[1].data.reshape(self.view))], [sums])
        if propagate_down[1]:
            a = bottom[0].data.reshape(-1)
            affine.scale_shift(diff, a, None, bottom[1].diff.reshape(self.view))
        if propagate_down[2]:
            np.copyto(bottom[2].diff, top[0].diff)
