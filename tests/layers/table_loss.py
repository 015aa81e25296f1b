"""Rows of the losses, and of what looks at scores without a gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.harness.row import Row, Shape

Values = Callable[[np.random.Generator, Shape], np.ndarray]

# Enough classes that what is kept per place is small beside the scores.
N, C, H, W = 3, 19, 2, 4
FLAT, MAPS, LABELS, PLACES = (N, C), (N, C, H, W), (N,), (N, 1, H, W)
MATRIX = (C, C)


def labels(classes: int, ignore: int | None = None) -> Values:
    """Labels; about every fifth is `ignore`."""

    def make(rng: np.random.Generator, shape: Shape) -> np.ndarray:
        values = rng.integers(0, classes, shape).astype(float)
        return values if ignore is None else np.where(rng.random(shape) < 0.2, ignore, values)

    return make


def probabilities(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0.05, 1, shape)


def targets(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0, 1, shape)


def some_ignored(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.choice([0, 1, -1], shape)


def similar(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Pairs 0, 3, 6, ... are similar."""
    return np.resize([1.0, 0.0, 0.0], shape)


CLASS: dict[int, Values] = {1: labels(C)}
IGNORE_2: dict[int, Values] = {1: labels(C, ignore=2)}

ROWS = [
    Row("softmaxloss", 'type: "SoftmaxWithLoss"', (FLAT, LABELS), values=CLASS),
    Row("softmaxloss_maps", 'type: "SoftmaxWithLoss"', (MAPS, PLACES), values=CLASS),
    Row(
        "softmaxloss_class_weights",
        'type: "SoftmaxWithLoss" loss_param { weight_by_label_freqs: true ignore_label: 1 '
        + "".join(f"class_weighting: {k / 2} " for k in range(1, MAPS[1] + 1))
        + "}",
        (MAPS, PLACES),
        values=CLASS,
    ),
    Row(
        "softmaxloss_axis",
        'type: "SoftmaxWithLoss" softmax_param { axis: -1 }',
        ((3, 2, C), (3, 2)),
        values=CLASS,
    ),
    *(
        Row(
            f"softmaxloss_{mode.lower()}",
            f'type: "SoftmaxWithLoss" loss_param {{ ignore_label: 2 normalization: {mode} }}',
            (MAPS, PLACES),
            values=IGNORE_2,
        )
        for mode in ("VALID", "FULL", "BATCH_SIZE", "NONE")
    ),
    Row(
        "softmaxloss_two_tops",
        'type: "SoftmaxWithLoss" loss_weight: 1 loss_weight: 0',
        (FLAT, LABELS),
        tops=2,
        values=CLASS,
        top_gradient=(0,),
    ),
    Row("euclidean", 'type: "EuclideanLoss"', (MAPS, MAPS)),
    Row("euclidean_shapes", 'type: "EuclideanLoss"', ((3, 6), (3, 2, 3))),
    Row("hinge_l1", 'type: "HingeLoss"', (FLAT, LABELS), values=CLASS),
    Row(
        "hinge_l2", 'type: "HingeLoss" hinge_loss_param { norm: L2 }', (FLAT, LABELS), values=CLASS
    ),
    Row(
        "multinomial",
        'type: "MultinomialLogisticLoss"',
        (FLAT, LABELS),
        values={0: probabilities, **CLASS},
    ),
    Row(
        "contrastive",
        'type: "ContrastiveLoss" contrastive_loss_param { margin: 5.5 }',
        ((7, 41), (7, 41), (7,)),
        values={2: similar},
        tolerance=1e-4,
    ),
    Row(
        "contrastive_legacy",
        'type: "ContrastiveLoss" contrastive_loss_param { margin: 31 legacy_version: true }',
        ((7, 41), (7, 41, 1, 1), (7, 1)),
        values={2: similar},
    ),
    Row(
        "infogain",
        'type: "InfogainLoss"',
        (MAPS, PLACES, MATRIX),
        values=CLASS,
        other=((4, *MAPS[1:]), (4, *PLACES[1:]), MATRIX),
    ),
    Row(
        "infogain_ignore",
        'type: "InfogainLoss" infogain_loss_param { axis: -1 } loss_param { ignore_label: 2 }',
        ((3, 2, C), (3, 2), MATRIX),
        values=IGNORE_2,
        other=((4, 2, C), (4, 2), MATRIX),
    ),
    Row(
        "infogain_two_tops",
        'type: "InfogainLoss" loss_weight: 1 loss_weight: 0',
        (FLAT, LABELS, MATRIX),
        tops=2,
        values=CLASS,
        top_gradient=(0,),
        other=((4, C), (4,), MATRIX),
    ),
    Row("sigmoidce", 'type: "SigmoidCrossEntropyLoss"', (MAPS, MAPS), values={1: targets}),
    Row(
        "sigmoidce_ignore",
        'type: "SigmoidCrossEntropyLoss" loss_param { ignore_label: -1 normalization: VALID }',
        (MAPS, MAPS),
        values={1: some_ignored},
    ),
    # no gradient
    Row("accuracy", 'type: "Accuracy"', (FLAT, LABELS), values=CLASS),
    Row(
        "accuracy_top3",
        'type: "Accuracy" accuracy_param { top_k: 3 ignore_label: 2 }',
        (MAPS, PLACES),
        tops=2,
        values=IGNORE_2,
    ),
    # sorting needs room
    Row("argmax", 'type: "ArgMax"', (MAPS,), steady=False),
    Row(
        "argmax_values",
        'type: "ArgMax" argmax_param { out_max_val: true top_k: 3 }',
        (MAPS,),
        steady=False,
    ),
    Row("argmax_axis", 'type: "ArgMax" argmax_param { axis: 1 top_k: 2 }', (MAPS,), steady=False),
]
