"""Convolution3D: filters that move through the frames of a video."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import convolution
from ...kernels.windows import Window

_SIZES = ("kernel_size", "kernel_depth", "stride", "temporal_stride")


@register
class Convolution3D(Layer):
    """Slide filters over the frames and along time, and multiply.

    bottom[0] (N, C, L, H, W) -> top[0] (N, num_output, OL, OH, OW):

        y[n, m, t, h, w] = b[m] + sum over c, d, i, j of w[m, c, d, i, j]
            x[n, c, t temporal_stride - temporal_pad + d, h stride - pad + i, w stride - pad + j]

        OH = floor((H + 2 pad - kernel_size) / stride) + 1, and so on

    convolution3d_param: num_output, kernel_size (of H and W), kernel_depth (of L), all three
    required; stride (1), temporal_stride (1), pad (0), temporal_pad (0); bias_term (true);
    weight_filler, bias_filler.  filter_group only says how the fork cuts its work, and group must
    be 1.

    blobs: weights (num_output, C, kernel_depth, kernel_size, kernel_size), bias
    (1, 1, 1, 1, num_output).

    Deviation: parameter diffs are added to; the fork overwrites them.

    Source: Tran et al. 2015, C3D.  Fork: c3d; CONVOLUTION3D in nets of the V1 age.
    """

    type = "Convolution3D"
    forks = ("c3d",)
    messages = ("convolution3d_param",)
    ranges: ClassVar = {
        "num_output": Range(1, required=True),
        **dict.fromkeys(_SIZES, Range(1)),
        "kernel_size": Range(1, required=True),
        "kernel_depth": Range(1, required=True),
        "group": Range(1, 1),
    }
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.convolution3d_param
        self._check(bottom)
        side, stride, pad = param.kernel_size, param.stride, param.pad
        self.window = Window(
            (param.kernel_depth, side, side),
            (param.temporal_stride, stride, stride),
            (param.temporal_pad, pad, pad),
            (1, 1, 1),
        )
        shape = (param.num_output, bottom[0].shape[1], *self.window.kernel)
        self.add_blob(shape, param.weight_filler)
        if param.bias_term:
            self.add_blob((1, 1, 1, 1, param.num_output), param.bias_filler)

    @staticmethod
    def _check(bottom: Blobs) -> None:
        if len(bottom[0].shape) != 5:
            raise ShapeError(
                f"{bottom[0].shape} does not have the five axes N, C, L, H, W",
                "give the frames of a clip as the third axis",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._check(bottom)
        n, channels, *size = bottom[0].shape
        if channels != self.blobs[0].shape[1]:
            known = self.blobs[0].shape[1]
            raise ShapeError(
                f"{bottom[0].shape} has {channels} channels, the weights are for {known}"
            )
        out = self.window.out(tuple(size))
        if min(out) < 1:
            sizes = (self.window.kernel, size, self.window.pad)
            kernel, volume, pad = (" x ".join(map(str, each)) for each in sizes)
            raise ShapeError(
                f"a window of {kernel} does not fit into {volume} padded by {pad}",
                "make it smaller, or pad and temporal_pad larger",
                field="convolution3d_param.kernel_size",
            )
        top[0].reshape(n, self.blobs[0].shape[0], *out)

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        return top[0].shape[0] * prod(top[0].shape[2:]) * self.blobs[0].count

    def way(self, bottom: Blobs, top: Blobs) -> str:
        """Which way the kernels go with these blobs, and why."""
        x = bottom[0].data
        return str(convolution.choose(x.shape, self.blobs[0].shape, self.window, 1, x.dtype))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        b = self.blobs[1].data.reshape(-1) if len(self.blobs) > 1 else None
        convolution.forward(bottom[0].data, self.blobs[0].data, b, top[0].data, self.window)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        w = self.blobs[0]
        dw = w.diff if self.param_propagate_down[0] else None
        db = None
        if len(self.blobs) > 1 and self.param_propagate_down[1]:
            db = self.blobs[1].diff.reshape(-1)
        dx = bottom[0].diff if propagate_down[0] else None
        convolution.backward(bottom[0].data, top[0].diff, w.data, dw, db, dx, self.window)
