"""Correlation: how well patches of two images match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import correlation
from ...proto import caffe_pb2 as pb


@register
class Correlation(Layer):
    """Compare each patch of one feature map with those around its place in another (FlowNet).

    bottom[0] a, bottom[1] b (N, C, H, W) -> top[0] (N, (2 r + 1)^2, OH, OW), with
    r = max_displacement // stride_2: channel (p + r) (2 r + 1) + (o + r) is the mean over patch
    and channels of

        a[y stride_1 + d + i, x stride_1 + d + j] b[.. + p stride_2, .. + o stride_2]

    d = max_displacement, i and j through the patch, in images with `pad` zeros around;
    SUBTRACT: of |a - b|.  OH = ceil((H + 2 pad - 2 (d + (kernel_size - 1) / 2)) / stride_1).

    Gradients: da = b dtop, db = a dtop, each where they met; of SUBTRACT by the sign.

    correlation_param: kernel_size (odd), max_displacement, pad (0), stride_1 (1), stride_2 (1),
    correlation_type (MULTIPLY).  single_direction and do_abs are not read, as in the fork.
    Dosovitskiy and others, 2015.
    """

    type = "Correlation"
    forks = ("flownet2", "synopsys")
    messages = ("correlation_param",)
    bottoms = exactly(2)
    backward_reads = frozenset({"bottom"})
    ranges: ClassVar = {
        "kernel_size": Range(1, required=True),
        "max_displacement": Range(0, required=True),
        "stride_1": Range(1),
        "stride_2": Range(1),
    }

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.correlation_param
        if param.kernel_size % 2 == 0:
            raise self.fault(f"kernel_size is {param.kernel_size}", "it must be odd", "kernel_size")
        self.geometry = correlation.Correlation(
            param.pad, param.kernel_size, param.max_displacement, param.stride_1, param.stride_2
        )
        self.multiplies = param.correlation_type == pb.CorrelationParameter.MULTIPLY

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape != bottom[1].shape:
            raise ShapeError(
                f"bottom 0 has shape {shape}, bottom 1 {bottom[1].shape}",
                "two feature maps (N, C, H, W) of one shape are needed",
            )
        height, width = (self.geometry.out(n) for n in shape[2:])
        if min(height, width) < 1:
            raise ShapeError(
                f"no patch fits into {shape[2]} x {shape[3]} with all its displacements",
                "make max_displacement or kernel_size smaller, or pad larger",
                field="correlation_param.max_displacement",
            )
        top[0].reshape(shape[0], self.geometry.grid**2, height, width)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        compare = correlation.forward if self.multiplies else correlation.forward_difference
        compare(bottom[0].data, bottom[1].data, top[0].data, self.geometry)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down):
            back = correlation.backward if self.multiplies else correlation.backward_difference
            a, b = (blob.data for blob in bottom)
            da, db = (blob.diff if wanted else None for blob, wanted in zip(bottom, propagate_down))
            back(a, b, top[0].diff, da, db, self.geometry)
