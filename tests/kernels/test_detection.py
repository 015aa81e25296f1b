"""From scores and boxes to detections, in small scenes with a known outcome."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import detection, std_sort
from protonet.kernels.boxes import nms
from protonet.kernels.detection import Limits

#: Three places; boxes 0 and 1 are at the first one and overlap by 0.8.
BOXES = np.array([[0, 0, 1, 1], [0, 0, 1, 0.8], [2, 2, 3, 3], [5, 5, 6, 6]], np.float32)
SCORES = np.array(
    [[0.1, 0.6, 0.3], [0.0, 0.9, 0.1], [0.2, 0.3, 0.5], [0.9, 0.05, 0.05]], np.float32
)


def detect(scores, boxes, background, limits):
    """boxes (P, 4), or (P, C, 4)."""

    def some(prior, label):
        return boxes[prior] if boxes.ndim == 2 else boxes[prior, label]

    return detection.detect(scores, some, background, limits)


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
    assert [len(part) for part in found] == [0, 0, 0, 0]
    assert found.box.shape == (0, 4)


def test_no_priors():
    found = detect(SCORES[:0], BOXES[:0], 0, Limits())
    assert found.box.shape == (0, 4)


def all_in_turn(scores, boxes, limits):
    """Each class by itself with all its candidates, then the best of all."""
    found = []
    for label in range(1, scores.shape[1]):
        mine = [p for p in np.argsort(-scores[:, label], kind="stable")]
        mine = [p for p in mine if scores[p, label] > limits.score][: limits.top_k]
        kept = nms(boxes[mine], limits.overlap, eta=limits.eta)
        found += [(label, scores[mine[k], label], *boxes[mine[k]]) for k in kept]
    best = std_sort.falling(np.array([row[1] for row in found]))[: limits.keep]
    return sorted((found[i] for i in best), key=lambda row: (row[0], -row[1]))


@pytest.mark.parametrize("levels", [None, 40])
@pytest.mark.parametrize(
    "limits",
    [
        Limits(score=0.05, top_k=30, keep=10, overlap=0.3),
        Limits(score=0.05, top_k=None, keep=40, overlap=0.5),
        Limits(score=0.05, top_k=20, keep=25, overlap=0.6, eta=0.9),
    ],
)
def test_the_best_do_not_depend_on_how_many_are_looked_at(limits, levels):
    """levels: so many different scores only, as of equal ones the order of all decides."""
    rng = np.random.default_rng(4)
    for _ in range(10):
        corner = rng.uniform(0, 0.7, (200, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(0.1, 0.4, (200, 2))], axis=1)
        scores = rng.uniform(size=(200, 4))
        if levels:
            scores = np.round(scores * levels) / levels
        found = detect(scores, boxes, 0, limits)
        mine = np.column_stack([found.label, found.score, found.box])
        want = np.array(all_in_turn(scores, boxes, limits))
        assert len(mine) == limits.keep
        # Of one class and score they may come in any order.
        sort = [np.lexsort(rows.T[::-1]) for rows in (mine, want)]
        np.testing.assert_array_equal(mine[sort[0]], want[sort[1]])
