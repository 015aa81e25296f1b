"""How far tensors are apart, and what of detections is left to chance."""

from __future__ import annotations

import numpy as np

from protonet.export.onnx.compare import difference, without_ties


def test_difference_is_of_the_largest_value() -> None:
    want = np.array([0.0, -4.0, 2.0], np.float32)
    assert difference(np.array([0.5, -4.0, 2.0]), want) == (0.5, 0.125)


def test_small_tensors_count_as_a_thousandth() -> None:
    assert difference(np.array([1e-6]), np.zeros(1)) == (1e-6, 1e-3)


def test_what_is_not_finite_must_be_the_same() -> None:
    want = np.array([np.nan, np.inf, 1.0])
    assert difference(want.copy(), want) == (0.0, 0.0)
    assert not difference(np.array([np.nan, 0.0, 1.0]), want)[1] <= 1e-4
    assert not difference(np.array([np.nan, np.inf, np.nan]), want)[1] <= 1e-4


def test_other_shapes_are_infinitely_apart() -> None:
    assert difference(np.zeros((2, 1)), np.zeros(2)) == (np.inf, np.inf)


def rows(*scores: float, box: float = 0.0) -> np.ndarray:
    """Detections of image 0, class 1."""
    return np.array([[[[0, 1, s, box + i, 0, 1, 1] for i, s in enumerate(scores)]]], np.float32)


def test_rows_of_equal_scores_may_change_places() -> None:
    want = rows(0.9, 0.8, 0.8, 0.7, 0.6)
    got = want[:, :, [0, 2, 1, 3, 4]]
    a, b, tied = without_ties(got, want)
    assert difference(a, b) == (0, 0)
    assert tied == 3  # the two, and the last


def test_rows_of_one_score_alone_may_not() -> None:
    want = rows(0.9, 0.8, 0.7, 0.6)
    got = want.copy()
    got[0, 0, 1, 3] += 0.5
    a, b, _ = without_ties(got, want)
    assert difference(a, b)[0] == 0.5


def test_the_last_row_may_be_another_of_its_score() -> None:
    want, got = rows(0.9, 0.8, 0.8), rows(0.9, 0.8, 0.8)
    got[0, 0, 2, 3:] = 5
    a, b, tied = without_ties(got, want)
    assert difference(a, b) == (0, 0)
    assert tied == 2
    got[0, 0, 2, 2] = 0.5
    a, b, _ = without_ties(got, want)
    assert difference(a, b)[0] > 0
