"""Layers that move windows over planes, and those that normalise."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from ....kernels.windows import Sizes
from ....proto import caffe_pb2 as pb
from ..dims import Dim, Dims
from ..op import Op
from ..registry import converter

#: What stands for "no cell" where the largest is looked for.
LOWEST = float(np.finfo(np.float32).min)


# -- convolution ------------------------------------------------------------------------------


WINDOW_FIELDS = (
    *("ConvolutionParameter.hole", "ConvolutionParameter.hole_h", "ConvolutionParameter.hole_w"),
    *("ConvolutionParameter.dilation_h", "ConvolutionParameter.dilation_w"),
    *(f"ConvolutionParameter.pad_{side}" for side in "lrtb"),
)


@converter("Convolution", fields=WINDOW_FIELDS)
def convolution(op: Op) -> list[str]:
    layer = op.layer
    window = layer.window
    sides = layer.margins or tuple((p, p) for p in window.pad)
    attributes = dict(
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=[before for before, _ in sides] + [behind for _, behind in sides],
        dilations=list(window.dilation),
        group=layer.group,
    )
    return [_windowed(op, "Conv", i, attributes) for i in range(len(op.bottom))]


@converter("Deconvolution", fields=WINDOW_FIELDS)
def deconvolution(op: Op) -> list[str]:
    layer = op.layer
    window = layer.window
    attributes = dict(
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=list(window.pad) * 2,
        dilations=list(window.dilation),
        group=layer.group,
    )
    return [_windowed(op, "ConvTranspose", i, attributes) for i in range(len(op.bottom))]


def _windowed(op: Op, kind: str, index: int, attributes: dict) -> str:
    """One bottom through the window: the axes before the channels become one, and a layer
    without spatial axes works on one cell."""
    axis, old, new = op.layer.axis, op.bottom_dims[index], op.top_dims[index]
    x, weights = op.bottom[index], op.weights(0)
    bias = [op.weights(1)] if len(op.layer.blobs) > 1 else []
    flat, spatial = images(old, axis), len(old) > axis + 1
    x = op.reshape(x, old, flat)
    if not spatial:
        x = op.unsqueeze(x, [len(flat)])
        weights = op.const(op.values(0)[..., None], "weights")
        attributes = {**attributes, "kernel_shape": [1], "strides": [1], "pads": [0, 0]}
        attributes["dilations"] = [1]
    y = op.node(kind, x, weights, *bias, **attributes)
    if not spatial:
        y = op.squeeze(y, [len(flat)])
    return op.reshape(y, images(new, axis), new)


def images(dims: Dims, axis: int) -> Dims:
    """The sizes with the axes before `axis` as one."""
    if axis == 1:
        return dims
    before = dims[:axis]
    whole = any(isinstance(dim, str) for dim in before)
    merged: Dim = "images" if whole else prod(int(dim) for dim in before)
    return (merged, *dims[axis:])


@converter("Im2col", fields=WINDOW_FIELDS)
def im2col(op: Op) -> str:
    """A convolution whose filters pick one cell of the window each."""
    layer, old, new = op.layer, op.bottom_dims[0], op.top_dims[0]
    window, axis = layer.window, layer.axis
    channels = int(op.fixed(old[axis : axis + 1], "the number of filters")[0])
    cells = prod(window.kernel)
    filters = np.tile(np.eye(cells, dtype=np.float32), (channels, 1))
    y = op.node(
        "Conv",
        op.reshape(op.bottom[0], old, images(old, axis)),
        op.const(filters.reshape(channels * cells, 1, *window.kernel), "cells"),
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=list(window.pad) * 2,
        dilations=list(window.dilation),
        group=channels,
    )
    return op.reshape(y, images(new, axis), new)


# -- pooling ----------------------------------------------------------------------------------


@converter(
    "Pooling",
    fields=(
        *("PoolingParameter.ceil_mode", "PoolingParameter.pad_type"),
        *("PoolingParameter.PoolMethod.AVE_EXC_PAD", "PoolingParameter.PoolMethod.AVE_TF"),
        *(f"PoolingParameter.pad_{side}" for side in "lrtb"),
    ),
)
def pooling(op: Op) -> list[str]:
    param, layer = op.param.pooling_param, op.layer
    if layer.whole:
        return _whole_planes(op)
    if any(isinstance(dim, str) for dim in op.bottom_dims[0][2:]):
        if layer.same:
            op.fixed(op.bottom_dims[0][2:], "the padding")
        return [_pool_of_any_size(op)]
    return pooled(op, op.bottom[0], layer.pool, param.pool, len(op.top_dims))


def _whole_planes(op: Op) -> list[str]:
    x, method = op.bottom[0], op.param.pooling_param.pool
    if len(op.top_dims) > 1:
        size = op.fixed(op.bottom_dims[0][2:], "the place of the largest value")
        return largest_and_place(op, x, size, kernel_shape=list(size))
    if method == pb.PoolingParameter.MAX:
        return [op.node("GlobalMaxPool", x)]
    if method == pb.PoolingParameter.STOCHASTIC:
        refuse_drawing(op)
        return [_weighted(op, lambda v: op.node("GlobalAveragePool", v), x)]
    return [op.node("GlobalAveragePool", x)]


def pooled(op: Op, x: str, pool, method: int, tops: int = 1) -> list[str]:  # type: ignore[no-untyped-def]
    """Pooling of planes whose size is known, by a `kernels.pool.Pool`."""
    size = op.shape()[2:]
    needed = [(o - 1) * s + k for o, s, k in zip(pool.out, pool.stride, pool.kernel)]
    more = [max(0, n - size_ - p) for n, size_, p in zip(needed, size, pool.pad)]
    window = dict(kernel_shape=list(pool.kernel), strides=list(pool.stride))
    if method == pb.PoolingParameter.MAX:
        if any(m >= k for m, k in zip(more, pool.kernel)):
            if tops > 1:
                raise op.refuse("a window lies outside of the plane", "make stride smaller")
            x = op.pad(x, [0, 0, *pool.pad, 0, 0, *more], LOWEST)
            return [op.node("MaxPool", x, **window)]
        window["pads"] = [*pool.pad, *more]
        if tops > 1:
            return largest_and_place(op, x, size, **window)
        return [op.node("MaxPool", x, **window)]
    if method == pb.PoolingParameter.STOCHASTIC:
        refuse_drawing(op)
        pads = [*pool.pad, *more]
        return [
            _weighted(
                op, lambda v: op.node("AveragePool", v, pads=pads, count_include_pad=1, **window), x
            )
        ]
    if method in (pb.PoolingParameter.AVE_EXC_PAD, pb.PoolingParameter.AVE_TF):
        return [op.node("AveragePool", x, pads=[*pool.pad, *more], **window)]
    return [_mean(op, x, pool, more, window)]


def _mean(op: Op, x: str, pool, more: list[int], window: dict) -> str:  # type: ignore[no-untyped-def]
    """AVE: cells of the padding count, those beyond it do not."""
    end = getattr(pool, "end", None) or pool.pad
    beyond = [max(0, m - e) for m, e in zip(more, end)]
    if any(pool.pad) or any(end):
        if not any(beyond):
            pads = [*pool.pad, *more]
            return op.node("AveragePool", x, pads=pads, count_include_pad=1, **window)
        x = op.pad(x, [0, 0, *pool.pad, 0, 0, *end])
    return op.node("AveragePool", x, pads=[*[0] * len(beyond), *beyond], **window)


def _pool_of_any_size(op: Op) -> str:
    """Pooling of planes whose size varies: the rule of rounding is ONNX's ceil_mode."""
    layer, x, method = op.layer, op.bottom[0], op.param.pooling_param.pool
    if len(op.top_dims) > 1:
        op.fixed(op.bottom_dims[0][2:], "the place of the largest value")
    padded = any(layer.pad) or any(layer.end)
    if layer.ceil and not padded and any(s > k for s, k in zip(layer.stride, layer.kernel)):
        op.fixed(op.bottom_dims[0][2:], "whether a window lies outside of the plane")
    window = dict(
        kernel_shape=list(layer.kernel), strides=list(layer.stride), ceil_mode=int(layer.ceil)
    )
    pads = [*layer.pad, *layer.end]
    if method == pb.PoolingParameter.MAX:
        return op.node("MaxPool", x, pads=pads, **window)
    if method == pb.PoolingParameter.STOCHASTIC:
        refuse_drawing(op)
        # Both sums have the same divisor, whatever it is.
        return _weighted(op, lambda v: op.node("AveragePool", v, pads=pads, **window), x)
    counts = method == pb.PoolingParameter.AVE and padded
    if counts and layer.ceil:
        op.fixed(op.bottom_dims[0][2:], "how many cells of the padding count")
    return op.node("AveragePool", x, pads=pads, count_include_pad=int(counts), **window)


def largest_and_place(op: Op, x: str, size: Sizes, **window: list[int]) -> list[str]:
    """MAX with its second top: ONNX counts places through the whole tensor, Caffe in a plane."""
    y, place = op.nodes("MaxPool", 2, x, **window)
    return [y, op.cast(op.node("Mod", place, prod(size)), "FLOAT")]


def _weighted(op: Op, mean, x: str) -> str:  # type: ignore[no-untyped-def]
    """STOCHASTIC in TEST: sum of x^2 / sum of x, and 0 where that is not positive."""
    square, plain = mean(op.node("Mul", x, x)), mean(x)
    positive = op.node("Greater", plain, 0.0)
    ratio = op.node("Div", square, op.node("Where", positive, plain, 1.0))
    return op.node("Where", positive, ratio, 0.0)


def refuse_drawing(op: Op) -> None:
    if op.layer.training:
        raise op.refuse("it draws random numbers in phase TRAIN", "build the net in phase TEST")


@converter("SPP")
def spp(op: Op) -> str:
    """A pooling a level, flattened and joined."""
    op.fixed(op.bottom_dims[0][2:], "the size of its bins")
    method, levels = op.param.spp_param.pool, []
    batch = op.bottom_dims[0][0]
    for pool in op.layer.pools:
        (y,) = pooled(op, op.bottom[0], pool, method)
        if len(op.layer.pools) == 1:
            return y
        dims = (batch, op.shape()[1], *pool.out)
        levels.append(op.reshape(y, dims, (batch, op.shape()[1] * prod(pool.out))))
    return op.node("Concat", *levels, axis=1)


# -- normalisation ----------------------------------------------------------------------------


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
