"""Vectors over the channels and their lengths, against NumPy's norms."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import lengths

SHAPES = [(2, 3, 5), (7, 4, 1), (3, 50, 6000)]  # the last in several pieces


@pytest.mark.parametrize("shape", SHAPES)
def test_lengths_are_numpys(shape):
    x, length = np.random.default_rng(1).standard_normal(shape), np.zeros(shape[::2])
    lengths.euclidean(x, 0, length)
    np.testing.assert_allclose(length, np.linalg.norm(x, axis=1), rtol=1e-12)
    lengths.manhattan(x, 0.5, length)
    np.testing.assert_allclose(length, np.linalg.norm(x, 1, axis=1) + 0.5, rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_products(shape):
    x, y = np.random.default_rng(2).standard_normal((2, *shape))
    factor, out, sums = np.abs(x[:, 0]) + 1, np.zeros(shape), np.zeros(shape[::2])
    lengths.multiply(x, factor, out)
    np.testing.assert_array_equal(out, x * factor[:, None])
    lengths.divide(x, factor, out)
    np.testing.assert_array_equal(out, x / factor[:, None])
    lengths.dot(x, y, sums)
    np.testing.assert_allclose(sums, (x * y).sum(1), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_gradient_along_the_vector_itself(shape):
    """A longer vector has the same direction, and its length grows with it."""
    rng = np.random.default_rng(3)
    x, dy, dx = rng.standard_normal((3, *shape))
    length, dlength = np.linalg.norm(x, axis=1), rng.standard_normal(shape[::2])
    y = x / length[:, None]
    lengths.divide_backward(dy, y, y, length, dx)
    np.testing.assert_allclose((dx * x).sum(1), 0, atol=1e-10)
    lengths.divide_backward(dy, y, y, length, dx, dlength)
    np.testing.assert_allclose((dx * y).sum(1), dlength, atol=1e-10)
