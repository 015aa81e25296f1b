"""Means, variances and normalised values."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import norm

SHAPES = [(2, 3, 5), (900, 7, 11), (3, 50, 1301), (2, 2, 40000), (5, 1, 1), (1, 4, 9)]
SHAPES += [(600, 7, 301)]  # several parts, summed apart


@pytest.mark.parametrize("shape", SHAPES)
def test_moments_are_numpys(shape):
    x = np.random.default_rng(1).standard_normal(shape) + 3
    mean, var = np.zeros((2, shape[1]))
    norm.moments(x, mean, var)
    np.testing.assert_allclose(mean, x.mean((0, 2)), rtol=1e-12)
    np.testing.assert_allclose(var, x.var((0, 2)), rtol=1e-10, atol=1e-14)


def test_a_large_mean_does_not_swallow_the_variance():
    x = np.random.default_rng(2).standard_normal((50, 2, 300)).astype(np.float32) + 5000
    mean, var = np.zeros((2, 2), np.float32)
    norm.moments(x, mean, var)
    np.testing.assert_allclose(mean, x.mean((0, 2), np.float64), rtol=1e-6)
    np.testing.assert_allclose(var, x.astype(np.float64).var((0, 2)), rtol=1e-3)


def test_normalise_in_place_and_keep():
    x = np.random.default_rng(3).standard_normal((4, 3, 5))
    mean, inv_std = np.array([1.0, 2, 3]), np.array([0.5, 1, 2])
    want, keep = (x - mean[:, None]) * inv_std[:, None], np.zeros_like(x)
    norm.normalise(x, mean, inv_std, x, keep)
    np.testing.assert_array_equal(x, want)
    np.testing.assert_array_equal(keep, want)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_is_orthogonal_to_shift_and_scale(shape):
    """Adding to the input, or stretching it, leaves the output: no gradient that way."""
    rng = np.random.default_rng(4)
    x, dy, dx = rng.standard_normal((3, *shape))
    y = (x - x.mean((0, 2), keepdims=True)) / np.maximum(x.std((0, 2), keepdims=True), 1e-9)
    norm.normalise_backward(dy, y, np.ones(shape[1]), dx)
    count = shape[0] * shape[2]
    np.testing.assert_allclose(dx.sum((0, 2)) / count, 0, atol=1e-12)
    np.testing.assert_allclose((dx * y).sum((0, 2)) / count, 0, atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 7), (5000, 11), (2, 40000)])
def test_rows(shape):
    x = np.random.default_rng(5).standard_normal(shape)
    y, divisor = np.zeros(shape), np.zeros(shape[0])
    norm.standardise_rows(x, y, divisor, 0.25)
    std = x.std(1, keepdims=True)
    np.testing.assert_allclose(y, (x - x.mean(1, keepdims=True)) / (std + 0.25), atol=1e-12)
    norm.standardise_rows(x, y, None, 0.25)
    np.testing.assert_allclose(y, x - x.mean(1, keepdims=True), atol=1e-12)
