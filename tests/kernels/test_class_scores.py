"""Losses of chosen places, in closed form, and their gradients by differences."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.class_scores import LogisticScores, SoftmaxScores

X = np.random.default_rng(0).standard_normal((6, 3))
ROWS, POSITIVE, LABEL, NEGATIVE = (
    np.array([1, 4, 0]),
    np.array([1, 4]),
    np.array([2, 1]),
    np.array([0]),
)


def test_softmax():
    p = np.exp(X) / np.exp(X).sum(axis=1, keepdims=True)
    scores = SoftmaxScores(X, 0)
    label = np.array([0, 2, 0, 1, 1, 2])
    np.testing.assert_allclose(scores.each(label), -np.log(p[np.arange(6), label]))
    got = scores.loss(ROWS, POSITIVE, LABEL, NEGATIVE)
    np.testing.assert_allclose(got, -np.log(p[1, 2] * p[4, 1] * p[0, 0]))


@pytest.mark.parametrize("background", [0, 2])
def test_logistic(background):
    s = 1 / (1 + np.exp(-X))
    scores = LogisticScores(X, background)
    label = np.array([0, 2, 0, 1, 1, 2])
    there = np.eye(3)[label]
    want = -(there * np.log(s) + (1 - there) * np.log(1 - s)).sum(axis=1)
    np.testing.assert_allclose(scores.each(label), want)
    target = np.full((6, 3), float(background))
    target[1, 2] = target[4, 1] = target[0, background] = 1
    want = -(target * np.log(s) + (1 - target) * np.log(1 - s))[ROWS].sum()
    np.testing.assert_allclose(scores.loss(ROWS, POSITIVE, LABEL, NEGATIVE), want)


@pytest.mark.parametrize("kind", [SoftmaxScores, LogisticScores])
def test_gradient(kind):
    def loss(x):
        scores = kind(x, 0)
        return scores.loss(ROWS, POSITIVE, LABEL, NEGATIVE), scores

    delta = loss(X)[1].delta
    for k, row in enumerate(ROWS):
        for c in range(3):
            step = np.zeros_like(X)
            step[row, c] = 1e-6
            want = (loss(X + step)[0] - loss(X - step)[0]) / 2e-6
            assert abs(delta[k, c] - want) < 1e-8


def test_a_probability_of_zero_has_a_finite_loss():
    x = np.array([[0.0, 2000.0]], np.float32)
    scores = SoftmaxScores(x, 0)
    want = -np.log(1.17549435e-38)
    np.testing.assert_allclose(scores.each(np.array([0])), want, rtol=1e-6)
    none = np.zeros(0, np.intp)
    np.testing.assert_allclose(scores.loss(np.array([0]), none, none, none), want, rtol=1e-6)


@pytest.mark.parametrize("kind", [SoftmaxScores, LogisticScores])
def test_no_rows(kind):
    none = np.zeros(0, np.intp)
    assert kind(X, 0).loss(none, none, none, none) == 0
