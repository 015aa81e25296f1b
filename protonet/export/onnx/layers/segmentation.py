"""Layers of forks for segmentation."""

from __future__ import annotations

import numpy as np

from ..op import Op, Operand
from ..registry import converter


@converter("BN of pspnet")
def bn(op: Op) -> str:
    if op.layer.of_batch:
        return _scaled(op, _normalised(op, float(op.param.bn_param.eps))[0])
    flat = [op.const(op.values(i).reshape(-1), name) for i, name in enumerate(_NAMES)]
    return op.node("BatchNormalization", op.bottom[0], *flat, epsilon=float(op.param.bn_param.eps))


_NAMES = ("slope", "bias", "mean", "variance")


@converter("BN of segnet")
def bn_segnet(op: Op) -> list[str]:
    if not op.layer.normalises:
        return [_scaled(op, op.bottom[0])]
    y, mean, var = _normalised(op, 1e-9)
    tops = [_scaled(op, y)]
    for value in (mean, var)[: len(op.top_dims) - 1]:
        tops.append(op.node("Reshape", value, [1, -1, 1, 1]))
    return tops


def _normalised(op: Op, eps: float) -> tuple[str, str, str]:
    """By the batch itself; and its mean and biased variance."""
    x, axes = op.bottom[0], [0, *range(2, len(op.shape()))]
    mean = op.reduce("ReduceMean", x, axes)
    rest = op.node("Sub", x, mean)
    var = op.reduce("ReduceMean", op.node("Mul", rest, rest), axes)
    return op.node("Div", rest, op.node("Sqrt", op.node("Add", var, eps))), mean, var


def _scaled(op: Op, x: str) -> str:
    shape = (-1, *[1] * (len(op.shape()) - 2))
    y = op.node("Mul", x, op.const(op.values(0).reshape(shape), "scale"))
    return op.node("Add", y, op.const(op.values(1).reshape(shape), "shift"))


@converter("Interp")
def interp(op: Op) -> str:
    """Bilinear, corners on corners, after rows and columns were cut off."""
    param, x = op.param.interp_param, op.bottom[0]
    if param.pad_beg or param.pad_end:
        begin = -param.pad_beg
        ends = [param.pad_end or np.iinfo(np.int64).max] * 2
        x = op.node("Slice", x, [begin, begin], ends, [2, 3])
    return resized(op, x, _size(op, x), "linear")


def _size(op: Op, x: str) -> Operand:
    """Height and width of the top, computed where the bottom's vary."""
    new = op.top_dims[0][2:]
    if not any(isinstance(dim, str) for dim in new):
        return [int(dim) for dim in new]
    param = op.param.interp_param
    size = op.node("Sub", op.node("Slice", op.node("Shape", x), [2], [4]), 1)
    if param.HasField("shrink_factor"):
        size = op.node("Div", size, [param.shrink_factor])
    if param.HasField("zoom_factor"):
        size = op.node("Mul", size, [param.zoom_factor])
    return op.node("Add", size, 1)


def resized(op: Op, x: str, size: Operand, mode: str) -> str:
    """The planes of x resized with the corners on the corners."""
    first = op.node("Slice", op.node("Shape", x), [0], [2])
    sizes = op.node("Concat", first, size, axis=0)
    how = {"coordinate_transformation_mode": "align_corners", "mode": mode}
    return op.node("Resize", x, "", "", sizes, **how)


@converter("Upsample of segnet")
def upsample(op: Op) -> str:
    return _put(op)


@converter("Unpooling")
def unpooling(op: Op) -> str:
    if len(op.bottom) == 2:
        return _put(op)
    return _spread(op)


def _put(op: Op) -> str:
    """Each value at its place in a plane of zeros; of several for one place the last stays."""
    height, width = op.fixed(op.top_dims[0][2:], "the size of its top")
    x, places = (op.node("Reshape", tensor, [0, 0, -1]) for tensor in op.bottom)
    shape = op.node("Slice", op.node("Shape", op.bottom[0]), [0], [2])
    zeros = op.zeros(op.node("Concat", shape, [height * width], axis=0))
    y = op.node("ScatterElements", zeros, op.cast(places, "INT64"), x, axis=2)
    return op.node("Reshape", y, [0, 0, height, width])


def _spread(op: Op) -> str:
    """The values at every stride-th place: a transposed convolution by a single one."""
    stride, channels = op.layer.stride, int(op.shape()[1])
    height, width = op.fixed(op.top_dims[0][2:], "the size of its top")
    ones = op.const(np.ones((channels, 1, 1, 1)), "one")
    y = op.node("ConvTranspose", op.bottom[0], ones, strides=list(stride), group=channels)
    rows, columns = ((n - 1) * s + 1 for n, s in zip(op.shape()[2:], stride))
    return op.pad(y, [0, 0, 0, 0, 0, 0, height - rows, width - columns])
