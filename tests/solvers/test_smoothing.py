"""The smoothed loss is the mean of the last few."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.solvers.smoothing import LossWindow


@pytest.mark.parametrize("size", [1, 3, 20])
def test_mean_of_the_last(size):
    losses = np.random.default_rng(1).normal(size=15)
    window = LossWindow(size)
    for i, loss in enumerate(losses):
        want = losses[max(0, i + 1 - size) : i + 1].mean()
        assert window.add(float(loss)) == pytest.approx(want)


def test_going_on_from_a_state_is_exact():
    losses = [float(x) for x in np.random.default_rng(2).normal(size=20)]
    straight, first, second = LossWindow(4), LossWindow(4), LossWindow(4)
    want = [straight.add(x) for x in losses]
    got = [first.add(x) for x in losses[:7]]
    second.set_state(first.state())
    got += [second.add(x) for x in losses[7:]]
    assert got == want


def test_a_state_of_another_size_is_not_taken():
    first, second = LossWindow(9), LossWindow(2)
    for x in range(9):
        first.add(float(x))
    second.set_state(first.state())
    assert second.add(5.0) == 5.0
