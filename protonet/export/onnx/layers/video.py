"""Layers of forks for frames in time."""

from __future__ import annotations

from ....proto import caffe_pb2 as pb
from ..op import Op
from ..registry import converter
from .vision import pooled


@converter("Convolution3D")
def convolution3d(op: Op) -> str:
    window = op.layer.window
    bias = [op.const(op.values(1).reshape(-1), "bias")] if len(op.layer.blobs) > 1 else []
    return op.node(
        "Conv",
        op.bottom[0],
        op.weights(0),
        *bias,
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=list(window.pad) * 2,
    )


@converter("Pooling3D")
def pooling3d(op: Op) -> str:
    op.fixed(op.bottom_dims[0][2:], "where its last windows lie")
    method = pb.PoolingParameter.MAX if op.layer.max else pb.PoolingParameter.AVE
    return pooled(op, op.bottom[0], op.layer.pool, method)[0]
