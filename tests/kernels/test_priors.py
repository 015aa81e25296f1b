"""Prior boxes, counted out by hand."""

from __future__ import annotations

import numpy as np

from protonet.kernels import priors


def test_ratios_are_listed_once():
    assert priors.ratios([2, 3], True) == [1, 2, 0.5, 3, 1 / 3]
    assert priors.ratios([2, 3], False) == [1, 2, 3]
    assert priors.ratios([1, 2, 0.5, 2.0000005], True) == [1, 2, 0.5]


def test_sizes():
    got = priors.sizes([4, 9], [16, 36], [1, 4, 0.25])
    want = [(4, 4), (8, 8), (8, 2), (2, 8), (9, 9), (18, 18), (18, 4.5), (4.5, 18)]
    np.testing.assert_allclose(got, want)
    assert priors.sizes([4], [], [1]).tolist() == [[4, 4]]


def test_boxes_around_the_cells():
    got = priors.boxes(
        np.array([[20.0, 10.0], [40, 40]]), (2, 3), (100, 300), (50, 100), 0.5, False
    )
    assert got.shape == (2, 3, 2, 4)
    np.testing.assert_allclose(got[0, 0, 0], [40 / 300, 20 / 100, 60 / 300, 30 / 100])
    np.testing.assert_allclose(got[1, 2, 1], [230 / 300, 55 / 100, 270 / 300, 95 / 100])


def test_clip():
    free = priors.boxes(np.array([[90.0, 90.0]]), (1, 1), (50, 50), (50, 50), 0.25, False)
    held = priors.boxes(np.array([[90.0, 90.0]]), (1, 1), (50, 50), (50, 50), 0.25, True)
    np.testing.assert_allclose(free[0, 0, 0], [-0.65, -0.65, 1.15, 1.15])
    np.testing.assert_array_equal(held[0, 0, 0], [0, 0, 1, 1])


def test_sizes_are_of_single_precision_with_any_numpy() -> None:
    """sqrt(8 * 14) and 8 sqrt(2) to 24 binary digits, from their decimals."""
    found = priors.sizes([8], [14], [1.0, 2.0, 0.5])
    assert found.dtype == np.float64
    assert found[:, 0].tolist() == [8, 10.58300495147705, 11.313708305358887, 5.656854152679443]
