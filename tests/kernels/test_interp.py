"""Resized planes, against loops over the cells of the output."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import interp

SIZES = [((5, 4), (9, 7)), ((9, 7), (4, 3)), ((1, 1), (6, 5)), ((4, 5), (1, 1)), ((1, 6), (3, 6))]


def slow(x: np.ndarray, out: tuple[int, int]) -> np.ndarray:
    """Bilinear, corner on corner, cell by cell."""
    y = np.zeros((len(x), *out))
    for i, j in np.ndindex(*out):
        at = [k * (n - 1) / (m - 1) if m > 1 else 0.0 for k, n, m in zip((i, j), x.shape[1:], out)]
        for a in range(x.shape[1]):
            for b in range(x.shape[2]):
                near = max(0, 1 - abs(at[0] - a)) * max(0, 1 - abs(at[1] - b))
                y[:, i, j] += near * x[:, a, b]
    return y


@pytest.mark.parametrize(("size", "out"), SIZES)
def test_bilinear(size, out):
    x, y = np.random.default_rng(1).standard_normal((3, *size)), np.full((3, *out), np.nan)
    rows, columns = (interp.bilinear(n, m, float) for n, m in zip(size, out))
    interp.resize(x, rows, columns, y)
    np.testing.assert_allclose(y, slow(x, out), atol=1e-12)


@pytest.mark.parametrize(("size", "out"), SIZES)
def test_the_gradient_is_the_transposed_operation(size, out):
    """<A x, y> = <x, A^T y> for all x and y."""
    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((2, *size)), rng.standard_normal((2, *out))
    there, back = np.zeros_like(y), np.zeros_like(x)
    rows, columns = (interp.bilinear(n, m, float) for n, m in zip(size, out))
    interp.resize(x, rows, columns, there)
    interp.resize(y, rows.T, columns.T, back)
    np.testing.assert_allclose((there * y).sum(), (x * back).sum(), rtol=1e-12)


def test_weights_of_an_output_add_up_to_one():
    for size, out in ((7, 20), (20, 7), (1, 3), (3, 1)):
        np.testing.assert_allclose(interp.bilinear(size, out, float).sum(1), 1, rtol=1e-15)


def test_many_planes_in_pieces():
    x = np.random.default_rng(3).standard_normal((900, 20, 21))
    rows, columns = interp.bilinear(20, 30, float), interp.bilinear(21, 11, float)
    y = np.zeros((900, 30, 11))
    interp.resize(x, rows, columns, y)
    np.testing.assert_allclose(y, np.einsum("ih,phw,jw->pij", rows, x, columns), atol=1e-12)
