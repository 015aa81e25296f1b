"""Layers that work value by value."""

from __future__ import annotations

from ..worked import Example
from .values import of, one

_X = [[-2.0, -0.5, 0.5, 3.0]]
_DY = [[[1, 2, 3, 4]]]


def _plain(type_name: str, text: str = "", x: object = _X) -> tuple[Example, ...]:
    return one(of(type_name, text), x, diffs=_DY, title="four values")


EXAMPLES = {
    "AbsVal": _plain("AbsVal"),
    "BNLL": _plain("BNLL"),
    "Clip": _plain("Clip", "clip_param { min: -1 max: 1 }"),
    "ELU": _plain("ELU"),
    "Exp": (
        *_plain("Exp"),
        *_plain("Exp", "exp_param { base: 2 scale: 2 shift: 1 }"),
    ),
    "Log": _plain("Log", x=[[0.5, 1, 2, 10]]),
    "PReLU": one(of("PReLU"), [[-2.0, -1.0], [3.0, -4.0]], blobs=[[0.1, 0.5]]),
    "Power": (
        *_plain("Power", "power_param { power: 2 scale: 3 shift: 1 }"),
        *_plain("Power", "power_param { scale: 2 shift: -1 }"),
    ),
    "ReLU": (
        *_plain("ReLU"),
        *_plain("ReLU", "relu_param { negative_slope: 0.1 }"),
    ),
    "ReLU6": _plain("ReLU6", x=[[-2.0, 0.5, 3.0, 8.0]]),
    "Sigmoid": _plain("Sigmoid"),
    "Swish": _plain("Swish"),
    "TanH": _plain("TanH"),
    "Threshold": _plain("Threshold", "threshold_param { threshold: 0.5 }", [[-1, 0.5, 0.6, 3]]),
    "Dropout": (
        Example(
            of("Dropout"),
            "in TRAIN half of the values, drawn at random, the rest doubled",
            [[[1, 2, 3, 4, 5, 6]]],
            diffs=[[[1, 1, 1, 1, 1, 1]]],
        ),
    ),
    "Softmax": one(of("Softmax"), [[1, 2, 3]], diffs=[[[1, 0, 0]]], title="three scores"),
}
