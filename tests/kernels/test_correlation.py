"""Patches compared, against a loop over patches and displacements."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import correlation
from protonet.kernels.correlation import Correlation

CASES = [
    (Correlation(pad=4, kernel=1, reach=4, stride=1, step=2), (5, 7, 8)),
    (Correlation(pad=3, kernel=3, reach=2, stride=1, step=1), (3, 8, 9)),
    (Correlation(pad=0, kernel=3, reach=3, stride=2, step=2), (2, 13, 12)),
    (Correlation(pad=2, kernel=1, reach=0, stride=3, step=1), (2, 4, 5)),
    (Correlation(pad=1, kernel=1, reach=1, stride=1, step=1), (2, 3, 150)),  # several blocks
]


def slow(first, second, c: Correlation, compare) -> np.ndarray:
    return np.stack([slow_pair(a, b, c, compare) for a, b in zip(first, second)])


def slow_pair(a, b, c: Correlation, compare) -> np.ndarray:
    a, b = (np.pad(x, ((0, 0), (c.pad, c.pad), (c.pad, c.pad))) for x in (a, b))
    border = 2 * c.reach + c.kernel - 1
    rows, columns = (range(0, n - border, c.stride) for n in a.shape[1:])
    steps = range(-c.step * (c.reach // c.step), c.reach + 1, c.step)
    out = []
    for p in steps:
        for o in steps:
            for y in rows:
                for x in columns:
                    i, j = y + c.reach, x + c.reach
                    one = a[:, i : i + c.kernel, j : j + c.kernel]
                    two = b[:, i + p : i + p + c.kernel, j + o : j + o + c.kernel]
                    out.append(compare(one, two).mean())
    return np.reshape(out, (len(steps) ** 2, len(rows), len(columns)))


@pytest.mark.parametrize(("c", "shape"), CASES)
def test_products(c, shape):
    a, b = np.random.default_rng(1).standard_normal((2, 2, *shape))
    want = slow(a, b, c, np.multiply)
    assert want.shape == (2, c.grid**2, c.out(shape[1]), c.out(shape[2]))
    out = np.full(want.shape, np.nan)
    correlation.forward(a, b, out, c)
    np.testing.assert_allclose(out, want, atol=1e-12)


@pytest.mark.parametrize(("c", "shape"), CASES[:3])
def test_differences(c, shape):
    a, b = np.random.default_rng(2).standard_normal((2, 2, *shape))
    want = slow(a, b, c, lambda one, two: abs(one - two))
    out = np.full(want.shape, np.nan)
    correlation.forward_difference(a, b, out, c)
    np.testing.assert_allclose(out, want, atol=1e-12)


@pytest.mark.parametrize(("c", "shape"), CASES)
def test_gradients_of_a_product_give_it_back(c, shape):
    """It is linear in either image: <out, dout> = <a, da> = <b, db>."""
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 2, *shape))
    out = np.zeros((2, c.grid**2, c.out(shape[1]), c.out(shape[2])))
    dout, (da, db) = rng.standard_normal(out.shape), np.zeros((2, *a.shape))
    correlation.forward(a, b, out, c)
    correlation.backward(a, b, dout, da, db, c)
    want = (out * dout).sum()
    np.testing.assert_allclose([(a * da).sum(), (b * db).sum()], want, rtol=1e-10)
    only = np.zeros_like(b)
    correlation.backward(a, b, dout, None, only, c)
    np.testing.assert_array_equal(only, db)
