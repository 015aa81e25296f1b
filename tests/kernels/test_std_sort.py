"""The order of equal scores, against what std::sort of GNU's C++ library (GCC 12) printed."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import std_sort

ORDERS = {
    "2000022100011100220011211111022220011220": (
        "0 22 29 30 17 16 31 32 6 5 37 38 27 35 26 25 24 23 21 20 36 7 13 12 11 39 33 34 28 19 "
        "18 15 14 10 9 8 4 3 2 1"
    ),
    "5005510105331214201432103335513311241431245304145254152035325220144135": (
        "69 27 28 0 42 48 50 9 53 57 60 4 3 51 65 47 45 41 37 66 35 15 19 10 58 38 43 56 31 30 "
        "11 20 26 25 24 68 49 13 54 61 16 40 59 62 34 21 22 7 64 52 5 67 12 46 14 29 39 32 36 "
        "18 33 1 23 2 63 6 17 44 55 8"
    ),
}


@pytest.mark.parametrize("digits", ORDERS)
def test_order_of_equal_scores(digits):
    scores = np.array([float(digit) for digit in digits], np.float32)
    assert std_sort.falling(scores).tolist() == [int(i) for i in ORDERS[digits].split()]


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 500])
def test_scores_that_differ_have_one_order(count):
    scores = np.random.default_rng(count).permutation(count).astype(float)
    assert std_sort.falling(scores).tolist() == np.argsort(-scores).tolist()


def test_up_to_sixteen_keep_the_order_of_equal_ones():
    assert std_sort.falling(np.array([1.0, 2] * 8)).tolist() == [*range(1, 16, 2), *range(0, 16, 2)]


def test_scores_that_defeat_the_median_are_sorted_all_the_same():
    """Musser's sequence for median of three: each cut takes off two elements."""
    k = 300
    killer = np.zeros(2 * k)
    killer[0:k:2] = np.arange(1, k + 1, 2)
    killer[1:k:2] = k + np.arange(1, k, 2)
    killer[k:] = np.arange(2, 2 * k + 1, 2)
    order = std_sort.falling(-killer)
    assert (np.diff(killer[order]) >= 0).all()
    assert sorted(order) == list(range(2 * k))
