"""Trials: rates that are tried, one batch learnt by heart, and all undone again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.errors import SolverError
from protonet.solvers import find_lr, overfit_batch
from tests.solvers.toy import NET, RANDOM_NET, X, gradient, params, toy


def test_rates_grow_by_a_factor_and_losses_are_those_of_the_steps() -> None:
    solver = toy(NET, options={"dtype": np.float64})
    search = find_lr(solver, 0.001, 0.1, 3)
    np.testing.assert_allclose(search.rates, [0.001, 0.01, 0.1])
    # By hand: plain gradient descent, the bias twice as fast.
    w, b, wanted = np.full((1, 2), 0.5), np.zeros(1), []
    for rate in search.rates:
        loss, dw, db = gradient(w, b)
        wanted.append(loss)
        w, b = w - rate * dw, b - 2 * rate * db
    smoothed, mean = [], 0.0
    for i, loss in enumerate(wanted, 1):
        mean = 0.9 * mean + 0.1 * loss
        smoothed.append(mean / (1 - 0.9**i))
    np.testing.assert_allclose(search.losses, smoothed, rtol=1e-12)
    assert search.suggestion == pytest.approx(search.rates[int(np.argmin(smoothed))] / 10)


def test_a_search_ends_where_the_loss_breaks_out() -> None:
    search = find_lr(toy(), 1e-3, 1e6, 60)
    assert len(search.rates) < 60 and np.isfinite(search.losses).all()
    # Steps grow the loss where the rate is above 2 / (largest eigenvalue of the Hessian).
    features = np.hstack([X, np.full((3, 1), math.sqrt(2.0))])  # the bias learns twice as fast
    largest = np.linalg.eigvalsh(features.T @ features / 3).max()
    assert search.rates[np.argmin(search.losses)] < 10 * 2 / largest
    assert search.rates[-1] > 2 / largest


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_all_is_as_it_was(kind: str) -> None:
    """Training goes on as if nothing had been tried, dropout, data and momentum too."""
    fields = {"momentum": 0.9, "random_seed": 3, "type": kind, "display": 1}
    plain, tried = toy(RANDOM_NET, **fields), toy(RANDOM_NET, **fields)
    for solver in (plain, tried):
        solver.step(2)
    find_lr(tried, iterations=10)
    overfit_batch(tried, 10)
    assert tried.iter == 2 and tried.param.display == 1
    for solver in (plain, tried):
        solver.step(2)
    for want, got in zip(params(plain), params(tried)):
        np.testing.assert_array_equal(got, want)


def test_one_batch_is_learnt_by_heart() -> None:
    """New noise in every pass cannot be learnt; a batch that is held can."""
    net = RANDOM_NET.replace("0.4", "0.0").replace("num_output: 4", "num_output: 40")
    solver = toy(net, random_seed=1, base_lr=0.1, momentum=0.9)
    result = overfit_batch(solver, 200)
    assert result.learnt and result.last < 0.1 * result.first
    assert len(result.losses) == 200
    solver.step(200)
    assert solver.loss > 0.1 * result.first


def test_a_batch_that_is_changed_in_place_is_held_too() -> None:
    half = 'layer { name: "half" type: "Power" bottom: "x" top: "x" power_param { scale: 0.5 } }'
    net = RANDOM_NET.replace('layer { name: "drop"', half + ' layer { name: "drop"')
    solver = toy(net.replace("0.4", "0.0"), random_seed=1, base_lr=0.0)
    losses = overfit_batch(solver, 3).losses
    assert losses[0] == losses[1] == losses[2]


def test_what_cannot_be_tried() -> None:
    solver = toy()
    solver.net.params["ip"][0].data[...] = np.nan
    with pytest.raises(SolverError, match="not finite in the first iteration"):
        find_lr(solver)
    with pytest.raises(SolverError, match="not finite in iteration 0 on one batch"):
        overfit_batch(solver)
    with pytest.raises(ValueError, match="rates from 1 to 1"):
        find_lr(solver, 1, 1)
