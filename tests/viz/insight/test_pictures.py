"""Arrays as pictures."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.viz.insight.pictures import grid, signed, unit


def test_a_grid_by_hand():
    pictures = np.arange(1.0, 6.0).reshape(5, 1, 1) * np.ones((1, 1, 2))
    assert grid(pictures, columns=3, gap=1, fill=0).tolist() == [
        [1, 1, 0, 2, 2, 0, 3, 3],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [4, 4, 0, 5, 5, 0, 0, 0],
    ]


@pytest.mark.parametrize(
    ("shape", "columns", "size"),
    [
        ((9, 4, 4), None, (14, 14)),
        ((1, 3, 5), None, (3, 5)),
        ((4, 2, 2, 3), 9, (2, 11, 3)),
        ((20, 28, 28), 5, (4 * 29 - 1, 5 * 29 - 1)),
    ],
)
def test_sizes(shape, columns, size):
    assert grid(np.zeros(shape), columns).shape == size


def test_scales():
    assert signed(np.array([[-4.0, 0.0], [2.0, 4.0]])).tolist() == [[0, 0.5], [0.75, 1]]
    assert signed(np.zeros(3)).tolist() == [0.5] * 3
    assert unit(np.array([3.0, 5.0, 4.0])).tolist() == [0, 1, 0.5]
    assert unit(np.full(2, 7.0)).tolist() == [0, 0]
