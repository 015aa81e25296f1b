"""Im2col: each window of the input as a column."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from ..core.layer import Blobs, Layer
from ..core.registry import register
from ..errors import ShapeError
from ..kernels.im2col import col2im, im2col
from ._conv import WINDOW_RANGES, WINDOW_SERVES, check_out, read_window


@register
class Im2col(Layer):
    """Write out what each window of a convolution sees, to be multiplied elsewhere.

    bottom[0] (N, C, H, W) -> top[0] (N, C kh kw, OH, OW), sizes as for Convolution:

        y[n, (c kh + i) kw + j, oh, ow] = x[n, c, oh stride - pad + i dilation, ...]

    Backward adds up, at each cell of the input, the gradients of all its copies.

    convolution_param: kernel_size, stride, pad, dilation, axis, as for Convolution.
    """

    type = "Im2col"
    messages = ("convolution_param",)
    ranges: ClassVar = WINDOW_RANGES
    serves = WINDOW_SERVES
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.convolution_param
        self.axis = bottom[0].axis(param.axis)
        self.window = read_window(self, len(bottom[0].shape) - self.axis - 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        size = shape[self.axis + 1 :]
        if len(size) != len(self.window.kernel):
            raise ShapeError(f"{shape} has another number of axes than at set-up")
        out = self.window.out(size)
        check_out(self.window, size, out)
        channels = shape[self.axis]
        top[0].reshape(*shape[: self.axis], channels * prod(self.window.kernel), *out)
        images = prod(shape[: self.axis])
        self.shape = (images, channels, *size)
        self.columns = (images, channels, *self.window.kernel, *out)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, cols = bottom[0].data.reshape(self.shape), top[0].data.reshape(self.columns)
        im2col(x, self.window, cols)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx, cols = bottom[0].diff.reshape(self.shape), top[0].diff.reshape(self.columns)
            col2im(cols, self.window, dx)
