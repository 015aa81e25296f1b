"""FlowWarp: an image looked at through a flow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import flow_warp, threads
from ...proto import caffe_pb2 as pb


@register
class FlowWarp(Layer):
    """Take each pixel from where the flow leads (FlowNet 2; Ilg and others, 2017).

    bottom[0] image (N, C, H, W), bottom[1] flow (N, 2, H, W) -> top[0] (N, C, H, W): the bilinear
    value of the image at (x + flow_0, y + flow_1), where that lies in 0 <= x < W, 0 <= y < H;
    behind the last row or column there is the last one again.  Outside: fill_value.

    Gradients: the image's cells collect dy by their weights; dflow is the slope of the image
    times dy, summed over C.  What comes from outside has none.

    flow_warp_param: fill_value (ZERO, or NOT_A_NUMBER).
    """

    type = "FlowWarp"
    forks = ("flownet2", "synopsys")
    messages = ("flow_warp_param",)
    bottoms = exactly(2)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        zero = self.param.flow_warp_param.fill_value == pb.FlowWarpParameter.ZERO
        self.fill = 0.0 if zero else np.nan

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        image, flow = bottom[0].shape, bottom[1].shape
        if len(image) != 4 or flow != (image[0], 2, *image[2:]):
            raise ShapeError(
                f"bottom 0 has shape {image}, bottom 1 {flow}",
                "an image (N, C, H, W) and its flow (N, 2, H, W) are needed",
            )
        top[0].reshape(*image)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        (image, flow), out = (blob.data for blob in bottom), top[0].data
        threads.run(lambda n: flow_warp.forward(image[n], flow[n], self.fill, out[n]), len(out))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        (image, flow), dy = (blob.data for blob in bottom), top[0].diff
        if propagate_down[0]:
            dx = bottom[0].diff
            threads.run(lambda n: flow_warp.backward_image(flow[n], dy[n], dx[n]), len(dy))
        if propagate_down[1]:
            dflow = bottom[1].diff
            threads.run(
                lambda n: flow_warp.backward_flow(image[n], flow[n], dy[n], dflow[n]), len(dy)
            )
