"""Sums of layers that work value by value: y of one x, and the slope there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from ...core.registry import Registry
from ..shown import number
from ..worked import Worked
from .sums import SPELLED, Sum, factor, first

#: (text, value).
Told = tuple[str, float]
#: (parameters, x) -> y, and dy/dx.
Formula = Callable[[Any, float], tuple[Told, Told]]
FORMULAS: Registry[Formula] = Registry("formula")


def _formula(fn: Formula) -> Formula:
    """Decorator: of the type that the function is named after."""
    SPELLED.add(fn.__name__, value_by_value)
    return FORMULAS.add(fn.__name__, fn)


def value_by_value(worked: Worked) -> Iterator[Sum]:
    x, at = worked.arrays["bottom[0]"], first(worked.arrays["bottom[0]"])
    (text, y), (slope, value) = FORMULAS[worked.layer.type](worked.message, float(x[at]))
    yield Sum("top[0]", at, text, y)
    dy = float(worked.given["top[0].diff"][at])
    yield Sum("bottom[0].diff", at, f"{number(dy)} * {slope}", dy * value)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@_formula
def AbsVal(param: Any, x: float) -> tuple[Told, Told]:
    sign = math.copysign(1, x)
    return (f"|{number(x)}|", abs(x)), (factor(sign), sign)


@_formula
def BNLL(param: Any, x: float) -> tuple[Told, Told]:
    y = f"log(1 + exp({number(x)}))", math.log1p(math.exp(x))
    return y, (f"1 / (1 + exp({number(-x)}))", sigmoid(x))


@_formula
def ELU(param: Any, x: float) -> tuple[Told, Told]:
    alpha = param.alpha
    y = alpha * math.expm1(x)  # of a value below 0
    return (f"{alpha:g} * (exp({number(x)}) - 1)", y), (f"({factor(y)} + {alpha:g})", y + alpha)


@_formula
def Exp(param: Any, x: float) -> tuple[Told, Told]:
    word, base = ("e", math.e) if param.base == -1 else (f"{param.base:g}", param.base)
    y = base ** (param.shift + param.scale * x)
    slope = f"{number(y)} * {param.scale:g} * log({word})"
    text = f"{word}^({param.shift:g} + {param.scale:g}*{factor(x)})"
    return (text, y), (slope, y * param.scale * math.log(base))


@_formula
def Log(param: Any, x: float) -> tuple[Told, Told]:
    return (f"log({number(x)})", math.log(x)), (f"1 / {number(x)}", 1 / x)


@_formula
def Power(param: Any, x: float) -> tuple[Told, Told]:
    inner = param.shift + param.scale * x
    text = f"({param.shift:g} + {param.scale:g}*{factor(x)})"
    slope = param.power * param.scale * inner ** (param.power - 1)
    told = f"{param.power:g}*{param.scale:g} * {text}^{param.power - 1:g}"
    return (f"{text}^{param.power:g}", inner**param.power), (told, slope)


@_formula
def ReLU(param: Any, x: float) -> tuple[Told, Told]:
    slope = 1.0 if x > 0 else param.negative_slope
    text = f"max(0, {number(x)})"
    if param.negative_slope:
        text += f" + {param.negative_slope:g}*min(0, {number(x)})"
    return (text, slope * x + 0.0), (number(slope), slope)


@_formula
def Sigmoid(param: Any, x: float) -> tuple[Told, Told]:
    y = sigmoid(x)
    text = f"1 / (1 + exp({number(-x)}))"
    return (text, y), (f"{number(y)} * (1 - {number(y)})", y * (1 - y))


@_formula
def Swish(param: Any, x: float) -> tuple[Told, Told]:
    beta = param.beta
    gate = sigmoid(beta * x)
    y = x * gate
    slope = f"({number(beta * y)} + {number(gate)} * (1 - {factor(beta * y)}))"
    text = f"{number(x)} / (1 + exp({number(-beta * x)}))"
    return (text, y), (slope, beta * y + gate * (1 - beta * y))


@_formula
def TanH(param: Any, x: float) -> tuple[Told, Told]:
    y = math.tanh(x)
    return (f"tanh({number(x)})", y), (f"(1 - {factor(y)}^2)", 1 - y * y)
