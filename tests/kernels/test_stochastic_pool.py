"""Pooling that draws its cells; against plain loops in test_pool.py."""

from __future__ import annotations

import numpy as np

from protonet.kernels import pool, stochastic_pool
from tests.kernels.test_pool import one_window


def test_drawn_cells() -> None:
    # The example of the reference's rules: cells 1, 3, 0, 4.
    x, window = one_window([1, 3, 0, 4])
    draws = 4000
    x = np.repeat(x, draws, axis=0)
    u = np.random.default_rng(1).random((draws, 1, 1))
    y, mask = np.zeros((draws, 1, 1)), np.zeros((draws, 1, 1), np.uint8)
    stochastic_pool.draw_forward(x, u, y, mask, window)
    np.testing.assert_array_equal(
        y.reshape(-1), x.reshape(draws, 4)[np.arange(draws), mask.ravel()]
    )
    share = np.bincount(mask.ravel(), minlength=4) / draws
    np.testing.assert_allclose(share, [0.125, 0.375, 0, 0.5], atol=5 * 0.5 / draws**0.5)
    # The limits: the first cell whose running sum reaches u times 8.
    u[:3, 0, 0] = [0.125, 0.1251, 0.999999]
    stochastic_pool.draw_forward(x, u, y, mask, window)
    assert mask[:3].ravel().tolist() == [0, 1, 3]


def test_weighted_mean_of_nothing_is_zero() -> None:
    x, window = one_window([0, 0, 0, 0])
    y, total, dx = np.ones((1, 1, 1)), np.ones((1, 1, 1)), np.ones_like(x)
    stochastic_pool.weighted_forward(x, y, total, window)
    stochastic_pool.weighted_backward(x, total, np.ones_like(y), dx, window)
    assert not y.any() and not dx.any()


def test_a_window_that_leaves_nothing_to_draw_from_gives_its_first_cell():
    """-3 -1 / -1 -1 with u = 0.25: the running sum -3, -4, -5, -6 stays below -1.5."""
    x = np.array([[[-3.0, -1], [-1, -1]], [[np.nan, 1], [1, 1]]], np.float32)
    window = pool.Pool((2, 2), (2, 2), (0, 0), (1, 1))
    u = np.full((2, 1, 1), 0.25, np.float32)
    for before in (5, 7):
        y, mask = np.full((2, 1, 1), before, np.float32), np.full((2, 1, 1), before, np.uint8)
        stochastic_pool.draw_forward(x, u, y, mask, window)
        assert (float(y[0, 0, 0]), int(mask[0, 0, 0])) == (-3, 0)
        assert np.isnan(y[1, 0, 0])
