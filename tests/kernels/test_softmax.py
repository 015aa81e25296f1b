"""Softmax against sums in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.kernels import softmax as s


def by_hand(scores: list[float]) -> list[float]:
    powers = [math.exp(x) for x in scores]
    return [p / math.fsum(powers) for p in powers]


@pytest.mark.parametrize("view", [(2, 3, 1), (1, 4, 5), (3, 2, 4), (2, 1, 3)])
def test_probabilities(view: tuple[int, int, int]) -> None:
    x = np.random.default_rng(1).normal(size=view)
    p = s.softmax(x, out=np.empty(view))
    for o in range(view[0]):
        for i in range(view[2]):
            np.testing.assert_allclose(p[o, :, i], by_hand(x[o, :, i].tolist()), rtol=1e-12)


def test_huge_scores_do_not_overflow() -> None:
    x = np.array([[[1e30], [1e30], [-1e30]]], np.float32)
    assert s.softmax(x, out=np.empty_like(x)).reshape(-1).tolist() == [0.5, 0.5, 0]


@pytest.mark.parametrize("view", [(40000, 3, 1), (7, 3, 9000), (2, 3, 70000)])
def test_pieces_are_those_of_the_whole(view: tuple[int, int, int]) -> None:
    """Cut along items, or along places where one item is larger than a chunk."""
    rng = np.random.default_rng(2)
    x, dp = rng.normal(size=view), rng.normal(size=view)
    p = s.softmax(x, out=np.empty(view))
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    want = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, want, rtol=1e-12)
    dx = s.softmax_backward(p, dp, out=dp.copy())
    np.testing.assert_allclose(dx, p * dp - p * (p * dp).sum(axis=1, keepdims=True), atol=1e-12)


def test_backward_is_the_jacobian() -> None:
    p = np.array([0.2, 0.5, 0.3])
    jacobian = np.diag(p) - np.outer(p, p)
    dp = np.array([1.0, -2, 0.5])
    got = s.softmax_backward(p.reshape(1, 3, 1), dp.reshape(1, 3, 1), out=np.empty((1, 3, 1)))
    np.testing.assert_allclose(got.reshape(-1), jacobian @ dp, rtol=1e-12)


def test_in_place() -> None:
    x = np.random.default_rng(4).normal(size=(2, 5, 3))
    want = s.softmax(x, out=np.empty_like(x))
    np.testing.assert_array_equal(s.softmax(x, out=x), want)
