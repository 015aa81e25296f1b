"""Losses on examples small enough for pencil and paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.kernels import losses

P = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]]).reshape(2, 3, 1)
INDEX = np.array([[0], [5]])  # classes 0 and 2
FIRST_IGNORED = np.array([[True], [False]])


def test_first_index() -> None:
    view = (2, 3, 4)
    where = losses.first_index(view, out=np.empty((2, 4), int))
    flat = np.arange(24).reshape(view)
    assert where.tolist() == flat[:, 0, :].tolist()
    assert losses.at(flat, where + 2 * 4).tolist() == flat[:, 2, :].tolist()


def test_cross_entropy() -> None:
    assert losses.cross_entropy(P, INDEX) == pytest.approx(-math.log(0.5) - math.log(0.75))
    assert losses.cross_entropy(P, INDEX, FIRST_IGNORED) == pytest.approx(-math.log(0.75))


def test_no_probability_at_all_costs_a_finite_amount() -> None:
    p = np.array([[0, 1]], np.float32).reshape(1, 2, 1)
    index = np.array([[0]])
    assert losses.cross_entropy(p, index) == pytest.approx(87.33655)  # -log of 2^-126
    assert losses.cross_entropy(p, index, floor=1e-20) == pytest.approx(20 * math.log(10))


def test_softmax_cross_entropy_backward() -> None:
    out = np.full_like(P, np.nan)
    losses.softmax_cross_entropy_backward(P, INDEX, None, 2.0, out=out)
    assert out.reshape(2, 3).tolist() == [[-1, 0.5, 0.5], [0.25, 0.25, -0.5]]
    losses.softmax_cross_entropy_backward(P, INDEX, FIRST_IGNORED, 2.0, out=out)
    assert out.reshape(2, 3).tolist() == [[0, 0, 0], [0.25, 0.25, -0.5]]


def test_cross_entropy_backward() -> None:
    out = np.full_like(P, np.nan)
    losses.cross_entropy_backward(losses.at(P, INDEX), INDEX, 3.0, out=out)
    assert out.reshape(2, 3).tolist() == [[-6, 0, 0], [0, 0, -4]]


def test_infogain_with_the_identity_is_cross_entropy() -> None:
    rows = np.eye(3)[[0, 2]].reshape(2, 3, 1)
    for ignored in (None, FIRST_IGNORED):
        got = losses.infogain(P, rows, ignored, work=np.empty_like(P))
        assert got == pytest.approx(losses.cross_entropy(P, INDEX, ignored))
        want = losses.softmax_cross_entropy_backward(P, INDEX, ignored, 2.0, out=np.empty_like(P))
        out = losses.infogain_backward(P, rows, ignored, 2.0, out=np.empty_like(P))
        np.testing.assert_allclose(out, want)


def test_hinge() -> None:
    x = np.array([[2.0, -3, 0.5], [0.25, -0.5, 0.75]]).reshape(2, 3, 1)
    margins = losses.hinge_margins(x, INDEX, out=np.empty_like(x))
    assert margins.reshape(2, 3).tolist() == [[0, 0, 1.5], [1.25, 0.5, 0.25]]
    dx = losses.hinge_backward(margins, INDEX, False, 2.0, out=np.empty_like(x))
    assert dx.reshape(2, 3).tolist() == [[0, 0, 2], [2, 2, -2]]
    dx = losses.hinge_backward(margins, INDEX, True, 2.0, out=np.empty_like(x))
    assert dx.reshape(2, 3).tolist() == [[0, 0, 6], [5, 2, -1]]


def test_sigmoid_cross_entropy() -> None:
    x, t = np.array([0.0, 2.0, -2.0, 1000.0, -1000.0]), np.array([0.3, 1, 1, 0, 1])
    got = losses.sigmoid_cross_entropy(x, t, out=np.empty_like(x))
    small = math.log1p(math.exp(-2))
    np.testing.assert_allclose(got, [math.log(2), small, 2 + small, 1000, 1000], rtol=1e-12)


def test_contrastive() -> None:
    squared, similar = np.array([4.0, 4, 9, 0]), np.array([True, False, False, False])
    loss, factor = losses.contrastive_factor(squared, similar, 3.0, legacy=False)
    assert loss == 4 + 1 + 0 + 9
    np.testing.assert_allclose(factor, [2, -2 * 1 / 2.0001, 0, -2 * 3 / 1e-4])
    loss, factor = losses.contrastive_factor(squared, similar, 5.0, legacy=True)
    assert loss == 4 + 1 + 0 + 5
    assert factor.tolist() == [2, -2, 0, -2]


def test_smooth_l1_is_huber() -> None:
    d = np.array([-3, -0.25, 0, 0.1, 0.25, 2])
    slope = losses.smooth_l1_slope(d, 4, out=np.empty_like(d))
    assert slope.tolist() == pytest.approx([-1, -1, 0, 0.4, 1, 1])
    got = losses.smooth_l1(d, slope, 4, out=np.empty_like(d))
    assert got.tolist() == pytest.approx([2.875, 0.125, 0, 0.02, 0.125, 1.875])


def test_cross_entropies_place_by_place() -> None:
    each = losses.cross_entropies(P, INDEX, FIRST_IGNORED)
    assert each.tolist() == [[0], [pytest.approx(-math.log(0.75))]]
