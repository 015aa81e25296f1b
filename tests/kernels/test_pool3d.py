"""Pooling of volumes against loops over windows."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from protonet.kernels import pool3d
from protonet.kernels.pool3d import Pool

SETTINGS = [
    ((5, 6, 7), (2, 3, 3), (2, 2, 2), (0, 0, 0)),
    ((4, 5, 5), (3, 2, 2), (1, 3, 3), (0, 0, 0)),
    ((3, 5, 4), (2, 3, 3), (2, 2, 2), (0, 1, 1)),
]


def windows(size: tuple[int, ...], pool: Pool) -> dict[tuple[int, ...], tuple[slice, ...]]:
    """What each window sees of the volume, by the place of its result."""
    seen = {}
    for place in product(*map(range, pool.out)):
        ends = zip(place, pool.stride, pool.pad, pool.kernel, size)
        seen[place] = tuple(slice(max(i * s - p, 0), i * s - p + k) for i, s, p, k, n in ends)
    return seen


def made(settings: tuple) -> tuple[np.ndarray, Pool]:
    size, kernel, stride, pad = settings
    pool = Pool(kernel, stride, pad, pool3d.out_size(size, kernel, stride, pad))
    # few values, so that there are ties
    return np.random.default_rng(5).integers(0, 4, (3, *size)).astype(float), pool


@pytest.mark.parametrize("settings", SETTINGS[:2])
def test_the_largest_and_its_gradient_to_all_that_equal_it(settings: tuple) -> None:
    x, pool = made(settings)
    y = np.empty((3, *pool.out))
    pool3d.max_forward(x, y, pool)
    dy = np.random.default_rng(6).normal(size=y.shape)
    dx, want = np.full(x.shape, np.nan), np.zeros(x.shape)
    pool3d.max_backward(x, y, dy, dx, pool)
    for place, cells in windows(x.shape[1:], pool).items():
        for n in range(3):
            assert y[(n, *place)] == x[n][cells].max()
            want[n][cells] += (x[n][cells] == y[(n, *place)]) * dy[(n, *place)]
    np.testing.assert_allclose(dx, want, atol=1e-14)


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_mean_and_its_gradient(settings: tuple) -> None:
    x, pool = made(settings)
    y, dy = np.empty((3, *pool.out)), np.random.default_rng(6).normal(size=(3, *pool.out))
    pool3d.ave_forward(x, y, pool)
    dx, want = np.full(x.shape, np.nan), np.zeros(x.shape)
    pool3d.ave_backward(dy, dx, pool)
    for place, cells in windows(x.shape[1:], pool).items():
        count = 1
        for i, s, p, k, n in zip(place, pool.stride, pool.pad, pool.kernel, x.shape[1:]):
            count *= min(i * s - p + k, n + p) - (i * s - p)
        for n in range(3):
            assert y[(n, *place)] == pytest.approx(x[n][cells].sum() / count)
            want[n][cells] += dy[(n, *place)] / count
    np.testing.assert_allclose(dx, want, atol=1e-14)


def test_sizes_round_up() -> None:
    assert pool3d.out_size((5, 6, 7), (2, 2, 2), (2, 2, 2), (0, 0, 1)) == (3, 3, 5)
