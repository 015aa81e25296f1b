"""Layers of forks that work on the channels, or only rearrange."""

from __future__ import annotations

from ..op import Op
from ..registry import converter
from .convolution import WINDOW_FIELDS, convolution
from .neuron import rectified

converter("ConvolutionDepthwise", "DepthwiseConvolution", fields=WINDOW_FIELDS)(convolution)


@converter("Axpy")
def axpy(op: Op) -> str:
    factor, x, y = op.bottom
    if len(op.shape(0)) > 2:
        factor = op.node("Flatten", factor, axis=1)
    factor = op.unsqueeze(factor, list(range(2, len(op.shape(1)))))
    return op.node("Add", op.node("Mul", factor, x), y)


@converter("ChannelScale")
def channel_scale(op: Op) -> str:
    forward = op.param.channel_scale_param.do_forward
    return op.node("Mul", *op.bottom) if forward else op.node("Identity", op.bottom[0])


@converter("ReLU6")
def relu6(op: Op) -> str:
    return rectified(op, op.bottom[0], op.layer.slope, op.layer.high)


@converter("GRN")
def grn(op: Op) -> str:
    return op.node("Div", op.bottom[0], length(op, op.bottom[0], [1], op.layer.bias))


def length(op: Op, x: str, axes: list[int], eps: float) -> str:
    """sqrt(sum of x^2 + eps) over these axes, which stay with a length of 1."""
    square = op.reduce("ReduceSumSquare", x, axes)
    return op.node("Sqrt", op.node("Add", square, float(eps)))


@converter("ShuffleChannel")
def shuffle_channel(op: Op) -> str:
    x, (_, group, each, _) = op.bottom[0], op.layer.view
    dealt = op.node("Reshape", x, [0, group, each, -1])
    y = op.node("Transpose", dealt, perm=[0, 2, 1, 3])
    return op.node("Reshape", y, op.target(x, op.bottom_dims[0], op.top_dims[0]))


@converter("Flip")
def flip(op: Op) -> str:
    param = op.param.flip_param
    return op.turned(op.bottom[0], [2] * param.flip_height + [3] * param.flip_width)


@converter("Reverse")
def reverse(op: Op) -> str:
    axes = [axis % len(op.shape()) for axis in op.param.reverse_param.axis or [0]]
    return op.turned(op.bottom[0], sorted(set(axes)))


@converter("Permute")
def permute(op: Op) -> str:
    return op.node("Transpose", op.bottom[0], perm=list(op.layer.order))


@converter("Transpose")
def transpose(op: Op) -> str:
    return op.node("Transpose", op.bottom[0], perm=list(op.param.transpose_param.dim))


@converter("Squeeze")
def squeeze(op: Op) -> str:
    return op.shaped_like(op.bottom[0])


@converter("LabelSpecificAdd")
def label_specific_add(op: Op) -> list[str]:
    if op.layer.training:
        raise op.refuse("it changes scores in phase TRAIN only", "build the net in phase TEST")
    tops = [op.node("Identity", op.bottom[0])]
    return [*tops, op.const([op.layer.bias], "bias")][: len(op.top_dims)]
