"""Sums, products and maxima of several arrays, and sums along rows."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import reduce

COUNTS = [0, 1, 7, reduce.PIECE, 2 * reduce.PIECE + 3]


def several(count: int, n: int = 3) -> list[np.ndarray]:
    return list(np.random.default_rng(0).standard_normal((n, count)))


@pytest.mark.parametrize("count", COUNTS)
def test_weighted_sum(count):
    xs, out = several(count), np.full(count, np.nan)
    reduce.weighted_sum(xs, [1.0, 1.0, -2.5], out)
    np.testing.assert_allclose(out, xs[0] + xs[1] - 2.5 * xs[2], rtol=1e-12)
    reduce.weighted_sum(xs[:1], [0.5], out)
    np.testing.assert_array_equal(out, xs[0] / 2)


@pytest.mark.parametrize("count", COUNTS)
def test_product_and_its_gradient_by_division(count):
    xs, y, dx = several(count), np.full(count, np.nan), np.full(count, np.nan)
    reduce.product(xs, y)
    np.testing.assert_allclose(y, np.prod(xs, axis=0), rtol=1e-12)
    dy = np.arange(1.0, count + 1)
    reduce.quotient(dy, y, xs[1], dx)
    np.testing.assert_allclose(dx, dy * xs[0] * xs[2], rtol=1e-12)


def test_division_by_zero_is_silent():
    dx = np.empty(2)
    reduce.quotient(np.ones(2), np.array([0.0, 1]), np.zeros(2), dx)
    assert np.isnan(dx[0])
    assert np.isinf(dx[1])


@pytest.mark.parametrize("count", COUNTS)
def test_maximum_and_route(count):
    xs, y, winner = several(count), np.empty(count), np.empty(count, np.int32)
    reduce.maximum(xs, y, winner)
    np.testing.assert_array_equal(y, np.max(xs, axis=0))
    np.testing.assert_array_equal(winner, np.argmax(xs, axis=0))
    dy, parts = np.arange(count) + 1.0, np.full((3, count), np.nan)
    for i in range(3):
        reduce.route(dy, winner, i, parts[i])
    np.testing.assert_array_equal(parts.sum(0), dy)
    assert (np.count_nonzero(parts, axis=0) == 1).all()


def test_ties_of_the_maximum():
    """1 beats 0, then the first one to reach the top keeps it."""
    xs = [np.array([1.0, 2, 1, 0]), np.array([1.0, 1, 1, 3]), np.array([1.0, 2, 5, 3])]
    y, winner = np.empty(4), np.empty(4, np.int32)
    reduce.maximum(xs, y, winner)
    assert winner.tolist() == [1, 0, 2, 1]


def test_row_sums():
    x = np.random.default_rng(1).standard_normal((7, 5))
    out, scratch = np.empty(7), np.empty((7, 5))
    reduce.sum_rows(x, 2.0, out)
    np.testing.assert_allclose(out, 2 * x @ np.ones(5))
    reduce.sum_rows_of(np.absolute, x, -1.0, out, scratch)
    np.testing.assert_allclose(out, -np.linalg.norm(x, 1, axis=1))
    reduce.sum_rows_of(np.square, x, 1.0, out, scratch)
    np.testing.assert_allclose(out, np.linalg.norm(x, axis=1) ** 2)
