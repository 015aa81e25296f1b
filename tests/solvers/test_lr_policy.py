"""Learning rates against the formulas, and multistep's memory."""

from __future__ import annotations

import math

import pytest

from protonet.errors import SolverError
from protonet.proto.text import read_solver
from protonet.solvers.lr_policy import LearningRate
from tests.solvers.toy import logged


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
        (
            'lr_policy: "step"\ngamma: 0.5 stepvalue: 3',
            2,
            "add stepsize, or take lr_policy 'multistep', which reads stepvalue",
        ),
        ('lr_policy: "exp"\ngamma: -1', 3, "gamma is -1"),
    ],
)
def test_what_is_refused(fields, line, message):
    with pytest.raises(SolverError, match=message) as caught:
        rates(fields)
    if line:
        assert caught.value.line == line


def warnings(fields: str) -> list[str]:
    with logged() as lines:
        LearningRate(read_solver("base_lr: 0.5\n" + fields))
    return lines


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ('lr_policy: "step" stepsize: 3', 2),
        ('lr_policy: "exp"', 0),
        ('lr_policy: "multistep" stepvalue: [4, 6]', 3),
        ('lr_policy: "step" stepsize: 3 max_iter: 4', 2),
    ],
)
def test_without_gamma_the_rate_falls_to_nothing(fields, last):
    got = rates(fields)
    assert [rate > 0 for rate in got] == [i <= last for i in range(10)]
    (line,) = warnings(fields)
    assert line.startswith("<text>:2: gamma is missing: ")
    assert f"the rate is 0 from iteration {last + 1} on: add gamma" in line


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ('lr_policy: "inv" power: 0.75', "gamma is missing"),
        ('lr_policy: "inv" gamma: 0.1', "power is missing"),
        ('lr_policy: "inv"', "gamma and power are missing"),
        ('lr_policy: "poly" max_iter: 20', "power is missing"),
        ('lr_policy: "sigmoid" stepsize: 5', "gamma is missing"),
        ('lr_policy: "multistep" gamma: 0.5', "stepvalue is missing"),
    ],
)
def test_without_a_setting_the_rate_never_changes(fields, words):
    (rate,) = set(rates(fields))
    (line,) = warnings(fields)
    assert f"{words}: with lr_policy " in line and f"the rate stays {rate:g}: add " in line


def test_a_step_that_is_never_reached_needs_no_gamma():
    assert warnings('lr_policy: "step" stepsize: 5 max_iter: 5') == []
    assert warnings('lr_policy: "multistep" stepvalue: 9 max_iter: 5') == []


def test_steps_of_the_other_policy():
    missing, unread = warnings('lr_policy: "multistep"\ngamma: 0.5\nstepsize: 3')
    assert missing.endswith("add stepvalue, or take lr_policy 'step', which reads stepsize")
    assert unread == "<text>:4: lr_policy 'multistep' does not read stepsize: take it out"


@pytest.mark.parametrize(
    ("fields", "unread"),
    [
        ('lr_policy: "fixed"\ngamma: 0.1 stepsize: 5', "gamma and stepsize: take them out"),
        ('lr_policy: "step" gamma: 0.1 stepsize: 5\nstepvalue: 8', "stepvalue: take it out"),
        ('lr_policy: "exp" gamma: 0.9\npower: 2', "power: take it out"),
    ],
)
def test_settings_that_the_policy_does_not_read(fields, unread):
    (line,) = warnings(fields)
    assert line.startswith("<text>:3: lr_policy") and line.endswith(f"does not read {unread}")


@pytest.mark.parametrize(
    ("values", "line", "from_iteration"), [("5\nstepvalue: 3", 3, 6), ("2 stepvalue: 2", 2, 3)]
)
def test_stepvalues_out_of_order(values, line, from_iteration):
    fields = f'lr_policy: "multistep" gamma: 0.5 stepvalue: {values}'
    (told,) = warnings(fields)
    assert told.startswith(f"<text>:{line}: stepvalue {values[-1]} stands after {values[0]}")
    assert f"it counts from iteration {from_iteration} on" in told
    assert rates(fields).index(0.125) == from_iteration


def test_settings_that_are_right_are_not_talked_about():
    for fields in (
        'lr_policy: "fixed"',
        'lr_policy: "step" gamma: 0.1 stepsize: 5',
        'lr_policy: "inv" gamma: 0.1 power: 0.75',
        'lr_policy: "poly" power: 1 max_iter: 9',
        'lr_policy: "multistep" gamma: 0.1 stepvalue: [5, 7]',
        'lr_policy: "sigmoid" gamma: 0.1 stepsize: 5',
    ):
        assert warnings(fields) == []
