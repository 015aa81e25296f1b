"""Detections held against the ground truth, in scenes with a known outcome."""

from __future__ import annotations

import numpy as np

from protonet.kernels import evaluation

TRUTH = np.array([[0.0, 0, 1, 1], [2, 0, 3, 1]])
NONE = np.zeros(2, bool)


def judge(found, skipped=NONE, threshold=0.5):
    right, wrong = evaluation.judge(np.array(found, float), TRUTH, skipped, threshold)
    return list(zip(right.astype(int).tolist(), wrong.astype(int).tolist()))


def test_first_one_is_right_the_next_is_wrong():
    found = [[0, 0, 1, 0.9], [0, 0, 1, 1], [2, 0, 3, 0.4], [2, 0, 3, 0.6], [7, 7, 8, 8]]
    assert judge(found) == [(1, 0), (0, 1), (0, 1), (1, 0), (0, 1)]


def test_the_threshold_is_included():
    assert judge([[0, 0, 1, 0.5]]) == [(1, 0)]
    assert judge([[0, 0, 1, 0.5]], threshold=0.51) == [(0, 1)]


def test_what_is_skipped_counts_neither_way():
    skipped = np.array([True, False])
    found = [[0, 0, 1, 1], [0, 0, 1, 0.8], [0, 0, 1, 0.2], [2, 0, 3, 1]]
    assert judge(found, skipped) == [(0, 0), (0, 0), (0, 1), (1, 0)]


def test_the_last_row_and_column_belong_to_a_box_in_pixels():
    found, truth = np.array([[0.0, 0, 9, 9]]), np.array([[0.0, 0, 9, 4]])
    for plus_one, share in ((True, 50 / 100), (False, 36 / 81)):
        for threshold in (share - 1e-6, share + 1e-6):
            right, _ = evaluation.judge(found, truth, NONE[:1], threshold, plus_one)
            assert right[0] == (threshold < share)


def test_in_pixels():
    got = evaluation.in_pixels(np.array([[0.25, 0.5, 1.5, 1], [-1, 0, 0.5, 0.1]]), 100, 200)
    np.testing.assert_allclose(got, [[50, 50, 200, 100], [0, 0, 100, 10]])
