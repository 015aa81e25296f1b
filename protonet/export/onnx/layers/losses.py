"""Losses over classes: their values, as in a test."""

from __future__ import annotations

import numpy as np

from ....kernels.losses import LOG_THRESHOLD, TINY
from ....proto import caffe_pb2 as pb
from ..op import Op
from ..registry import converter
from .places import LOSS_FIELDS, Places, over_count, over_items

_MODES = pb.LossParameter


@converter(
    "SoftmaxWithLoss",
    "SoftmaxWithLossOHEM",
    fields=(
        *LOSS_FIELDS,
        *("LossParameter.weight_by_label_freqs", "LossParameter.class_weighting"),
    ),
)
def softmax_with_loss(op: Op) -> list[str]:
    """R-FCN's has a third top, the loss of each place."""
    axis = op.param.softmax_param.axis
    places = Places(op, axis, op.layer.ignore_label)
    prob = op.node("Softmax", op.bottom[0], axis=axis)
    log = op.node("LogSoftmax", places.scores(op.bottom[0]), axis=1)
    found = op.node("Max", places.of_label(log), float(np.log(np.float64(TINY))))
    each = op.node("Neg", found)
    weights = getattr(op.layer, "weights", None)
    if weights is not None:
        each = op.node("Mul", each, op.node("Gather", weights, places.label, axis=0))
    loss = over_count(op, places.total(each), op.layer.mode, places)
    if len(op.top_dims) < 3:
        return [loss, prob][: len(op.top_dims)]
    if places.counted is not None:
        each = op.node("Mul", each, places.counted)
    return [loss, prob, op.reshape(each, ("outer", "inner"), op.top_dims[2])]


@converter("MultinomialLogisticLoss")
def multinomial_logistic_loss(op: Op) -> str:
    places = Places(op, None)
    p = op.node("Max", places.of_label(places.scores(op.bottom[0])), LOG_THRESHOLD)
    return over_items(op, places.total(op.node("Neg", op.node("Log", p))))


@converter("InfogainLoss", fields=LOSS_FIELDS)
def infogain_loss(op: Op) -> list[str]:
    axis = op.param.infogain_loss_param.axis
    places = Places(op, axis, op.layer.ignore_label)
    prob = op.node("Softmax", op.bottom[0], axis=axis)
    log = op.node("Log", op.node("Max", places.scores(prob), LOG_THRESHOLD))
    square = [places.classes, places.classes]
    if op.layer.matrix is None:
        matrix = op.node("Reshape", op.bottom[2], square)
    else:
        matrix = op.const(op.layer.matrix.reshape(square), "matrix")
    # rows[o, i, k] = H[label[o, i], k]
    rows = op.node("Gather", matrix, places.label, axis=0)
    each = op.node("Mul", op.node("Transpose", rows, perm=[0, 2, 1]), log)
    lost = op.node("Neg", op.reduce("ReduceSum", each, [1], keep=False))
    loss = over_count(op, places.total(lost), op.layer.mode, places)
    return [loss, prob][: len(op.top_dims)]


@converter("SigmoidCrossEntropyLoss", fields=LOSS_FIELDS)
def sigmoid_cross_entropy_loss(op: Op) -> str:
    """log(1 + e^x) - x t of each value."""
    x, t = (op.node("Reshape", tensor, [-1]) for tensor in op.bottom)
    each, counted = op.node("Sub", op.softplus(x), op.node("Mul", x, t)), None
    if op.layer.ignore_label is not None:
        ignored = op.node("Equal", op.cast(t, "INT64"), op.layer.ignore_label)
        counted = op.cast(op.node("Not", ignored), "FLOAT")
        each = op.node("Mul", each, counted)
    total, mode = op.reduce("ReduceSum", each, [0], keep=False), op.layer.mode
    if mode == _MODES.PRE_FIXED:
        return op.node("Div", total, float(op.param.loss_param.pre_fixed_normalizer))
    if mode == _MODES.NONE:
        return total
    if mode == _MODES.BATCH_SIZE:
        return over_items(op, total)
    if mode == _MODES.VALID and counted is not None:
        count = op.node("Max", op.reduce("ReduceSum", counted, [0], keep=False), 1.0)
    else:
        count = op.cast(op.node("Size", x), "FLOAT")
    return op.node("Div", total, count)


@converter("HingeLoss")
def hinge_loss(op: Op) -> str:
    """max(0, 1 - s x) with s = 1 at the label and -1 elsewhere."""
    places = Places(op, None)
    x = op.node("Reshape", op.bottom[0], [-1, places.classes])
    hot = op.node("OneHot", places.label, [places.classes], np.array([-1.0, 1.0]), axis=1)
    signs = op.squeeze(hot, [2])
    margins = op.node("Relu", op.node("Sub", 1.0, op.node("Mul", signs, x)))
    kind = "ReduceSumSquare" if op.layer.squared else "ReduceSum"
    return over_items(op, op.reduce(kind, margins, [0, 1], keep=False))
