"""ChannelScale: a factor for each place, the same for all channels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import lengths


@register
class ChannelScale(Layer):
    """Scale the vector over the channels at each place.

    bottom[0] x (N, C, ...), bottom[1] s (N, 1, ...) -> top[0] like x: y[n, c] = s[n] x[n, c].

    Gradients: dx = s dy, ds = sum over C of x dy.

    channel_scale_param: do_forward (true; false: y = x), do_backward_feature (true; false:
    dx = dy), do_backward_scale (true; false: ds = 0).  global_scale is not supported.
    """

    type = "ChannelScale"
    forks = ("happynear",)
    messages = ("channel_scale_param",)
    bottoms = exactly(2)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.channel_scale_param
        if param.global_scale:
            raise self.fault("global_scale is not supported", "remove it", "global_scale")
        if not (param.do_forward and param.do_backward_feature and param.do_backward_scale):
            self.no_derivative = "a part of the layer is switched off"

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, s = bottom[0].shape, bottom[1].shape
        if len(x) < 2 or s != (x[0], 1, *x[2:]):
            raise ShapeError(
                f"bottom 0 has shape {x}, bottom 1 {s}",
                "bottom 1 must be like it, with one channel",
            )
        self.view = (x[0], x[1], bottom[0].count_from(2))
        top[0].reshape(*x)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._scale(bottom[0].data, bottom, self.param.channel_scale_param.do_forward, top[0].data)

    def _scale(self, x: np.ndarray, bottom: Blobs, scaled: bool, out: np.ndarray) -> None:
        if scaled:
            s = bottom[1].data.reshape(self.view[::2])
            lengths.multiply(x.reshape(self.view), s, out.reshape(self.view))
        else:
            np.copyto(out, x)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        param = self.param.channel_scale_param
        if propagate_down[0]:
            self._scale(top[0].diff, bottom, param.do_backward_feature, bottom[0].diff)
        if propagate_down[1]:
            ds = bottom[1].diff.reshape(self.view[::2])
            if param.do_backward_scale:
                x, dy = bottom[0].data.reshape(self.view), top[0].diff.reshape(self.view)
                lengths.dot(x, dy, ds)
            else:
                ds.fill(0)
