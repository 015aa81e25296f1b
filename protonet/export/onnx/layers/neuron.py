"""Layers that work on each value alone."""

from __future__ import annotations

import math

from ..op import Op
from ..registry import converter


@converter("ReLU", fields=("ReLUParameter.relu6",))
def relu(op: Op) -> str:
    return rectified(op, op.bottom[0], op.layer.slope, op.layer.high)


def rectified(op: Op, x: str, slope: float, high: float) -> str:
    """max(x, 0) + slope min(x, 0), cut at `high`."""
    if not slope:
        return op.node("Relu", x) if high == math.inf else op.node("Clip", x, 0.0, float(high))
    y = op.node("LeakyRelu", x, alpha=slope)
    return y if high == math.inf else op.node("Min", y, float(high))


@converter("Sigmoid")
def sigmoid(op: Op) -> str:
    return op.node("Sigmoid", op.bottom[0])


@converter("TanH")
def tanh(op: Op) -> str:
    return op.node("Tanh", op.bottom[0])


@converter("AbsVal")
def absolute(op: Op) -> str:
    return op.node("Abs", op.bottom[0])


@converter("BNLL")
def bnll(op: Op) -> str:
    return op.softplus(op.bottom[0])


@converter("ELU")
def elu(op: Op) -> str:
    return op.node("Elu", op.bottom[0], alpha=op.layer.alpha)


@converter("Swish")
def swish(op: Op) -> str:
    x, beta = op.bottom[0], op.param.swish_param.beta
    scaled = x if beta == 1 else op.node("Mul", x, beta)
    return op.node("Mul", x, op.node("Sigmoid", scaled))


@converter("Clip")
def clip(op: Op) -> str:
    param = op.param.clip_param
    return op.node("Clip", op.bottom[0], float(param.min), float(param.max))


@converter("Threshold")
def threshold(op: Op) -> str:
    greater = op.node("Greater", op.bottom[0], float(op.param.threshold_param.threshold))
    return op.cast(greater, "FLOAT")


@converter("Power")
def power(op: Op) -> str:
    """(shift + scale x)^power; where nothing of x remains, a constant of its shape."""
    param, x = op.param.power_param, op.bottom[0]
    if param.power * param.scale == 0:
        value = 1.0 if param.power == 0 else float(param.shift) ** param.power
        return op.node("Add", op.node("Mul", x, 0.0), value)
    y = scaled(op, x, param.scale, param.shift)
    if param.power == 1:
        return y if y != x else op.node("Identity", x)
    return op.node("Mul", y, y) if param.power == 2 else op.node("Pow", y, float(param.power))


@converter("Exp")
def exp(op: Op) -> str:
    y = op.node("Exp", scaled(op, op.bottom[0], op.layer.rate, 0.0))
    return y if op.layer.factor == 1 else op.node("Mul", y, op.layer.factor)


@converter("Log")
def log(op: Op) -> str:
    scale, shift, factor = op.layer.constants
    y = op.node("Log", scaled(op, op.bottom[0], scale, shift))
    return y if factor == 1 else op.node("Mul", y, factor)


@converter("PReLU")
def prelu(op: Op) -> str:
    """The slope spread over the axes behind the channels."""
    slope = op.values(0)
    behind = len(op.shape()) - 2
    return op.node("PRelu", op.bottom[0], op.const(slope.reshape((-1, *[1] * behind)), "slope"))


@converter(
    "Dropout",
    fields=("DropoutParameter.scale_train", "DropoutParameter.sample_weights_test"),
)
def dropout(op: Op) -> str:
    if op.layer.draws:
        raise op.refuse("it draws random numbers", "build the net in phase TEST")
    if not op.layer.scaled:
        return op.node("Mul", op.bottom[0], 1 - op.layer.ratio)
    return op.node("Dropout", op.bottom[0], float(op.param.dropout_param.dropout_ratio))


def scaled(op: Op, x: str, scale: float, shift: float) -> str:
    """scale x + shift, without what does nothing."""
    y = x if scale == 1 else op.node("Mul", x, float(scale))
    return y if shift == 0 else op.node("Add", y, float(shift))
