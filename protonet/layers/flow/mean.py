"""Mean: adds or takes off the mean of the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer, at_least
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import affine
from ...proto import caffe_pb2 as pb


@register
class Mean(Layer):
    """Take the mean of each channel off images, or add it (FlowNet).

    bottom[i] (N, C, H, W) -> top[i] the same:
    y = output_scale (input_scale x + mean_scale m), m = value[c mod their number] for channel c,
    with SUBTRACT negative.

    Gradient: dx = output_scale input_scale dy.  The fork has none.

    mean_param: operation (needed: ADD, SUBTRACT); value, repeated; input_scale, mean_scale,
    output_scale (1).  file, a mean for each pixel, is not served.

    Fischer and others 2015, FlowNet; FlowNet2's fork.
    """

    type = "Mean"
    forks = ("flownet2", "synopsys")
    messages = ("mean_param",)
    bottoms = at_least(1)
    tops = at_least(1)
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.mean_param
        if param.HasField("file"):
            raise self.fault("file is not served here", "give a value for each channel", "file")
        if not param.value:
            raise self.fault("value is missing", "give one for each channel", "value")
        if len(top) != len(bottom):
            raise self.fault(
                f"{len(top)} tops for {len(bottom)} bottoms", "give a top for each bottom", ""
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = len(self.param.mean_param.value)
        for blob, out in zip(bottom, top):
            if len(blob.shape) != 4 or blob.shape[1] % count:
                raise ShapeError(
                    f"a bottom has shape {blob.shape}, there are {count} values",
                    "it must have four axes, and a multiple of them as channels",
                )
            out.reshape(*blob.shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.mean_param
        sign = -1 if param.operation == pb.MeanParameter.SUBTRACT else 1
        mean = np.array(param.value, self.dtype) * (sign * param.mean_scale * param.output_scale)
        for blob, out in zip(bottom, top):
            view = (blob.shape[0], blob.shape[1], -1)
            channels = blob.shape[1]
            scale = np.full(channels, param.input_scale * param.output_scale, self.dtype)
            shift = np.resize(mean, channels)
            affine.scale_shift(blob.data.reshape(view), scale, shift, out.data.reshape(view))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = self.param.mean_param.input_scale * self.param.mean_param.output_scale
        for blob, out, wanted in zip(bottom, top, propagate_down):
            if wanted:
                np.multiply(out.diff, scale, out=blob.diff)
