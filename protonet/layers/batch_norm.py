"""BatchNorm: zero mean and unit variance per channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register
from ..errors import NetError, ShapeError
from ..kernels import affine, norm


@register
class BatchNorm(Layer):
    """Normalise each channel by the mean and variance of the batch, or of all batches so far.

    bottom[0] (N, C, ...) -> top[0] of the same shape, y = (x - mean) / sqrt(var + eps), var
    biased.  A Scale layer with bias_term after it supplies the learnt factor and offset.

    batch_norm_param: use_global_stats (the stored statistics; by default in TEST, and those of
    the batch in TRAIN); moving_average_fraction f (0.999); eps (1e-5).
    Blobs, which a solver leaves alone (their lr_mult is set to 0): [0] sum of means (C),
    [1] sum of variances (C), [2] sum of weights s (1).  Each pass with the statistics of a
    batch, in TEST too, does s <- f s + 1, [0] <- f [0] + mean, [1] <- f [1] + m / (m - 1) var,
    m the values per channel.  The stored statistics are [0] / s and [1] / s, zero if s is 0.
    """

    type = "BatchNorm"
    messages = ("batch_norm_param",)
    ranges: ClassVar = {"eps": Range(0)}
    in_place = True
    # The normalised values are kept: what follows BatchNorm mostly works in place.
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.batch_norm_param
        if len(bottom[0].shape) < 2:
            raise ShapeError(
                f"the bottom has shape {bottom[0].shape}",
                "at least two axes are needed: items and channels",
            )
        self._global = (
            param.use_global_stats if param.HasField("use_global_stats") else not self.training
        )
        for count in (bottom[0].shape[1], bottom[0].shape[1], 1):
            self.add_blob((count,))
        self._hold_rates()

    def _hold_rates(self) -> None:
        """Three `param` entries with lr_mult 0: statistics are not learnt by gradient."""
        entries = self.param.param
        # Old files declare all three, with rates; Caffe drops these in silence.
        if len(entries) != 3 and any(entry.lr_mult != 0 for entry in entries):
            raise NetError(
                "a learning rate is given for a statistic",
                "set lr_mult: 0 or leave `param` out",
                field="param",
            )
        while len(entries) < 3:
            entries.add()
        for entry in entries:
            entry.lr_mult = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if shape[1:2] != self.blobs[0].shape:
            raise ShapeError(
                f"the bottom has shape {shape}, the statistics are for "
                f"{self.blobs[0].shape[0]} channels",
                "channels cannot change",
            )
        self._view = (shape[0], shape[1], bottom[0].count_from(2))
        top[0].reshape(*shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(self._view), top[0].data.reshape(self._view)
        mean, var, keep = self.scratch("mean", x.shape[1:2]), self._inv_std(), None
        if self._global:
            weight = self.blobs[2].data[0]
            share = 1 / weight if weight != 0 else weight
            np.multiply(self.blobs[0].data, share, out=mean)
            np.multiply(self.blobs[1].data, share, out=var)
        else:
            norm.moments(x, mean, var)
            self._accumulate(mean, var, x.shape[0] * x.shape[2])
            keep = self.scratch("normalised", self._view)
        np.add(var, self.param.batch_norm_param.eps, out=var)
        np.sqrt(var, out=var)
        np.reciprocal(var, out=var)
        norm.normalise(x, mean, var, y, keep)

    def _inv_std(self) -> np.ndarray:
        return self.scratch("inv_std", (self._view[1],))

    def _accumulate(self, mean: np.ndarray, var: np.ndarray, m: int) -> None:
        sums = [blob.data for blob in self.blobs]
        news: list[np.ndarray | int] = [mean, m / max(1, m - 1) * var, 1]
        for total, value in zip(sums, news):
            np.multiply(total, self.param.batch_norm_param.moving_average_fraction, out=total)
            np.add(total, value, out=total)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dy, dx = top[0].diff.reshape(self._view), bottom[0].diff.reshape(self._view)
        if self._global:
            affine.scale_shift(dy, self._inv_std(), None, dx)
        else:
            norm.normalise_backward(dy, self.scratch("normalised", self._view), self._inv_std(), dx)
