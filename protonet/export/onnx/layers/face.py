"""Layers of forks for the recognition of faces."""

from __future__ import annotations

import numpy as np

from ..op import Op
from ..registry import converter
from .channel import length


@converter("Normalize of happynear")
def normalize(op: Op) -> list[str]:
    x = op.unsqueeze(op.bottom[0], list(range(len(op.shape()), 4)))
    if op.layer.squares:
        size = length(op, x, [1], 1e-6)
    else:
        size = op.node("Add", op.reduce("ReduceL1", x, [1]), 1e-6)
    return [op.node("Div", x, size), size][: len(op.top_dims)]


@converter("InnerDistance")
def inner_distance(op: Op) -> str:
    """L2 as |x|^2 - 2 x w + |w|^2 would lose digits: the differences are written out."""
    layer, axis = op.layer, op.layer.axis
    x, points = op.node("Flatten", op.bottom[0], axis=axis), _points(op)
    apart = op.node("Sub", op.unsqueeze(x, [1]), points)
    y = op.reduce("ReduceSumSquare" if layer.squared else "ReduceL1", apart, [2], keep=False)
    new = op.top_dims[0]
    return y if len(new) == 2 else op.reshape(y, ("items", layer.shape[0]), new)


def _points(op: Op) -> str:
    layer, normalize = op.layer, op.param.inner_distance_param.normalize
    if not layer.given:
        values = op.values(0).astype(np.float64)
        if normalize:
            values = values / np.sqrt((values * values).sum(1, keepdims=True) + 1e-6)
        return op.const(values, "points")
    points = op.node("Reshape", op.bottom[1], list(layer.shape))
    return op.node("Div", points, length(op, points, [1], 1e-6)) if normalize else points
