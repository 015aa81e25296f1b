"""Top-k accuracy and average precision, of rankings small enough to follow."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError
from protonet.evaluation import Batch, MeanAveragePrecision, TopK


def test_top_k_is_that_of_accuracy_layers() -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 4, (50, 6)).astype(np.float32)  # with many ties
    labels = rng.integers(0, 6, 50)
    counted = TopK((1, 3, 6))
    for part in (slice(0, 20), slice(20, 50)):
        counted.add(Batch(scores[part], labels[part], np.arange(50)[part]))
    for k, value in counted.accuracies.items():
        net = Net(
            'layer { name: "in" type: "Input" top: "s" top: "l" input_param { '
            "shape { dim: 50 dim: 6 } shape { dim: 50 } } }"
            'layer { name: "a" type: "Accuracy" bottom: "s" bottom: "l" top: "a" '
            f"accuracy_param {{ top_k: {k} }} }}"
        )
        assert value == pytest.approx(float(net.forward(s=scores, l=labels)["a"]))
    assert counted.accuracies[6] == 1


def test_more_than_there_are_classes() -> None:
    with pytest.raises(NetError, match="top 3 of 2 classes: give 1 to 2"):
        TopK((1, 3)).add(Batch(np.zeros((1, 2)), np.zeros(1, int), np.zeros(1, int)))


def test_mean_average_precision_over_batches() -> None:
    """Class 0 is ranked right, wrong, right: (1 + 2/3) / 2.  Class 1 last but one: 1/3.  Class 2
    no record has."""
    scores = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0], [0.7, 0.4, 0], [0.1, 0.3, 0]])
    labels = np.array([0, 1, 0, 0])
    labels[3] = 1
    counted = MeanAveragePrecision("Integral")
    counted.add(Batch(scores[:2], labels[:2], np.arange(2)))
    counted.add(Batch(scores[2:], labels[2:], np.arange(2)))
    first, second, third = counted.by_class()
    assert first == pytest.approx((1 + 2 / 3) / 2) and third is None
    # Ranked 0.4 (wrong), 0.3 (right), 0.2 (right), 0.1.
    assert second == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert counted.mean == pytest.approx((first + second) / 2)


def test_items_of_several_classes() -> None:
    scores = np.array([[2.0, 0.0], [1.0, 3.0]])
    counted = MeanAveragePrecision("Integral")
    counted.add(Batch(scores, np.array([[1.0, 1.0], [0.0, 1.0]]), np.arange(2)))
    assert counted.by_class() == [1.0, 1.0]
