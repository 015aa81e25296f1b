"""Layers that normalise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....proto import caffe_pb2 as pb
from ..op import Op
from ..registry import converter


@converter("LRN")
def lrn(op: Op) -> str:
    param, x = op.param.lrn_param, op.bottom[0]
    size = param.local_size
    if param.norm_region == pb.LRNParameter.ACROSS_CHANNELS:
        values = dict(alpha=param.alpha, beta=param.beta, bias=param.k, size=size)
        return op.node("LRN", x, **values)
    pads = [(size - 1) // 2] * 4
    mean = op.node(
        "AveragePool",
        op.node("Mul", x, x),
        kernel_shape=[size, size],
        pads=pads,
        count_include_pad=1,
    )
    scale = op.node("Add", op.node("Mul", mean, param.alpha), 1.0)
    return op.node("Mul", x, op.node("Pow", scale, -float(param.beta)))


@converter(
    "BatchNorm",
    fields=(
        *("BatchNormParameter.scale_bias", "BatchNormParameter.scale_filler"),
        *("BatchNormParameter.bias_filler", "BatchNormParameter.filler"),
        *("BatchNormParameter.add_eps_before_sqrt", "BatchNormParameter.stats_batch_size"),
    ),
)
def batch_norm(op: Op) -> str:
    layer, x = op.layer, op.bottom[0]
    eps = op.param.batch_norm_param.eps
    if not layer.global_stats:
        return _batch_statistics(op, eps)
    mean, var = op.values(0), op.values(1)
    if layer.scaled:  # NVIDIA's: the variance has eps in it
        return _normalised(op, x, mean, var, 0.0, op.weights(3), op.weights(4))
    weight = float(op.values(2)[0])
    share = 1 / weight if weight else 0.0
    ones, zeros = np.ones_like(mean), np.zeros_like(mean)
    scale, shift = op.const(ones, "scale"), op.const(zeros, "shift")
    mean, var = mean * share, var * share
    if not op.param.batch_norm_param.add_eps_before_sqrt:
        var, eps = (np.sqrt(var) + eps) ** 2, 0.0
    return _normalised(op, x, mean, var, eps, scale, shift)


def _normalised(
    op: Op, x: str, mean: NDArray, var: NDArray, eps: float, scale: str, shift: str
) -> str:
    names = op.const(mean, "mean"), op.const(var, "variance")
    return op.node("BatchNormalization", x, scale, shift, *names, epsilon=float(eps))


def _batch_statistics(op: Op, eps: float) -> str:
    """(x - mean) / sqrt(var + eps) of the batch itself."""
    x, axes = op.bottom[0], [0, *range(2, len(op.shape()))]
    if op.layer.group != max(1, op.shape()[0]):
        what = "statistics of parts of a batch are for training"
        raise op.refuse(what, "build the net in phase TEST", "stats_batch_size")
    eps = max(eps, 1e-5) if op.layer.scaled else eps
    rest = op.node("Sub", x, op.reduce("ReduceMean", x, axes))
    var = op.reduce("ReduceMean", op.node("Mul", rest, rest), axes)
    if op.param.batch_norm_param.add_eps_before_sqrt:
        deviation = op.node("Sqrt", op.node("Add", var, float(eps)))
    else:
        deviation = op.node("Add", op.node("Sqrt", var), float(eps))
    y = op.node("Div", rest, deviation)
    if not op.layer.scaled:
        return y
    shape = (-1, *[1] * (len(op.shape()) - 2))
    y = op.node("Mul", y, op.const(op.values(3).reshape(shape), "scale"))
    return op.node("Add", y, op.const(op.values(4).reshape(shape), "shift"))


@converter("MVN")
def mvn(op: Op) -> str:
    param, count = op.param.mvn_param, len(op.shape())
    x = op.unsqueeze(op.bottom[0], list(range(count, 4)))
    axes = [1, 2, 3] if param.across_channels else [2, 3]
    rest = op.node("Sub", x, op.reduce("ReduceMean", x, axes))
    if not param.normalize_variance:
        return rest
    var = op.reduce("ReduceMean", op.node("Mul", rest, rest), axes)
    return op.node("Div", rest, op.node("Add", op.node("Sqrt", var), float(param.eps)))
