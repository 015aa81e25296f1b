"""Places with a class each: scores and labels as losses and accuracies read them."""

from __future__ import annotations

import numpy as np

from ....proto import caffe_pb2 as pb
from ..op import Op, Operand

_MODES = pb.LossParameter
#: Fields of forks that `over_count` and its like follow.
LOSS_FIELDS = (
    "LossParameter.NormalizationMode.PRE_FIXED",
    "LossParameter.pre_fixed_normalizer",
)


class Places:
    """Scores as (outer, classes, inner), labels as (outer, inner) whole numbers.

    label: 0 where ignored.  counted: 1.0 where not ignored, None if all count.
    """

    def __init__(self, op: Op, axis: int | None, ignore: int | None = None, label: int = 1) -> None:
        """axis: that of the classes; None: all values of an item are.  label: which bottom."""
        dims = op.bottom_dims[0]
        self.op, self.axis = op, 1 if axis is None else axis % len(dims)
        inside = op.fixed(dims[self.axis :], "the number of classes and places")
        self.classes = int(np.prod(inside)) if axis is None else inside[0]
        self.inner = 1 if axis is None else int(np.prod(inside[1:]))
        self.shape = [-1, self.classes, self.inner]
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


def over_items(op: Op, total: str, factor: float = 1.0) -> str:
    """A sum over the items, divided by factor times their number."""
    items = op.bottom_dims[0][0]
    if not isinstance(items, str):
        return op.node("Div", total, factor * int(items))
    count = op.cast(op.squeeze(str(op.size(op.bottom[0], items, 0)), [0]), "FLOAT")
    return op.node("Div", total, count if factor == 1 else op.node("Mul", count, factor))
