"""Resample: another size, by the nearest cell, linearly or cubically."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import interp
from ...proto import caffe_pb2 as pb

_KERNELS = {
    pb.ResampleParameter.LINEAR: (interp.triangle, 2),
    pb.ResampleParameter.CUBIC: (interp.cubic, 4),
}


@register
class Resample(Layer):
    """Resize each plane (FlowNet 2).

    bottom[0] (N, C, H, W)[, bottom[1] (.., .., OH, OW), only its size matters] -> top[0]
    (N, C, OH, OW).  With fx = W / OW and fy = H / OH output (y, x) is taken from

        (y fy + fx / 2 - 1/2, x fx + fy / 2 - 1/2)

    NEAREST: the nearest cell.  LINEAR, CUBIC: the mean of the cells around, weighted by
    k(a distance) along either axis, k a triangle or Keys' kernel with a = -1/2; a is 1, or with
    antialias, where one of the axes shrinks, 1 / fx and 1 / fy.

    resample_param: width and height, without bottom[1]; type (LINEAR, NEAREST, CUBIC); antialias
    (true).  AREA is not supported, factor not read.

    No gradient.  Quirk, kept: the halves of fx and fy stand in each other's place, so only equal
    factors lay the planes upon each other.  Deviation: NEAREST reads the border where the fork
    reads beyond it.  A value that is not finite spreads over its row and its column.
    """

    type = "Resample"
    forks = ("flownet2", "synopsys")
    messages = ("resample_param",)
    bottoms = between(1, 2)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.resample_param
        if param.type == pb.ResampleParameter.AREA:
            raise self.fault("type: AREA is not supported", "NEAREST, LINEAR, CUBIC are", "type")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.resample_param
        for i, blob in enumerate(bottom):
            if len(blob.shape) != 4:
                raise ShapeError(f"bottom {i}: {blob.shape} does not have the four axes N, C, H, W")
        out = (param.height, param.width)
        if len(bottom) == 2:
            out = (bottom[1].shape[2], bottom[1].shape[3])
        elif min(out) < 1:
            raise self.fault("no size is given", "add height and width, or a second bottom")
        size = bottom[0].shape[2:]
        if min(*size, *out) < 1:
            raise ShapeError(f"{size} cannot become {out}", "no axis may be empty")
        factors = [n / m for n, m in zip(size, out)]
        smooth = param.antialias and max(factors) > 1
        self.rows, self.columns = (
            self._weights(size[i], out[i], factors[i], factors[1 - i], smooth).astype(self.dtype)
            for i in (0, 1)
        )
        top[0].reshape(*bottom[0].shape[:2], *out)

    def _weights(self, size: int, out: int, factor: float, other: float, smooth: bool) -> NDArray:
        """The matrix of one axis.  other: the factor of the other axis."""
        source = np.arange(out) * factor + other / 2 - 0.5
        kind = self.param.resample_param.type
        if kind == pb.ResampleParameter.NEAREST:
            nearest = np.clip(np.floor(source + 0.5), 0, size - 1)
            return np.equal.outer(nearest, np.arange(size))
        kernel, width = _KERNELS[kind]
        scale = 1 / factor if smooth else 1.0
        radius = 2 if factor < 1 else ceil(width / scale)
        return interp.weighted(source, size, kernel, scale, radius)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, y = (blob.data.reshape(-1, *blob.shape[2:]) for blob in (bottom[0], top[0]))
        interp.resize(x, self.rows, self.columns, y)
