"""Losses and Accuracy: their values, as in a test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....kernels.losses import LOG_THRESHOLD, TINY
from ....proto import caffe_pb2 as pb
from ..op import Op, Operand
from ..registry import converter

_MODES = pb.LossParameter


class Places:
    """Scores as (outer, classes, inner), labels as (outer, inner) whole numbers.

    label: 0 where ignored.  counted: 1.0 where not ignored, None if all count.
    """

    def __init__(self, op: Op, axis: int, ignore: int | None = None, label: int = 1) -> None:
        dims = op.bottom_dims[0]
        axis %= len(dims)
        self.op, self.axis, self.rank = op, axis, len(dims)
        (self.classes,) = op.fixed(dims[axis : axis + 1], "the number of classes")
        fixed = [d for d in dims[axis + 1 :] if not isinstance(d, str)]
        self.inner = int(np.prod(fixed)) if len(fixed) == len(dims) - axis - 1 else -1
        self.shape = [-1, self.classes, self.inner]
        if self.inner < 0:
            op.fixed(dims[axis + 1 :], "the number of places")
        labels = op.cast(op.bottom[label], "INT64")
        self.label = op.node("Reshape", labels, [-1, self.inner])
        self.counted: str | None = None
        if ignore is not None:
            ignored = op.node("Equal", self.label, ignore)
            self.counted = op.cast(op.node("Not", ignored), "FLOAT")
            self.label = op.node("Where", ignored, 0, self.label)

    def scores(self, x: str) -> str:
        return self.op.node("Reshape", x, self.shape)

    def of_label(self, x: str) -> str:
        """(outer, classes, inner) -> (outer, inner): the value of each place's class."""
        index = self.op.unsqueeze(self.label, [1])
        return self.op.squeeze(self.op.node("GatherElements", x, index, axis=1), [1])

    def total(self, x: str) -> str:
        """The sum over all places that count; x (outer, inner)."""
        if self.counted is not None:
            x = self.op.node("Mul", x, self.counted)
        return self.op.reduce("ReduceSum", x, [0, 1], keep=False)


def over_count(op: Op, total: str, mode: int, places: Places) -> str:
    """The sum of a loss divided by what `normalization` says, 1 at least."""
    divisor: Operand
    if mode == _MODES.PRE_FIXED:
        return op.node("Div", total, float(op.param.loss_param.pre_fixed_normalizer))
    if mode == _MODES.NONE:
        return total
    if mode == _MODES.VALID and places.counted is not None:
        divisor = op.reduce("ReduceSum", places.counted, [0, 1], keep=False)
        divisor = op.node("Max", divisor, 1.0)
    elif mode == _MODES.BATCH_SIZE:
        divisor = op.count(places.label, op.bottom_dims[0][: places.axis])
        if isinstance(divisor, str):
            divisor = op.node("Div", divisor, float(places.inner))
    else:
        divisor = op.cast(op.node("Size", places.label), "FLOAT")
    return op.node("Div", total, divisor)


@converter("SoftmaxWithLoss", "SoftmaxWithLossOHEM")
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
    places = _item_places(op)
    p = op.node("Max", places.of_label(places.scores(op.bottom[0])), LOG_THRESHOLD)
    return over_items(op, places.total(op.node("Neg", op.node("Log", p))))


def _item_places(op: Op) -> Places:
    """All values of an item are classes."""
    op.fixed(op.bottom_dims[0][1:], "the number of classes")
    places = Places.__new__(Places)
    places.op, places.axis, places.rank = op, 1, 2
    places.classes, places.inner = int(np.prod(op.shape()[1:])), 1
    places.shape, places.counted = [-1, places.classes, 1], None
    places.label = op.node("Reshape", op.cast(op.bottom[1], "INT64"), [-1, 1])
    return places


def over_items(op: Op, total: str, factor: float = 1.0) -> str:
    """A sum over the items, divided by factor times their number."""
    items = op.bottom_dims[0][0]
    if not isinstance(items, str):
        return op.node("Div", total, factor * int(items))
    count = op.cast(op.squeeze(str(op.size(op.bottom[0], items, 0)), [0]), "FLOAT")
    return op.node("Div", total, count if factor == 1 else op.node("Mul", count, factor))


@converter("InfogainLoss")
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


@converter("SigmoidCrossEntropyLoss")
def sigmoid_cross_entropy_loss(op: Op) -> str:
    """log(1 + e^x) - x t of each value."""
    x, t = (op.node("Reshape", tensor, [-1]) for tensor in op.bottom)
    small = op.node("Exp", op.node("Neg", op.node("Abs", x)))
    softplus = op.node("Add", op.node("Relu", x), op.node("Log", op.node("Add", small, 1.0)))
    each, counted = op.node("Sub", softplus, op.node("Mul", x, t)), None
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


@converter("EuclideanLoss")
def euclidean_loss(op: Op) -> str:
    a, b = _flat_pair(op)
    difference = op.node("Sub", a, b)
    return over_items(op, op.reduce("ReduceSumSquare", difference, [0], keep=False), 2.0)


def _flat_pair(op: Op) -> Sequence[str]:
    return [op.node("Reshape", x, [-1]) for x in op.bottom[:2]]


@converter("HingeLoss")
def hinge_loss(op: Op) -> str:
    """max(0, 1 - s x) with s = 1 at the label and -1 elsewhere."""
    places = _item_places(op)
    x = op.node("Reshape", op.bottom[0], [-1, places.classes])
    hot = op.node("OneHot", places.label, [places.classes], np.array([-1.0, 1.0]), axis=1)
    signs = op.squeeze(hot, [2])
    margins = op.node("Relu", op.node("Sub", 1.0, op.node("Mul", signs, x)))
    kind = "ReduceSumSquare" if op.layer.squared else "ReduceSum"
    return over_items(op, op.reduce(kind, margins, [0, 1], keep=False))


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


@converter("Accuracy")
def accuracy(op: Op) -> list[str]:
    """Right: fewer than top_k other classes score at least as much as the label's."""
    param = op.param.accuracy_param
    ignore = param.ignore_label if param.HasField("ignore_label") else None
    places = Places(op, param.axis, ignore)
    scores = places.scores(op.bottom[0])
    mine = op.unsqueeze(places.of_label(scores), [1])
    worse = op.node("Greater" if param.min_is_better else "Less", scores, mine)
    count = op.reduce("ReduceSum", op.cast(worse, "FLOAT"), [1], keep=False)
    wanted = float(places.classes - op.layer.top_k) - 0.5
    right = op.cast(op.node("Greater", count, wanted), "FLOAT")
    all_places = places.counted or op.node("Add", op.node("Mul", right, 0.0), 1.0)
    counted = op.node("Max", op.reduce("ReduceSum", all_places, [0, 1], keep=False), 1.0)
    tops = [op.node("Div", places.total(right), counted)]
    if len(op.top_dims) > 1:
        hot = op.node("OneHot", places.label, [places.classes], np.array([0.0, 1.0]), axis=1)
        hot = op.node("Mul", hot, op.unsqueeze(all_places, [1]))
        of_class = op.reduce("ReduceSum", hot, [0, 2], keep=False)
        hits = op.node("Mul", hot, op.unsqueeze(right, [1]))
        hits = op.reduce("ReduceSum", hits, [0, 2], keep=False)
        tops.append(op.node("Div", hits, op.node("Max", of_class, 1.0)))
    return tops


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


@converter("SmoothL1LossOHEM", "SmoothL1Loss of r-fcn")
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
    items = op.bottom_dims[0][: op.layer.axis]
    count = op.count(x, items)
    if isinstance(count, str):
        count = op.node("Div", count, float(op.values(0).shape[1]))
    return op.node(
        "Div", total, op.node("Mul", count, 2.0) if isinstance(count, str) else 2 * count
    )


@converter("SegAccuracy")
def seg_accuracy(op: Op) -> str:
    """Counts of pairs of label and prediction, from products of one-hot vectors."""
    param = op.param.seg_accuracy_param
    if not param.reset:
        raise op.refuse("its counts go on over all passes", "reset: true is possible", "reset")
    places = Places(op, 1)
    scores, classes = places.scores(op.bottom[0]), places.classes
    turned = op.node("Slice", scores, [-1], [np.iinfo(np.int64).min + 1], [1], [-1])
    first = op.node("ArgMax", turned, axis=1, keepdims=0)
    predicted = op.node("Sub", classes - 1, first)
    counted = op.node("Add", op.node("Mul", op.cast(predicted, "FLOAT"), 0.0), 1.0)
    label = places.label
    for ignored in param.ignore_label:
        equal = op.node("Equal", label, int(ignored))
        counted = op.node("Where", equal, 0.0, counted)
    label = op.node("Where", op.cast(counted, "BOOL"), label, 0)
    hot = np.array([0.0, 1.0])
    truth = op.node("OneHot", label, [classes], hot, axis=1)
    truth = op.node("Mul", truth, op.unsqueeze(counted, [1]))
    guess = op.node("OneHot", predicted, [classes], hot, axis=1)
    guess = op.node("Mul", guess, op.unsqueeze(counted, [1]))
    right = op.reduce("ReduceSum", op.node("Mul", truth, guess), [0, 2], keep=False)
    labels, guesses = (op.reduce("ReduceSum", x, [0, 2], keep=False) for x in (truth, guess))
    union = op.node("Sub", op.node("Add", labels, guesses), right)
    occur = op.cast(op.node("Greater", labels, 0.0), "FLOAT")
    present = op.node("Greater", union, 0.0)
    overlaps = op.node("Where", present, op.node("Div", right, op.node("Max", union, 1.0)), 1.0)
    of_classes = op.node("Div", right, op.node("Max", labels, 1.0))
    measures = [
        op.node("Div", _total(op, right), op.node("Max", _total(op, labels), 1.0)),
        op.node("Div", _total(op, of_classes), op.node("Max", _total(op, occur), 1.0)),
        op.reduce("ReduceMean", overlaps, [0]),
    ]
    return op.node("Reshape", op.node("Concat", *measures, axis=0), [1, 1, 1, 3])


def _total(op: Op, x: str) -> str:
    return op.reduce("ReduceSum", x, [0])
