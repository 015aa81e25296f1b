"""L1Loss: the loss of a flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from .._loss import LossLayer


@register
class L1Loss(LossLayer):
    """The sum of the differences of two blobs, or of their lengths at each place (FlowNet).

    bottom[0] a (N, C, H, W)[, bottom[1] b (the same)] -> top[0] (), with d = a - b, or a alone:

        sum of |d| / N
        l2_per_location: sum over places of sqrt(sum over C of d^2 + epsilon) / N

    Where d is NaN it counts 0, and has no gradient.  plateau: |d| below it counts 0, or a length
    below it as one of 0, which is sqrt(epsilon).

    Gradients: da = sign(d) / N * dloss, with -1 for d = 0, db = -da; of a length d over it.

    l1_loss_param: l2_per_location (false); l2_prescale_by_channels (false): the mean over C in
    place of the sum; epsilon (0.01), plateau (0); normalize_by_num_entries (false): in place of N
    the number of d that are not NaN, divided by C.
    """

    type = "L1Loss"
    forks = ("flownet2", "synopsys")
    messages = ("l1_loss_param",)
    bottoms = between(1, 2)
    given = frozenset()
    ranges: ClassVar = {"epsilon": Range(0), "plateau": Range(0)}

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        if len(set(shapes)) > 1:
            raise ShapeError(
                f"bottom 0 has shape {shapes[0]}, bottom 1 {shapes[1]}", "both must be alike"
            )
        if len(shapes[0]) < 2:
            raise ShapeError(f"bottom 0 has shape {shapes[0]}", "it needs a channel axis")
        self.view = (*shapes[0][:2], bottom[0].count_from(2))
        top[0].reshape()

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.l1_loss_param
        d, dead = self.scratch("difference", self.view), self.scratch("dead", self.view, bool)
        np.copyto(d, bottom[0].data.reshape(self.view))
        if len(bottom) > 1:
            np.subtract(d, bottom[1].data.reshape(self.view), out=d)
        np.isnan(d, out=dead)
        self.items: float = self.view[0]
        if param.normalize_by_num_entries:
            self.items = (d.size - np.count_nonzero(dead)) / max(1, self.view[1])
        d[dead] = 0
        total = self._lengths(d) if param.l2_per_location else self._magnitudes(d, dead)
        top[0].data[...] = total / self.items if self.items else 0

    # Both leave the gradient of their sum in `d`.

    def _magnitudes(self, d: np.ndarray, dead: np.ndarray) -> float:
        size, low = (
            np.abs(d, out=self.scratch("size", self.view)),
            self.scratch("low", d.shape, bool),
        )
        plateau = self.param.l1_loss_param.plateau
        if plateau > 0:
            np.less(size, plateau, out=low)
            size[low] = 0
            np.logical_or(dead, low, out=dead)
        np.greater(d, 0, out=low)
        np.multiply(low, 2, out=d, casting="unsafe")
        d -= 1
        d[dead] = 0
        return float(size.sum())

    def _lengths(self, d: np.ndarray) -> float:
        param, places = self.param.l1_loss_param, (self.view[0], self.view[2])
        length, share = self.scratch("length", places), 1.0
        np.einsum("ncs,ncs->ns", d, d, out=length)
        if param.l2_prescale_by_channels:
            share = 1 / max(1, self.view[1])
            length *= share
        if param.plateau > 0:
            short = length < param.plateau**2
            length[short] = 0
            d *= ~short[:, None]
        length += param.epsilon
        np.sqrt(length, out=length)
        total = float(length.sum())
        length[length == 0] = 1  # where d is 0 as well
        d /= length[:, None]
        d *= share
        return total

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = self.loss_gradient(top) / self.items if self.items else 0.0
        slopes = self.scratch("difference", self.view)
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1)):
            if wanted:
                np.multiply(slopes, sign * scale, out=blob.diff.reshape(self.view))
