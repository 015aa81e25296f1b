"""Pooling3D: each window of frames and places becomes one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import pool3d
from ...proto import caffe_pb2 as pb

#: Of Synopsys's layer of this name.
_OTHERS = "pad_w0 pad_w1 pad_h0 pad_h1 pad_d0 pad_d1 kernel_h kernel_w kernel_d stride_h stride_w"
_REFUSED = (*_OTHERS.split(), "stride_d", "global_pooling", "ceil_mode")


@register
class Pooling3D(Layer):
    """Shrink each volume: the largest value or the mean of each window.

    bottom[0] (N, C, L, H, W) -> top[0] (N, C, OL, OH, OW)

        OH = ceil((H + 2 pad - kernel_size) / stride) + 1,
        OL = ceil((L - kernel_depth) / temporal_stride) + 1

    MAX sends the gradient to *all* cells that equal the largest.  AVE counts padding as zeros, but
    not what lies beyond it: the divisor is the window's size, clipped at H + pad, W + pad and L.

    pooling3d_param: pool (MAX, AVE); kernel_size (of H and W) and kernel_depth (of L), required;
    stride (1), temporal_stride (1); pad (0), of H and W, AVE only.

    Source: Tran et al. 2015, C3D.  Fork: c3d; POOLING3D in nets of the V1 age.  The fields of
    Synopsys's layer of this name (pad_w0, stride_h, ceil_mode, ...) are refused.
    """

    type = "Pooling3D"
    forks = ("c3d",)
    messages = ("pooling3d_param",)
    ranges: ClassVar = {
        "kernel_size": Range(1, required=True),
        "kernel_depth": Range(1, required=True),
        "stride": Range(1),
        "temporal_stride": Range(1),
    }

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.pooling3d_param
        for field, _ in param.ListFields():
            if field.name in _REFUSED:
                raise self.fault(
                    f"{field.name} is of another fork", "only C3D's fields are served", field.name
                )
        methods = (pb.Pooling3DParameter.MAX, pb.Pooling3DParameter.AVE)
        if param.pool not in methods:
            raise self.fault("this way to pool is not served here", "take MAX or AVE", "pool")
        self.max = param.pool == pb.Pooling3DParameter.MAX
        if self.max and param.pad:
            raise self.fault("MAX takes no padding", "remove pad", "pad")
        self.backward_reads = frozenset({"bottom", "top"} if self.max else ())

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.pooling3d_param
        if len(bottom[0].shape) != 5:
            raise ShapeError(f"{bottom[0].shape} does not have the five axes N, C, L, H, W")
        n, c, length, height, width = bottom[0].shape
        kernel = (param.kernel_depth, param.kernel_size, param.kernel_size)
        stride = (param.temporal_stride, param.stride, param.stride)
        pad = (0, param.pad, param.pad)
        out = pool3d.out_size((length, height, width), kernel, stride, pad)
        if min(out) < 1:
            raise ShapeError(
                f"a window of {' x '.join(map(str, kernel))} does not fit into {length} x {height}"
                f" x {width} padded by {param.pad}",
                "make kernel_size or kernel_depth smaller",
                field="pooling3d_param.kernel_size",
            )
        self.pool = pool3d.Pool(kernel, stride, pad, out)
        top[0].reshape(n, c, *out)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        fn = pool3d.max_forward if self.max else pool3d.ave_forward
        fn(_volumes(bottom[0].data), _volumes(top[0].data), self.pool)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dy, dx = _volumes(top[0].diff), _volumes(bottom[0].diff)
        if self.max:
            x, y = _volumes(bottom[0].data), _volumes(top[0].data)
            pool3d.max_backward(x, y, dy, dx, self.pool)
        else:
            pool3d.ave_backward(dy, dx, self.pool)


def _volumes(array: NDArray) -> NDArray:
    """(N, C, L, H, W) as (N C, L, H, W)."""
    return array.reshape(array.shape[0] * array.shape[1], *array.shape[2:])
