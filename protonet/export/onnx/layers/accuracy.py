"""How many are right."""

from __future__ import annotations

import numpy as np

from ..op import Op
from ..registry import converter
from .places import Places


@converter("Accuracy", fields=("AccuracyParameter.min_is_better",))
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


@converter("SegAccuracy")
def seg_accuracy(op: Op) -> str:
    """Counts of pairs of label and prediction, from products of one-hot vectors."""
    param = op.param.seg_accuracy_param
    if not param.reset:
        raise op.refuse("its counts go on over all passes", "reset: true is possible", "reset")
    places = Places(op, 1)
    scores, classes = places.scores(op.bottom[0]), places.classes
    first = op.node("ArgMax", op.turned(scores, [1]), axis=1, keepdims=0)
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
