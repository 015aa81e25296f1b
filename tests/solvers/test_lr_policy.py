"""Learning rates against the formulas, and multistep's memory."""

from __future__ import annotations

import math

import pytest

from protonet.errors import SolverError
from protonet.proto.text import read_solver
from protonet.solvers.lr_policy import LearningRate


def rates(fields: str, iterations: range = range(10)) -> list[float]:
    rate = LearningRate(read_solver("base_lr: 0.5\n" + fields))
    return [rate.next(i) for i in iterations]


@pytest.mark.parametrize(
    ("fields", "formula"),
    [
        ('lr_policy: "fixed"', lambda i: 0.5),
        ('lr_policy: "step" gamma: 0.25 stepsize: 3', lambda i: 0.5 * 0.25 ** (i // 3)),
        ('lr_policy: "exp" gamma: 0.75', lambda i: 0.5 * 0.75**i),
        ('lr_policy: "inv" gamma: 0.25 power: 0.5', lambda i: 0.5 / math.sqrt(1 + 0.25 * i)),
        ('lr_policy: "poly" power: 2 max_iter: 10', lambda i: 0.5 * ((10 - i) / 10) ** 2),
        (
            'lr_policy: "sigmoid" gamma: -0.5 stepsize: 4',
            None,
        ),
        (
            'lr_policy: "sigmoid" gamma: 0.5 stepsize: 4',
            lambda i: 0.5 / (1 + math.exp(-0.5 * (i - 4))),
        ),
        (
            'lr_policy: "multistep" gamma: 0.5 stepvalue: 2 stepvalue: 5',
            lambda i: 0.5 * 0.5 ** ((i >= 2) + (i >= 5)),
        ),
    ],
)
def test_policy(fields, formula):
    if formula is None:
        with pytest.raises(SolverError, match=r"gamma is -0\.5"):
            rates(fields)
    else:
        assert rates(fields) == pytest.approx([formula(i) for i in range(10)], rel=1e-6)


def test_multistep_goes_down_one_step_at_a_time():
    fields = 'lr_policy: "multistep" gamma: 0.5 stepvalue: [2, 3, 4]'
    # Three steps are due at iteration 7, one is taken at each question.
    assert rates(fields, range(7, 12)) == [0.25, 0.125, 0.0625, 0.0625, 0.0625]


def test_peeking_changes_nothing():
    rate = LearningRate(read_solver('base_lr: 1\nlr_policy: "multistep" gamma: 0.5 stepvalue: 1'))
    assert [rate.peek(5), rate.peek(5), rate.next(5), rate.peek(6)] == [0.5, 0.5, 0.5, 0.5]
    assert rate.current_step == 1


def test_step_keeps_its_count_for_snapshots():
    rate = LearningRate(read_solver('base_lr: 1\nlr_policy: "step" gamma: 0.5 stepsize: 2'))
    rate.next(5)
    assert rate.current_step == 2


def test_poly_past_the_end_is_not_a_number():
    assert math.isnan(rates('lr_policy: "poly" power: 0.5 max_iter: 5', range(6, 7))[0])


def test_overflow_is_infinite():
    assert rates('lr_policy: "exp" gamma: 10', range(500, 501)) == [math.inf]
    assert rates('lr_policy: "sigmoid" gamma: 10 stepsize: 1000', range(1)) == [0.0]


@pytest.mark.parametrize(
    ("fields", "line", "message"),
    [
        ('lr_policy: "multi_step"', 2, "did you mean 'multistep'"),
        ("", None, "lr_policy is missing"),
        ('lr_policy: "step"\ngamma: 0.5', 2, "needs a stepsize above 0"),
        ('lr_policy: "step"\nstepsize: 0', 3, "needs a stepsize above 0"),
        ('lr_policy: "poly"', 2, "needs a max_iter"),
        ('lr_policy: "exp"\ngamma: -1', 3, "gamma is -1"),
    ],
)
def test_what_is_refused(fields, line, message):
    with pytest.raises(SolverError, match=message) as caught:
        rates(fields)
    if line:
        assert caught.value.line == line
