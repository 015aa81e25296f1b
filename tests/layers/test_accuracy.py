from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, NetError, PrototxtError

from .one_pass import bench, forward

ACCURACY = 'type: "Accuracy"'


def test_ties_count_against() -> None:
    scores = [[1, 1, 0], [0, 2, 1]]
    assert forward(ACCURACY, scores, [0, 1])[0] == 0.5
    assert forward(ACCURACY + " accuracy_param { top_k: 2 }", scores, [0, 2])[0] == 1
    assert forward(ACCURACY + " accuracy_param { top_k: 2 }", [[1, 1, 1]], [0])[0] == 0


def test_nan_is_never_right() -> None:
    scores = [[np.nan, 0, 0], [1, np.nan, 0], [np.nan] * 3]
    assert forward(ACCURACY, scores, [0, 0, 1])[0] == 0


def test_per_class() -> None:
    scores = np.eye(4)[[0, 0, 1, 2, 2]]
    total, each = forward(ACCURACY, scores, [0, 1, 1, 2, 0], tops=2)
    assert total == pytest.approx(3 / 5)
    assert each.tolist() == [0.5, 0.5, 1, 0]


def test_ignored_places_do_not_count() -> None:
    text = ACCURACY + " accuracy_param { ignore_label: 9 }"
    scores = np.eye(3)[[0, 1, 2, 2]]
    total, each = forward(text, scores, [0, 9, 9, 1], tops=2)
    assert total == 0.5
    assert each.tolist() == [1, 0, 0]
    total, each = forward(text, scores, [9] * 4, tops=2)
    assert total == 0
    assert each.tolist() == [0, 0, 0]


def test_a_label_that_is_no_class() -> None:
    with pytest.raises(DataError, match="label 3 at item 1 is out of range for 3 classes") as e:
        forward(ACCURACY, np.eye(3), [0, 3, -1])
    assert "accuracy_param.ignore_label" in e.value.hint


@pytest.mark.parametrize(
    ("top_k", "message"),
    [(0, "top_k is 0: it must be 1 or more"), (4, "there are 3 classes: give 1 to 3")],
)
def test_top_k_in_range(top_k: int, message: str) -> None:
    with pytest.raises(PrototxtError, match=message):
        bench(f"{ACCURACY} accuracy_param {{ top_k: {top_k} }}", np.eye(3), [0, 1, 2])


def test_no_gradient() -> None:
    found = bench(ACCURACY, np.eye(3), [0, 1, 2]).forward()
    with pytest.raises(NetError, match="no gradient"):
        found.layer.backward(found.top, [True, False], found.bottom)
