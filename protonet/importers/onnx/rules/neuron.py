"""Operators that work on each value alone."""

from __future__ import annotations

import numpy as np

from ..registry import rule
from ..site import Site
from ..words import eltwise, power, product, reshape

#: Layers that need no settings.
_PLAIN = {"Relu": "ReLU", "Sigmoid": "Sigmoid", "Tanh": "TanH", "Softplus": "BNLL", "Abs": "AbsVal"}
#: What stands for infinity in a Clip.
_HUGE = float(np.finfo(np.float32).max)
#: Of erf(x) = 1 - (a1 t + ... + a5 t^5) e^(-x^2), t = 1 / (1 + p x): Abramowitz and Stegun 7.1.26.
_ERF_P = 0.3275911
_ERF_A = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


def plain(site: Site, kind: str, x: str) -> str:
    return site.layer(kind, x, site.size(x))


@rule("Relu", "Tanh", "Softplus", "Abs")
def neuron(site: Site) -> str:
    return plain(site, _PLAIN[site.node.op], site.blob())


@rule("Sigmoid")
def sigmoid(site: Site) -> str:
    """Alone, or with the product behind it as Swish."""
    x, tensor = site.blob(), site.node.inputs[0]
    behind = site.follower("Mul")
    if behind is not None and sorted(behind.inputs) == sorted([tensor, site.outputs[0]]):
        site.say("x sigmoid(x) is Swish")
        site.take(behind)
        return plain(site, "Swish", x)
    return plain(site, "Sigmoid", x)


@rule("Swish")
def swish(site: Site) -> str:
    x, beta = site.blob(), float(site.attr("alpha", 1.0))
    return site.layer("Swish", x, site.size(x), swish_param={"beta": beta})


@rule("LeakyRelu")
def leaky(site: Site) -> str:
    slope = float(site.attr("alpha", 0.01))
    x = site.blob()
    return site.layer("ReLU", x, site.size(x), relu_param={"negative_slope": slope})


@rule("PRelu")
def prelu(site: Site) -> str:
    """A slope a channel, or one for all."""
    slope, x = site.needed(1, "the slope"), site.blob()
    shape = site.size(x)
    full = (1,) * (len(shape) - slope.ndim) + slope.shape
    if len(shape) < 2 or any(n != 1 for axis, n in enumerate(full) if axis != 1):
        raise site.refuse(f"a slope of the shape {slope.shape} is neither one nor one a channel")
    if slope.size == 1:
        told = {"channel_shared": True}
        return site.layer("PReLU", x, shape, [slope.reshape(())], prelu_param=told)
    return site.layer("PReLU", x, shape, [slope.reshape(-1)])


@rule("Elu")
def elu(site: Site) -> str:
    return _elu(site, site.blob(), float(site.attr("alpha", 1.0)))


def _elu(site: Site, x: str, alpha: float) -> str:
    return site.layer("ELU", x, site.size(x), elu_param={"alpha": alpha})


@rule("Selu")
def selu(site: Site) -> str:
    site.say("ELU and a factor")
    alpha, gamma = site.attr("alpha", 1.67326319217681884765625), site.attr("gamma", 1.0507009873)
    return power(site, _elu(site, site.blob(), float(alpha)), float(gamma))


@rule("Celu")
def celu(site: Site) -> str:
    """a ELU(x / a)"""
    site.say("ELU between two factors")
    alpha = float(site.attr("alpha", 1.0))
    return power(site, _elu(site, power(site, site.blob(), 1 / alpha), 1.0), alpha)


@rule("ThresholdedRelu")
def thresholded(site: Site) -> str:
    site.say("x times Threshold(x)")
    x = site.blob()
    told = {"threshold": float(site.attr("alpha", 1.0))}
    mark = site.layer("Threshold", x, site.size(x), threshold_param=told)
    return product(site, x, mark)


@rule("Softsign")
def softsign(site: Site) -> str:
    site.say("x / (1 + |x|)")
    x = site.blob()
    return product(site, x, power(site, plain(site, "AbsVal", x), 1, 1, -1))


@rule("Mish")
def mish(site: Site) -> str:
    site.say("x tanh(softplus(x))")
    x = site.blob()
    return product(site, x, plain(site, "TanH", plain(site, "BNLL", x)))


@rule("Clip")
def clip(site: Site) -> str:
    low = site.setting(1, "min", -_HUGE)
    high = site.setting(2, "max", _HUGE)
    return clipped(site, site.blob(), *(float(np.reshape(v, ())) for v in (low, high)))


def clipped(site: Site, x: str, low: float, high: float) -> str:
    """Between two numbers; where there is only one, by ReLU."""
    if high >= _HUGE and low == 0:
        return plain(site, "ReLU", x)
    high = min(high, _HUGE)
    low = min(max(low, -_HUGE), high)  # a lower bound above the upper one gives way
    if site.common:
        return _folded(site, x, low, high)
    return site.layer("Clip", x, site.size(x), clip_param={"min": low, "max": high})


def _folded(site: Site, x: str, low: float, high: float) -> str:
    """low + ReLU(x - low), then high - ReLU(high - that)."""
    site.say(f"clipped to {low:g} and {high:g} by ReLU, which every reader of Caffe's files has")
    if low > -_HUGE:
        x = power(site, plain(site, "ReLU", power(site, x, 1, -low)), 1, low)
    if high < _HUGE:
        x = power(site, plain(site, "ReLU", power(site, x, -1, high)), -1, high)
    return x


@rule("HardSigmoid")
def hard_sigmoid(site: Site) -> str:
    site.say("alpha x + beta, clipped to 0 and 1")
    alpha, beta = float(site.attr("alpha", 0.2)), float(site.attr("beta", 0.5))
    return clipped(site, power(site, site.blob(), alpha, beta), 0, 1)


@rule("HardSwish")
def hard_swish(site: Site) -> str:
    site.say("x times (x / 6 + 1 / 2), which is clipped to 0 and 1")
    x = site.blob()
    return product(site, x, clipped(site, power(site, x, 1 / 6, 0.5), 0, 1))


@rule("Exp")
def exp(site: Site) -> str:
    return plain(site, "Exp", site.blob())


@rule("Log")
def log(site: Site) -> str:
    return plain(site, "Log", site.blob())


@rule("Sign")
def sign(site: Site) -> str:
    site.say("(x > 0) - (-x > 0)")
    x = site.blob()
    marks = [plain(site, "Threshold", each) for each in (x, power(site, x, -1))]
    return eltwise(site, "SUM", marks, [1, -1])


@rule("Erf")
def erf(site: Site) -> str:
    return _erf(site, site.blob())


def _erf(site: Site, x: str) -> str:
    """erf of |x| by Abramowitz and Stegun's 7.1.26, good to 1.5e-7, then its sign."""
    site.say("erf by a polynomial and Exp, good to 1.5e-7 (Abramowitz and Stegun 7.1.26)")
    t = power(site, plain(site, "AbsVal", x), _ERF_P, 1, -1)
    total = power(site, t, _ERF_A[4], _ERF_A[3])
    for factor in _ERF_A[2::-1]:
        total = power(site, product(site, total, t), 1, factor)
    square = power(site, x, 1, 0, 2)
    bell = site.layer("Exp", square, site.size(x), exp_param={"scale": -1.0})
    rest = power(site, product(site, product(site, total, t), bell), -1, 1)
    return product(site, rest, power(site, plain(site, "Threshold", x), 2, -1))


@rule("Gelu")
def gelu(site: Site) -> str:
    """x/2 (1 + erf(x / sqrt 2)), or with tanh in its place."""
    x = site.blob()
    if site.attr("approximate", "none") == "tanh":
        site.say("x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))")
        cube = power(site, x, 1, 0, 3)
        inner = eltwise(site, "SUM", [x, cube], [(2 / np.pi) ** 0.5, 0.044715 * (2 / np.pi) ** 0.5])
        bent = plain(site, "TanH", inner)
    else:
        site.say("x / 2 (1 + erf(x / sqrt 2))")
        bent = _erf(site, power(site, x, 0.5**0.5))
    return product(site, x, power(site, bent, 0.5, 0.5))


@rule("Softmax", "LogSoftmax")
def softmax(site: Site) -> str:
    """Along one axis; before opset 13 along all from an axis on."""
    old = site.graph.opset < 13
    axis, x = site.axis(default=1 if old else -1), site.blob()
    shape = site.size(x)
    if old and any(n != 1 for n in shape[axis + 1 :]):
        site.say("over all axes from one on, as opsets before 13 mean it")
        flat = (*shape[:axis], int(np.prod(shape[axis:])))
        y = _softmax(site, reshape(site, x, flat), axis)
    else:
        y = _softmax(site, x, axis)
    if site.node.op == "LogSoftmax":
        site.say("the logarithm of Softmax")
        y = plain(site, "Log", y)
    return reshape(site, y, shape)


def _softmax(site: Site, x: str, axis: int) -> str:
    return site.layer("Softmax", x, site.size(x), softmax_param={"axis": axis})


@rule("Dropout")
def dropout(site: Site) -> list[str]:
    if len(site.outputs) > 1 and site.graph.readers.get(site.outputs[1]):
        raise site.refuse("its mask is read")
    if site.has(2) and site.needed(2, "training_mode").any():
        raise site.refuse("it draws random numbers", "export the model for inference")
    ratio = float(np.reshape(site.setting(1, "ratio", 0.5), ()))
    x = site.blob()
    return [site.layer("Dropout", x, site.size(x), dropout_param={"dropout_ratio": ratio})]


@rule("Identity", "Cast")
def identity(site: Site) -> str:
    """Blobs have floats only: a change of type does nothing, but where a fraction would be lost."""
    if site.node.op == "Cast" and site.attr("to") not in (1, 10, 11, 16):
        raise site.refuse("blobs have no whole numbers and no truths")
    return site.blob()


@rule("Greater")
def greater(site: Site) -> str:
    """x > c, as 0 or 1."""
    bound, x = site.needed(1, "the bound"), site.blob()
    if bound.size != 1:
        raise site.refuse(f"a bound of the shape {bound.shape} is not one number")
    told = {"threshold": float(bound.reshape(()))}
    return site.layer("Threshold", x, site.size(x), threshold_param=told)
