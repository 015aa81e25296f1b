"""Losses, and what looks at scores without a gradient."""

from __future__ import annotations

from ...core.context import TEST
from .values import of, one, planes

_SCORES, _LABELS = [[1, 2, 3], [0, 2, 1]], [2, 0]

EXAMPLES = {
    "SoftmaxWithLoss": one(
        of("SoftmaxWithLoss"), _SCORES, _LABELS, title="two items, three classes"
    ),
    "MultinomialLogisticLoss": one(
        of("MultinomialLogisticLoss"),
        [[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]],
        _LABELS,
        title="-(log 0.7 + log 0.5) / 2",
    ),
    "InfogainLoss": one(
        of("InfogainLoss"),
        _SCORES,
        _LABELS,
        [[1, 0, 0], [0, 1, 0], [0, 0.5, 1]],
        title="for the label 2 the class 1 is half right",
    ),
    "SigmoidCrossEntropyLoss": one(
        of("SigmoidCrossEntropyLoss"),
        [[2, -1], [0, 3]],
        [[1, 0], [1, 1]],
        title="two items, two questions to be answered with yes or no",
    ),
    "HingeLoss": one(
        of("HingeLoss"), [[2, -1, 0.5], [0, 3, -2]], [0, 1], title="two items, three classes"
    ),
    "EuclideanLoss": one(
        of("EuclideanLoss"), [[1, 2], [3, 5]], [[0, 2], [1, 2]], title="two items of two values"
    ),
    "ContrastiveLoss": one(
        of("ContrastiveLoss", "contrastive_loss_param { margin: 2 }"),
        [[1, 1], [1, 0]],
        [[0, 1], [0, 0]],
        [1, 0],
        title="a similar pair and a dissimilar one, both 1 apart",
    ),
    "L1Loss": one(of("L1Loss"), planes([[1, 4]]), planes([[3, 1]]), title="|1 - 3| + |4 - 1|"),
    "SmoothL1Loss of fast-rcnn": one(
        of("SmoothL1Loss"),
        [[0.5, 3]],
        [[0, 0]],
        title="0.5^2 / 2 where they are near, 3 - 1/2 where they are not",
        fork="fast-rcnn",
    ),
    "SmoothL1Loss of ssd": one(
        of("SmoothL1Loss"),
        [[0.5, 3]],
        [[0, 0]],
        title="0.5^2 / 2 where they are near, 3 - 1/2 where they are not",
        fork="ssd",
    ),
    "SmoothL1Loss of r-fcn": one(
        of("SmoothL1Loss", "loss_param { normalization: NONE }"),
        planes([[0.5]], [[3]]),
        planes([[0]], [[0]]),
        title="0.5^2 / 2 where they are near, 3 - 1/2 where they are not",
        fork="r-fcn",
    ),
    "SmoothL1LossOHEM": one(
        of("SmoothL1LossOHEM", "loss_weight: 1 loss_weight: 0"),
        [[[[0.5]], [[3]]], [[[1]], [[0]]]],
        [[[[0]], [[0]]], [[[0]], [[0]]]],
        tops=2,
        diffs=[1, [0, 0]],
        title="two regions; the second top has the loss of each",
    ),
    "SoftmaxWithLossOHEM": one(
        of("SoftmaxWithLossOHEM", "loss_weight: 1 loss_weight: 0 loss_weight: 0"),
        [[[[1]], [[2]], [[3]]], [[[0]], [[2]], [[1]]]],
        [[[[2]]], [[[0]]]],
        tops=3,
        title="as SoftmaxWithLoss, with the probabilities and the loss of each item",
    ),
    "Accuracy": one(
        of("Accuracy"),
        [[1, 2, 3], [0, 2, 1], [5, 1, 1], [1, 0, 0]],
        [2, 0, 0, 1],
        title="four items; the best scores are at 2, 1, 0 and 0",
    ),
    "ArgMax": one(of("ArgMax", "argmax_param { top_k: 2 }"), [[1, 5, 3], [4, 0, 2]]),
    "EltwiseAccuracy": one(
        of("EltwiseAccuracy", "eltwise_accuracy_param { ignore_label: 255 }"),
        planes([[0.9, 0.2, 0.5, 0]], [[0.1, 0.8, 0.5, 1]]),
        planes([[0, 0, 1, 255]]),
        title="three pixels count; at the third both classes score the same, the last one wins",
    ),
    "SegAccuracy": one(
        of("SegAccuracy", "seg_accuracy_param { ignore_label: 255 }"),
        planes([[2, 1, 0, 3]], [[1, 2, 1, 0]]),
        planes([[0, 1, 0, 255]]),
        phase=TEST,
        title="three pixels that count, two of them right",
    ),
}
