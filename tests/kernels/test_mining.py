from __future__ import annotations

import numpy as np

from protonet.kernels.mining import largest_of_each


def test_the_largest_of_each_group() -> None:
    values = np.array([0.1, 0.9, 0.5, 0.7, 0.2, 0.8])
    group = np.array([0, 1, 0, 1, 0, 1])
    got = largest_of_each(values, group, 2)
    assert got.tolist() == [False, True, True, False, True, True]
    assert largest_of_each(values, group, 5).all()


def test_the_first_of_equal_ones() -> None:
    got = largest_of_each(np.array([1.0, 2, 2, 2]), np.zeros(4), 2)
    assert got.tolist() == [False, True, True, False]


def test_nothing() -> None:
    assert largest_of_each(np.zeros(0), np.zeros(0), 2).shape == (0,)
