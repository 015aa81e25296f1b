"""Counts of classes taken for others; the expected values are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError
from protonet.evaluation import Batch, Confusion


def batch(labels: list[int], answers: list[int], classes: int) -> Batch:
    scores = np.eye(classes)[answers]
    return Batch(scores, np.array(labels), np.arange(len(labels)))


@pytest.fixture
def confusion() -> Confusion:
    """Of class 0 two of three are right, of 1 one of one, of 2 none of one; no place is of 3."""
    counted = Confusion()
    counted.add(batch([0, 0, 1], [0, 1, 1], 4))
    counted.add(batch([0, 2], [0, 0], 4))
    return counted


def test_counts(confusion: Confusion) -> None:
    assert confusion.counts.tolist() == [[2, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert confusion.accuracy == pytest.approx(3 / 5)
    assert confusion.worst(5) == [(0, 1, 1), (2, 0, 1)]


def test_ratios(confusion: Confusion) -> None:
    nan = np.nan
    np.testing.assert_allclose(confusion.recall, [2 / 3, 1, 0, nan])
    np.testing.assert_allclose(confusion.precision, [2 / 3, 1 / 2, nan, nan])
    np.testing.assert_allclose(confusion.iou, [2 / 4, 1 / 2, 0, nan])
    assert confusion.mean_iou == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert confusion.per_class()[2] == {
        "label": 2,
        "places": 1,
        "accuracy": 0.0,
        "precision": None,
        "iou": 0.0,
    }


@pytest.mark.parametrize("label", [-1, 4])
def test_a_label_that_is_no_class(label: int) -> None:
    with pytest.raises(DataError, match=f"label {label} is out of range for 4 classes"):
        Confusion().add(batch([0, label], [0, 0], 4))
