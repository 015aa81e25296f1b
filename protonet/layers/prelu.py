"""PReLU: the rectifier that learns its slope."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import elementwise
from ..proto import caffe_pb2 as pb
from ._neuron import NeuronLayer


@register
class PReLU(NeuronLayer):
    """Let positive values pass and scale negative ones by a learned slope per channel.

    bottom[0] (N, C, ...) -> top[0] (the same): y = max(x, 0) + a_c * min(x, 0).

    Gradients: dx = dy where x > 0, else a_c * dy; the slope collects what it was
    multiplied with: da_c = sum of dy * min(x, 0) over the channel's values of the batch.

    prelu_param: filler (constant 0.25), channel_shared (false: a slope per channel; true:
    one for all).
    blobs[0]: the slopes, (C), or a scalar if shared.
    """

    type = "PReLU"
    messages = ("prelu_param",)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.prelu_param
        if len(bottom[0].shape) < 2:
            raise ShapeError(f"bottom 0 has shape {bottom[0].shape}", "it needs a channel axis")
        quarter = pb.FillerParameter(type="constant", value=0.25)
        shape = () if param.channel_shared else (bottom[0].shape[1],)
        self.add_blob(shape, param.filler if param.HasField("filler") else quarter)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        slopes, shape = self.blobs[0].shape, bottom[0].shape
        if len(shape) < 2 or (slopes and slopes[0] != shape[1]):
            raise ShapeError(
                f"bottom 0 has shape {shape}, the slopes {slopes}", "keep the number of channels"
            )
        super().reshape(bottom, top)
        self.planes = (shape[0], shape[1], bottom[0].count_from(2))
        self.rows = (shape[0] * shape[1], bottom[0].count_from(2))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = self.keep_input(bottom, top).reshape(self.rows)
        elementwise.prelu(x, self._slopes(), out=top[0].data.reshape(self.rows))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, dy = self.kept_input(bottom, top), top[0].diff
        if self.param_propagate_down[0]:  # before dx, which in place overwrites dy
            per_channel = elementwise.prelu_slope_gradient(
                x.reshape(self.planes),
                dy.reshape(self.planes),
                work=self.scratch("work", self.planes),
            )
            da = self.blobs[0].diff
            da += per_channel if da.ndim else per_channel.sum()
        if propagate_down[0]:
            elementwise.prelu_backward(
                x.reshape(self.rows),
                dy.reshape(self.rows),
                self._slopes(),
                out=bottom[0].diff.reshape(self.rows),
            )

    def _slopes(self) -> NDArray:
        """The slope of each of the N * C rows, as a column."""
        slopes = self.scratch("slopes", self.planes[:2])
        np.copyto(slopes, self.blobs[0].data)
        return slopes.reshape(-1, 1)
