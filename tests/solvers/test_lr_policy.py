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


# -- of forks ----------------------------------------------------------------------------------


def plateau(losses: list[float], fields: str = "plateau_winsize: 2 plateau_winsize: 3"):
    rate = LearningRate(read_solver(f'base_lr: 0.5\nlr_policy: "plateau" gamma: 0.5\n{fields}'))
    return [rate.next(i, loss) for i, loss in enumerate(losses)]


def test_plateau_goes_down_when_the_loss_has_not_improved_for_a_window():
    # Best at 1; two iterations later a step, and three after that the second and last one.
    losses = [5, 4, 4, 4.5, 4, 4, 4, 4, 4, 4]
    assert plateau(losses) == [0.5] * 3 + [0.25] * 3 + [0.125] * 4


def test_plateau_waits_anew_after_each_smaller_loss():
    assert plateau([9, 8, 8, 7, 7, 6, 6, 5]) == [0.5] * 8
    assert plateau([9, 8, 8, 8, 7, 7, 7, 7]) == [0.5] * 3 + [0.25] * 4 + [0.125]


def test_plateau_goes_on_from_a_snapshot():
    fields = 'base_lr: 0.5\nlr_policy: "plateau" gamma: 0.5 plateau_winsize: [2, 3]'
    whole = LearningRate(read_solver(fields))
    losses = [5, 4, 4, 4, 4.5, 3, 4, 4, 4]
    want = [whole.next(i, loss) for i, loss in enumerate(losses)]
    first, second = LearningRate(read_solver(fields)), LearningRate(read_solver(fields))
    got = [first.next(i, loss) for i, loss in enumerate(losses[:4])]
    second.current_step = first.current_step
    second.set_state(first.state())
    got += [second.next(i, loss) for i, loss in enumerate(losses[4:], 4)]
    assert got == want
    assert want[-1] < want[0]


def test_multifixed_has_a_rate_for_each_stage():
    fields = 'lr_policy: "multifixed" stagelr: [1, 0.25, 0.125] stageiter: [2, 4, 6]'
    assert rates(fields) == [1] * 3 + [0.25] * 2 + [0.125] * 5


@pytest.mark.parametrize(
    ("fields", "formula"),
    [
        (
            'lr_policy: "step" gamma: 0.5 stepsize: 2 warmup_iter: 4 warmup_start_lr: 0.1',
            lambda i: 0.1 + 0.4 * i / 4 if i < 4 else 0.5 * 0.5 ** (i // 2),
        ),
        (
            'lr_policy: "fixed" rampup_interval: 5 rampup_lr: 0.25',
            lambda i: 0.25 + 0.25 * (i / 5) ** 2 if i < 5 else 0.5,
        ),
        (
            'lr_policy: "multistep" gamma: 0.5 stepvalue: 2 stepvalue: 6 warmup_iter: 4',
            lambda i: 0.5 * i / 4 if i < 4 else 0.25 if i < 6 else 0.125,
        ),
        (
            'lr_policy: "poly" power: 2 max_iter: 10 min_lr: 0.125',
            lambda i: 0.125 + 0.375 * (1 - i / 10) ** 2,
        ),
        ('lr_policy: "exp" gamma: 0.5 min_lr: 0.125', lambda i: max(0.5 * 0.5**i, 0.125)),
    ],
)
def test_warm_up_and_lowest_rate(fields, formula):
    assert rates(fields) == pytest.approx([formula(i) for i in range(10)], rel=1e-6)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ('lr_policy: "multifixed" stagelr: 1', "1 stagelr and 0 stageiter"),
        ('lr_policy: "plateau" gamma: 1 plateau_winsize: 0', "plateau_winsize is 0"),
        ('lr_policy: "fixed" warmup_iter: -1', "warmup_iter is -1"),
        ('lr_policy: "poly" power: 1 max_iter: 5 min_lr: 1', "min_lr is 1, above base_lr"),
    ],
)
def test_bad_settings_of_forks(fields, what):
    with pytest.raises(SolverError, match=what):
        rates(fields)


def test_a_policy_does_not_read_the_stages_of_another():
    with logged() as lines:
        rates('lr_policy: "fixed" plateau_winsize: 3')
    assert any("does not read plateau_winsize" in line for line in lines)
