"""Losses of distances."""

from __future__ import annotations

from collections.abc import Sequence

from ..op import Op
from ..registry import converter
from .places import LOSS_FIELDS, over_items


@converter("EuclideanLoss")
def euclidean_loss(op: Op) -> str:
    a, b = _flat_pair(op)
    difference = op.node("Sub", a, b)
    return over_items(op, op.reduce("ReduceSumSquare", difference, [0], keep=False), 2.0)


def _flat_pair(op: Op) -> Sequence[str]:
    return [op.node("Reshape", x, [-1]) for x in op.bottom[:2]]


@converter("ContrastiveLoss")
def contrastive_loss(op: Op) -> str:
    layer = op.layer
    a, b = (op.node("Flatten", x, axis=1) for x in op.bottom[:2])
    squared = op.reduce("ReduceSumSquare", op.node("Sub", a, b), [1], keep=False)
    near = squared if layer.legacy else op.node("Sqrt", squared)
    apart = op.node("Relu", op.node("Sub", float(layer.margin), near))
    apart = apart if layer.legacy else op.node("Mul", apart, apart)
    similar = op.cast(op.node("Reshape", op.bottom[2], [-1]), "BOOL")
    each = op.node("Where", similar, squared, apart)
    return over_items(op, op.reduce("ReduceSum", each, [0], keep=False), 2.0)


@converter("SmoothL1Loss of ssd")
def smooth_l1_loss(op: Op) -> str:
    a, b = _flat_pair(op)
    each = smooth_l1(op, op.node("Sub", a, b), 1.0)
    return over_items(op, op.reduce("ReduceSum", each, [0], keep=False))


def smooth_l1(op: Op, d: str, sharpness: float) -> str:
    """A parabola up to 1 / sharpness, a line beyond: slope d - slope^2 / (2 sharpness)."""
    slope = op.node("Clip", op.node("Mul", d, sharpness), -1.0, 1.0)
    half = op.node("Mul", op.node("Mul", slope, slope), 1 / (2 * sharpness))
    return op.node("Sub", op.node("Mul", slope, d), half)


@converter("SmoothL1Loss of fast-rcnn")
def smooth_l1_loss_rcnn(op: Op) -> str:
    each = _weighted(op)
    if len(op.bottom) == 4:
        each = op.node("Mul", each, op.node("Reshape", op.bottom[3], [-1]))
    return over_items(op, op.reduce("ReduceSum", each, [0], keep=False))


def _weighted(op: Op) -> str:
    """f(w (a - b)) of each value, flat."""
    a, b = _flat_pair(op)
    d = op.node("Sub", a, b)
    if len(op.bottom) > 2:
        d = op.node("Mul", d, op.node("Reshape", op.bottom[2], [-1]))
    return smooth_l1(op, d, op.layer.sharpness)


@converter("SmoothL1LossOHEM", "SmoothL1Loss of r-fcn", fields=LOSS_FIELDS)
def smooth_l1_loss_ohem(op: Op) -> list[str]:
    """The second top has the loss of each place, summed over the channels."""
    op.fixed(op.bottom_dims[0], "what its sum is divided by")
    each = _weighted(op)
    total = op.reduce("ReduceSum", each, [0], keep=False)
    tops = [op.node("Div", total, float(op.layer.count))]
    if len(op.top_dims) > 1:
        each = op.node("Reshape", each, [op.shape()[0], op.shape()[1], -1])
        shape = [int(dim) for dim in op.top_dims[1]]
        tops.append(op.node("Reshape", op.reduce("ReduceSum", each, [1]), shape))
    return tops


@converter("CenterLoss")
def center_loss(op: Op) -> str:
    x = op.node("Flatten", op.bottom[0], axis=op.layer.axis)
    label = op.node("Reshape", op.cast(op.bottom[1], "INT64"), [-1])
    away = op.node("Sub", x, op.node("Gather", op.weights(0), label, axis=0))
    total = op.reduce("ReduceSumSquare", away, [0, 1], keep=False)
    items = op.node("Slice", op.node("Shape", away), [0], [1])
    count = op.squeeze(op.cast(items, "FLOAT"), [0])
    return op.node("Div", total, op.node("Mul", count, 2.0))
