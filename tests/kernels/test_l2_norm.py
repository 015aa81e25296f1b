"""Vectors brought to length 1, over channels and over whole items."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import l2_norm

SHAPES = [(2, 3, 5), (4000, 2, 1), (3, 50, 1301), (2, 3, 90000), (1, 1, 1), (0, 3, 2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("across", [True, False])
def test_lengths_and_gradient(shape, across):
    rng = np.random.default_rng(1)
    x, dy, y, dx = rng.standard_normal((4, *shape))
    axes = (1, 2) if across else 1
    norm = np.sqrt(0.25 + (x * x).sum(axes))
    lengths = np.empty((shape[0], 1 if across else shape[2]))
    l2_norm.normalise(x, 0.25, lengths, y)
    np.testing.assert_allclose(lengths.reshape(norm.shape), norm, rtol=1e-12)
    wide = np.expand_dims(norm, axes)
    np.testing.assert_allclose(y, x / wide, atol=1e-12)
    l2_norm.normalise_backward(dy, y, lengths, dx)
    along = (x * dy).sum(axes, keepdims=True)
    np.testing.assert_allclose(dx, dy / wide - x * along / wide**3, atol=1e-12)


def test_pieces_do_not_change_the_result(monkeypatch):
    x = np.random.default_rng(2).standard_normal((3, 4, 50))
    whole, parts, lengths = np.empty_like(x), np.empty_like(x), np.empty((3, 50))
    l2_norm.normalise(x, 0, lengths, whole)
    monkeypatch.setattr(l2_norm, "PIECE", 30)
    l2_norm.normalise(x, 0, lengths, parts)
    np.testing.assert_array_equal(parts, whole)
