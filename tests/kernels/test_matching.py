"""Matching and mining, against loops that follow the words of the rule."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import boxes, matching

from .test_boxes import some


def plain_match(overlaps, threshold, ignored=()):
    count, truths = overlaps.shape
    index = [-2 if i in ignored else -1 for i in range(count)]
    best = [
        0.0 if i in ignored else max([o for o in overlaps[i] if o > 1e-6], default=0)
        for i in range(count)
    ]
    free = set(range(truths))
    while True:
        left = [
            (-overlaps[i, g], i, g)
            for i in range(count)
            for g in free
            if index[i] == -1 and overlaps[i, g] > 1e-6
        ]
        if not left:
            break
        _, i, g = min(left)
        index[i], best[i] = g, overlaps[i, g]
        free.remove(g)
    for i in range(count):
        if threshold is not None and index[i] == -1:
            fit = [
                g for g in range(truths) if overlaps[i, g] > 1e-6 and overlaps[i, g] >= threshold
            ]
            if fit:
                index[i] = max(fit, key=lambda g: (overlaps[i, g], -g))
    return index, best


@pytest.mark.parametrize("threshold", [None, 0.0, 0.3, 0.9])
@pytest.mark.parametrize("ignored", [(), (0, 3, 4, 11)])
@pytest.mark.parametrize("step", [0, 0.25])
def test_match(threshold, ignored, step):
    """step: overlaps are rounded to it, which makes many equal ones."""
    table = boxes.overlaps(some(40, size=0.5), some(9, 1, size=0.5))
    if step:
        table = np.round(table / step) * step
    mask = np.isin(np.arange(40), ignored)
    index, best = matching.match(table, threshold, mask if ignored else None)
    want_index, want_best = plain_match(table, threshold, ignored)
    assert index.tolist() == want_index
    np.testing.assert_array_equal(best, want_best)
    assert (index >= 0).any()


def test_each_truth_takes_another_box():
    """All truths like box 0 most; the nearest has it, the others take what is left."""
    table = np.array([[0.9, 0.8, 0.7], [0.2, 0.6, 0.1], [0.0, 0.0, 0.0], [0.1, 0.1, 0.3]])
    index, best = matching.match(table, None)
    assert index.tolist() == [0, 1, -1, 2]
    assert best.tolist() == [0.9, 0.6, 0, 0.3]
    table[3] = 0
    index, best = matching.match(table, 0.65)
    assert index.tolist() == [0, 1, -1, -1]  # nothing is left for the last truth


def test_no_truth_and_no_box():
    index, best = matching.match(np.zeros((3, 0)), 0.5)
    assert index.tolist() == [-1, -1, -1]
    assert best.tolist() == [0, 0, 0]
    assert len(matching.match(np.zeros((0, 2)), 0.5)[0]) == 0


def test_hardest():
    loss = np.array([0.1, 0.9, 0.5, 0.7, 0.8])
    eligible = np.array([True, False, True, True, True])
    assert matching.hardest(loss, eligible, 2).tolist() == [3, 4]
    assert matching.hardest(loss, eligible, 9).tolist() == [0, 2, 3, 4]
    assert matching.hardest(loss, eligible, 0).tolist() == []


def test_hardest_after_suppression():
    loss = np.array([0.1, 0.9, 0.5, 0.7, 0.8])
    of = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [5, 5, 5.001, 5.001], [0, 0, 1, 0.9]])
    every = np.ones(5, bool)
    assert matching.hardest(loss, every, 9, of, 0.5).tolist() == [1, 2]  # 3 is too small
    assert matching.hardest(loss, every, 9, of, 0.95).tolist() == [1, 2, 4]
    assert matching.hardest(loss, every, 1, of, 0.5).tolist() == [1]
    assert matching.hardest(loss, every, 9, of, 0.5, top_k=0).tolist() == []
