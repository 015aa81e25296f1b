"""Downsample: a smaller size, of planes in which values may be missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import interp


@register
class Downsample(Layer):
    """Shrink planes whose unknown values are NaN, such as measured flow (FlowNet).

    bottom[0] (N, C, H, W)[, bottom[1] (.., .., OH, OW), only its size matters] -> top[0]
    (N, C, OH, OW): output x is the mean of the cells around x r, r = (W - 1) / (OW - 1), weighted
    by 1 - distance / r, along both axes.  NaNs are left out; where they weigh more than half of
    what remains, the output is NaN.  Equal sizes: a copy.

    downsample_param: top_height and top_width, without bottom[1].

    No gradient.
    """

    type = "Downsample"
    forks = ("flownet2", "synopsys")
    messages = ("downsample_param",)
    bottoms = between(1, 2)
    has_backward = False
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.downsample_param
        for i, blob in enumerate(bottom):
            if len(blob.shape) != 4:
                raise ShapeError(f"bottom {i}: {blob.shape} does not have the four axes N, C, H, W")
        out = (param.top_height, param.top_width)
        if len(bottom) == 2:
            out = (bottom[1].shape[2], bottom[1].shape[3])
        elif min(out) < 1:
            raise self.fault("no size is given", "add top_height and top_width, or a second bottom")
        height, width = bottom[0].shape[2:]
        for n, m in ((height, out[0]), (width, out[1])):
            if m != n and not 2 <= m < n:
                raise ShapeError(
                    f"{height} x {width} cannot shrink to {out[0]} x {out[1]}",
                    "each axis keeps its size or has 2 or more cells, but not more than before",
                )
        self.same = out == (height, width)
        self.rows, self.columns = self._weights(height, out[0]), self._weights(width, out[1])
        self.planes = (bottom[0].count_from(0, 2), height, width)
        self.out = (self.planes[0], *out)
        top[0].reshape(*bottom[0].shape[:2], *out)

    def _weights(self, size: int, out: int) -> NDArray:
        if size == out:
            return np.eye(size, dtype=self.dtype)
        step = (size - 1) / (out - 1)
        weights = interp.weighted(
            np.arange(out) * step, size, interp.triangle, 1 / step, int(np.ceil(step))
        )
        return weights.astype(self.dtype)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self.same:
            np.copyto(top[0].data, bottom[0].data)
            return
        x, y = bottom[0].data.reshape(self.planes), top[0].data.reshape(self.out)
        missing = np.isnan(x, out=self.scratch("missing", self.planes, bool))
        if not missing.any():
            interp.resize(x, self.rows, self.columns, y)
            return
        known = self.scratch("known", self.planes)
        np.copyto(known, x)
        known[missing] = 0
        interp.resize(known, self.rows, self.columns, y)
        np.logical_not(missing, out=missing)
        np.copyto(known, missing)
        share = self.scratch("share", self.out)
        interp.resize(known, self.rows, self.columns, share)
        # (1 - share) / share > 1/2
        share[share < 2 / 3] = np.nan
        np.divide(y, share, out=y)
