"""The update rules against the same formulas written plainly in float64."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import updates

N, STEPS = 37, 6


def sgd(w, g, h, r):
    h[0] = 0.9 * h[0] + r * g
    return h[0]


def nesterov(w, g, h, r):
    old = h[0]
    h[0] = 0.9 * old + r * g
    return 1.9 * h[0] - 0.9 * old


def adagrad(w, g, h, r):
    h[0] = h[0] + g**2
    return r * g / (np.sqrt(h[0]) + 0.01)


def rmsprop(w, g, h, r):
    h[0] = 0.7 * h[0] + 0.3 * g**2
    return r * g / (np.sqrt(h[0]) + 0.01)


def adadelta(w, g, h, r):
    h[0] = 0.9 * h[0] + 0.1 * g**2
    step = g * np.sqrt((h[1] + 0.01) / (h[0] + 0.01))
    h[1] = 0.9 * h[1] + 0.1 * step**2
    return r * step


def adam(w, g, h, r):
    h[0] = 0.9 * h[0] + 0.1 * g
    h[1] = 0.8 * h[1] + 0.2 * g**2
    return r * h[0] / (np.sqrt(h[1]) + 0.01)


RULES = {
    "sgd": (sgd, 1, (0.9,)),
    "nesterov": (nesterov, 1, (0.9,)),
    "adagrad": (adagrad, 1, (0.01,)),
    "rmsprop": (rmsprop, 1, (0.7, 0.01)),
    "adadelta": (adadelta, 2, (0.9, 0.01)),
    "adam": (adam, 2, (0.9, 0.8, 0.01)),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", RULES)
def test_rule_is_its_formula(name, dtype):
    model, kinds, settings = RULES[name]
    rng = np.random.default_rng(3)
    want = rng.normal(size=N)
    w = want.astype(dtype)
    history, got_history = [np.zeros(N)] * kinds, [np.zeros(N, dtype) for _ in range(kinds)]
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    for step in range(STEPS):
        rate = 0.1 / (step + 1)
        gradient = rng.normal(size=N)
        g = gradient.astype(dtype)
        move = model(want, gradient, history, rate)
        want = want - move
        getattr(updates, name)(w, g, *got_history, rate, *settings)
        assert w.dtype == g.dtype == dtype
        np.testing.assert_allclose(w, want, atol=tolerance)
        np.testing.assert_allclose(g, move, atol=tolerance, err_msg="the diff holds the step")
        for got, expected in zip(got_history, history):
            np.testing.assert_allclose(got, expected, atol=tolerance)


def test_decay_adds_to_the_gradient():
    w = np.array([-2.0, 0.0, 3.0], np.float32)
    g = np.ones(3, np.float32)
    updates.decay_l2(w, g, 0.5)
    np.testing.assert_array_equal(g, [0.0, 1.0, 2.5])
    updates.decay_l1(w, g, 0.5)
    np.testing.assert_array_equal(g, [-0.5, 1.0, 3.0])
    np.testing.assert_array_equal(w, [-2.0, 0.0, 3.0])


def test_adam_correction_of_the_first_step():
    assert updates.adam_correction(0.9, 0.999, 1) == pytest.approx(np.sqrt(0.001) / 0.1)
    assert updates.adam_correction(0.0, 0.999, 10**6) == pytest.approx(1.0)


def test_flushing_leaves_what_counts():
    h = np.array([0.0, 1e-40, -1e-40, 1e-36, 1e-30, -1.0, np.nan, np.inf], np.float32)
    updates.flush(h)
    want = np.array([0.0, 0.0, 0.0, 0.0, 1e-30, -1.0, np.nan, np.inf], np.float32)
    np.testing.assert_array_equal(h, want)
