"""From scores and boxes to detections, in small scenes with a known outcome."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.detection import Limits, detect

#: Three places; boxes 0 and 1 are at the first one and overlap by 0.8.
BOXES = np.array([[0, 0, 1, 1], [0, 0, 1, 0.8], [2, 2, 3, 3], [5, 5, 6, 6]], np.float32)
SCORES = np.array(
    [[0.1, 0.6, 0.3], [0.0, 0.9, 0.1], [0.2, 0.3, 0.5], [0.9, 0.05, 0.05]], np.float32
)


def rows(found):
    return [(int(label), round(float(score), 3)) for label, score in zip(found.label, found.score)]


def test_by_class_then_score():
    found = detect(SCORES, BOXES, 0, Limits(overlap=0.5))
    assert rows(found) == [(1, 0.9), (1, 0.3), (1, 0.05), (2, 0.5), (2, 0.3), (2, 0.05)]
    np.testing.assert_array_equal(found.box, BOXES[[1, 2, 3, 2, 0, 3]])


def test_limits():
    assert rows(detect(SCORES, BOXES, 0, Limits(score=0.3, overlap=0.5))) == [(1, 0.9), (2, 0.5)]
    assert rows(detect(SCORES, BOXES, 0, Limits(score=0.2, overlap=0.85))) == [
        (1, 0.9),
        (1, 0.6),
        (1, 0.3),
        (2, 0.5),
        (2, 0.3),
    ]
    assert rows(detect(SCORES, BOXES, 0, Limits(top_k=2, overlap=0.5))) == [
        (1, 0.9),
        (2, 0.5),
        (2, 0.3),
    ]
    assert rows(detect(SCORES, BOXES, 0, Limits(keep=3, overlap=0.5))) == [
        (1, 0.9),
        (1, 0.3),
        (2, 0.5),
    ]
    assert rows(detect(SCORES, BOXES, 2, Limits(score=0.5))) == [(0, 0.9), (1, 0.9)]
    assert len(detect(SCORES, BOXES, -1, Limits(overlap=0.5)).label) == 9


def test_boxes_of_each_class():
    each = np.stack([BOXES, BOXES + 10, BOXES + 20], axis=1)
    found = detect(SCORES, each, 0, Limits(score=0.3, overlap=0.5))
    np.testing.assert_array_equal(found.box, [BOXES[1] + 10, BOXES[2] + 20])


@pytest.mark.parametrize("limits", [Limits(score=1), Limits(keep=0), Limits(top_k=0)])
def test_nothing(limits):
    found = detect(SCORES, BOXES, 0, limits)
    assert [len(part) for part in found] == [0, 0, 0]
    assert found.box.shape == (0, 4)


def test_no_priors():
    found = detect(SCORES[:0], BOXES[:0], 0, Limits())
    assert found.box.shape == (0, 4)
