"""Windows that choose or take means: Pooling, SPP."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ....kernels.windows import Sizes
from ....proto import caffe_pb2 as pb
from ..op import Op
from ..registry import converter

#: What stands for "no cell" where the largest is looked for.
LOWEST = float(np.finfo(np.float32).min)
#: Means that leave the padding out.
_EXC_PAD = (pb.PoolingParameter.AVE_EXC_PAD, pb.PoolingParameter.AVE_TF)

#: Attributes of a node.
Window = dict[str, list[int]]


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


def pooled(op: Op, x: str, pool: Any, method: int, tops: int = 1) -> list[str]:
    """Pooling of planes, or volumes, whose size is known, by a `Pool` of the kernels."""
    size = op.shape()[2:]
    needed = [(o - 1) * s + k for o, s, k in zip(pool.out, pool.stride, pool.kernel)]
    more = [max(0, n - length - p) for n, length, p in zip(needed, size, pool.pad)]
    window = dict(kernel_shape=list(pool.kernel), strides=list(pool.stride))
    if any(m >= k for m, k in zip(more, pool.kernel)):
        return [_beyond(op, x, pool, method, more, window, tops)]
    pads = [*pool.pad, *more]
    if method == pb.PoolingParameter.MAX:
        if tops > 1:
            return largest_and_place(op, x, size, pads=pads, **window)
        return [op.node("MaxPool", x, pads=pads, **window)]
    if method == pb.PoolingParameter.STOCHASTIC:
        refuse_drawing(op)
        whole = dict(pads=pads, count_include_pad=1, **window)
        return [_weighted(op, lambda v: op.node("AveragePool", v, **whole), x)]
    if method in _EXC_PAD:
        return [op.node("AveragePool", x, pads=pads, **window)]
    return [_mean(op, x, pool, more, window)]


def _beyond(
    op: Op, x: str, pool: Any, method: int, more: list[int], window: Window, tops: int
) -> str:
    """Where a long stride leaves a last window outside of everything: margins of one's own, as
    ONNX takes none as wide as the window, and divisors too."""
    largest = method == pb.PoolingParameter.MAX
    if tops > 1:
        raise op.refuse("a window lies outside of the plane", "make stride smaller")
    x = op.pad(x, [0, 0, *pool.pad, 0, 0, *more], LOWEST if largest else 0.0)
    if largest:
        return op.node("MaxPool", x, **window)
    if method == pb.PoolingParameter.STOCHASTIC:
        refuse_drawing(op)
        return _weighted(op, lambda v: op.node("AveragePool", v, **window), x)
    counts_pad = [False] if method in _EXC_PAD else []  # volumes know of no other way
    divisor = pool.divisor(op.shape()[2:], np.dtype(np.float32), *counts_pad)
    share = op.const(prod(pool.kernel) / divisor, "share")
    return op.node("Mul", op.node("AveragePool", x, **window), share)


def _mean(op: Op, x: str, pool: Any, more: list[int], window: Window) -> str:
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
    ceil = layer.ceil and any(stride > 1 for stride in layer.stride)
    if ceil and not padded and any(s > k for s, k in zip(layer.stride, layer.kernel)):
        op.fixed(op.bottom_dims[0][2:], "whether a window lies outside of the plane")
    window = dict(kernel_shape=list(layer.kernel), strides=list(layer.stride), ceil_mode=int(ceil))
    pads = [*layer.pad, *layer.end]
    if method == pb.PoolingParameter.MAX:
        return op.node("MaxPool", x, pads=pads, **window)
    if method == pb.PoolingParameter.STOCHASTIC:
        refuse_drawing(op)
        # Both sums have the same divisor, whatever it is.
        return _weighted(op, lambda v: op.node("AveragePool", v, pads=pads, **window), x)
    counts = method == pb.PoolingParameter.AVE and padded
    if counts and ceil:
        op.fixed(op.bottom_dims[0][2:], "how many cells of the padding count")
    return op.node("AveragePool", x, pads=pads, count_include_pad=int(counts), **window)


def largest_and_place(op: Op, x: str, size: Sizes, **window: list[int]) -> list[str]:
    """MAX with its second top: ONNX counts places through the whole tensor, Caffe in a plane."""
    y, place = op.nodes("MaxPool", 2, x, **window)
    return [y, op.cast(op.node("Mod", place, prod(size)), "FLOAT")]


def _weighted(op: Op, mean: Callable[[str], str], x: str) -> str:
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
