"""DepthToSpace: channels become blocks of cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import blocks


@register
class DepthToSpace(Layer):
    """Make planes wider by channels that become blocks of b x b cells (sub-pixel convolution).

    data_format "NHWC": bottom[0] (N, H, W, b b C), channel (i b + j) C + c -> top[0]
    (N, H b, W b, C), cell (h b + i, w b + j).  "NCHW" or "DCR": (N, b b C, H, W) ->
    (N, C, H b, W b), in the same order.  "CRD": the same shapes, channel (c b + i) b + j.

    Gradient: the same values back in their places.

    depth_to_space_param: block_size b (needed); data_format ("NHWC").

    Shi and others 2016; Synopsys' fork (which has no gradient), as TensorFlow and ONNX.
    """

    type = "DepthToSpace"
    forks = ("synopsys",)
    messages = ("depth_to_space_param",)
    ranges: ClassVar = {"block_size": Range(1)}
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.depth_to_space_param
        self.order = {"NCHW": "DCR"}.get(param.data_format, param.data_format)
        if not param.block_size:
            raise self.fault("block_size is not set", "give the side of a block", "block_size")
        if self.order not in ("NHWC", "DCR", "CRD"):
            what = f"data_format is '{param.data_format}'"
            raise self.fault(what, "NHWC, NCHW, DCR and CRD are served", "data_format")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        block = self.param.depth_to_space_param.block_size
        check_depth(bottom[0].shape, 3 if self.order == "NHWC" else 1, block)
        if self.order == "NHWC":
            n, height, width, channels = bottom[0].shape
            top[0].reshape(n, height * block, width * block, channels // block**2)
        else:
            n, channels, height, width = bottom[0].shape
            top[0].reshape(n, channels // block**2, height * block, width * block)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        block = self.param.depth_to_space_param.block_size
        deep, wide = blocks.of_channels(bottom[0].data, top[0].data, block, self.order)
        np.copyto(wide, deep)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            block = self.param.depth_to_space_param.block_size
            deep, wide = blocks.of_channels(bottom[0].diff, top[0].diff, block, self.order)
            np.copyto(deep, wide)


def check_depth(shape: tuple[int, ...], axis: int, block: int) -> None:
    """ShapeError unless there are four axes and block^2 divides the channels."""
    if len(shape) != 4 or shape[axis] % block**2:
        raise ShapeError(
            f"the bottom has shape {shape}",
            f"it must have four axes, and axis {axis} must be a multiple of {block} x {block}",
        )
