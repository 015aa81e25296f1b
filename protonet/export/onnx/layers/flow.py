"""FlowNet's layers."""

from __future__ import annotations

import numpy as np

from ....proto import caffe_pb2 as pb
from ..op import Op
from ..registry import converter
from .places import over_items


@converter("Correlation")
def correlation(op: Op) -> str:
    """One product of the maps a displacement, the means over patches and channels joined."""
    geometry, layer = op.layer.geometry, op.layer
    height, width = op.fixed(op.top_dims[0][2:], "the number of its patches")
    channels = op.shape()[1]
    pads = [0, 0, geometry.pad, geometry.pad] * 2
    a, b = (op.pad(x, pads) for x in op.bottom)
    size = [(n - 1) * geometry.stride + geometry.kernel for n in (height, width)]
    a = _window(op, a, geometry.reach, geometry.reach, size)
    filters = np.full((1, channels, geometry.kernel, geometry.kernel), 1.0)
    mean = op.const(filters / filters.size, "mean")
    maps = []
    steps = range(-geometry.radius, geometry.radius + 1)
    for down in steps:
        for right in steps:
            at = (geometry.reach + down * geometry.step, geometry.reach + right * geometry.step)
            moved = _window(op, b, *at, size)
            if layer.multiplies:
                product = op.node("Mul", a, moved)
            else:
                product = op.node("Abs", op.node("Sub", a, moved))
            maps.append(op.node("Conv", product, mean, strides=[geometry.stride] * 2))
    return op.node("Concat", *maps, axis=1)


def _window(op: Op, x: str, top: int, left: int, size: list[int]) -> str:
    return op.node("Slice", x, [top, left], [top + size[0], left + size[1]], [2, 3])


@converter("FlowWarp")
def flow_warp(op: Op) -> str:
    """GridSample at the place of each pixel plus its flow; outside of the image the filling."""
    if op.opset < 16:
        raise op.refuse("GridSample came with opset 16", "--opset 16")
    image, flow = op.bottom
    height, width = op.fixed(op.bottom_dims[0][2:], "the places of its pixels")
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)))[None].astype(np.float32)
    at = op.node("Add", flow, places)
    size = np.array([width, height], np.float32).reshape(1, 2, 1, 1)
    outside = op.node("Or", op.node("Less", at, 0.0), op.node("Not", op.node("Less", at, size)))
    outside = op.cast(op.reduce("ReduceMax", op.cast(outside, "FLOAT"), [1]), "BOOL")
    scaled = op.node("Sub", op.node("Mul", at, 2 / np.maximum(size - 1, 1)), 1.0)
    scaled = op.node("Where", outside, 0.0, scaled)
    y = op.node(
        "GridSample",
        image,
        op.node("Transpose", scaled, perm=[0, 2, 3, 1]),
        align_corners=1,
        padding_mode="border",
        mode="linear" if op.opset >= 20 else "bilinear",
    )
    return op.node("Where", outside, float(op.layer.fill), y)


@converter("Resample")
def resample(op: Op) -> str:
    return planes(op, op.bottom[0])


def planes(op: Op, x: str, checked: bool = False) -> str:
    """rows x columns^T of each plane: the layer's own weights as constants.  checked: whether the
    planes are known to be of one size."""
    if not checked:
        op.fixed(op.bottom_dims[0][2:], "its weights")
    layer = op.layer
    y = op.node("MatMul", op.const(layer.rows, "rows"), x)
    return op.node("MatMul", y, op.const(layer.columns.T, "columns"))


@converter("Downsample")
def downsample(op: Op) -> str:
    """What is not known, NaN, is left out; where it weighs more than a third, so is the top."""
    x = op.bottom[0]
    if op.layer.same:
        return op.node("Identity", x)
    missing = op.node("IsNaN", x)
    known = planes(op, op.node("Where", missing, 0.0, x))
    share = planes(op, op.cast(op.node("Not", missing), "FLOAT"))
    # The weights of a row sum to 1 but for rounding.
    few = op.node("Less", share, 2 / 3)
    return op.node("Div", known, op.node("Where", few, float("nan"), share))


@converter("L1Loss")
def l1_loss(op: Op) -> str:
    param, view = op.param.l1_loss_param, op.layer.view
    x = op.bottom[0] if len(op.bottom) == 1 else op.node("Sub", *op.bottom)
    dead = op.node("IsNaN", x)
    d = op.node("Reshape", op.node("Where", dead, 0.0, x), [0, 0, -1])
    if param.l2_per_location:
        square = op.reduce("ReduceSumSquare", d, [1], keep=False)
        if param.l2_prescale_by_channels:
            square = op.node("Mul", square, 1 / max(1, view[1]))
        if param.plateau > 0:
            short = op.node("Less", square, float(param.plateau) ** 2)
            square = op.node("Where", short, 0.0, square)
        each = op.node("Sqrt", op.node("Add", square, float(param.epsilon)))
    else:
        each = op.reduce(
            "ReduceSum", op.node("Where", _low(op, d), 0.0, op.node("Abs", d)), [1], keep=False
        )
    total = op.reduce("ReduceSum", each, [0, 1], keep=False)
    if not param.normalize_by_num_entries:
        return over_items(op, total)
    alive = op.cast(op.node("Not", op.node("Reshape", dead, [-1])), "FLOAT")
    count = op.node("Div", op.reduce("ReduceSum", alive, [0], keep=False), float(max(1, view[1])))
    none = op.node("Equal", count, 0.0)
    return op.node("Where", none, 0.0, op.node("Div", total, op.node("Where", none, 1.0, count)))


def _low(op: Op, d: str) -> str:
    """Which differences lie below the plateau."""
    return op.node("Less", op.node("Abs", d), float(op.param.l1_loss_param.plateau))


@converter("Mean")
def mean(op: Op) -> list[str]:
    param = op.param.mean_param
    sign = -1 if param.operation == pb.MeanParameter.SUBTRACT else 1
    values = np.array(param.value) * (sign * param.mean_scale * param.output_scale)
    scale = float(param.input_scale * param.output_scale)
    tops = []
    for x, blob in zip(op.bottom, op.step.bottom):
        y = x if scale == 1 else op.node("Mul", x, scale)
        shift = np.resize(values, blob.shape[1]).reshape(1, -1, 1, 1)
        tops.append(op.node("Add", y, op.const(shift, "mean")))
    return tops
