"""Tests in between: how many batches, what is told, and what breaks one off."""

from __future__ import annotations

import pytest

from protonet.layers.python import PythonLayer
from protonet.solvers import Callback
from protonet.solvers.signals import Action
from tests.solvers.toy import NET, logged, toy


class Turn(PythonLayer):
    """Its top counts the passes: 1, 2, 3..."""

    count = 0

    def reshape(self, bottom, top):
        top[0].reshape(1)

    def forward(self, bottom, top):
        self.count += 1
        top[0].data[...] = self.count


COUNTING = (
    NET
    + """layer { name: "turn" type: "Python" top: "turn" include { phase: TEST } loss_weight: 10
  python_param { module: "tests.solvers.test_testing" layer: "Turn" } }
"""
)


class Records(Callback):
    def __init__(self):
        self.tests = []

    def on_report(self, solver, record):
        if record["kind"] == "test":
            self.tests.append(record)


def counting(**fields):
    """A solver that keeps what its tests report.  The parameters make no loss at all."""
    solver = toy(COUNTING, test_interval=1, options={"allow_python": True}, **fields)
    for net in solver.test_nets:
        net.blobs["x"].data.fill(0)
        net.blobs["y"].data.fill(0)
    records = Records()
    solver.add_callback(records)
    return solver, records.tests


def test_the_means_of_as_many_batches():
    solver, records = counting(test_iter=[2, 4], test_compute_loss=True)
    with logged() as lines:
        assert solver.test_all() == [
            {"loss": 0.0, "turn": pytest.approx(1.5)},
            {"loss": 0.0, "turn": pytest.approx(2.5)},
        ]
    assert lines == [
        "Iteration 0, Testing net (#0)",
        "Test loss: 15",
        "    Test net output #0: loss = 0 (* 1 = 0 loss)",
        "    Test net output #1: turn = 1.5 (* 10 = 15 loss)",
        "Iteration 0, Testing net (#1)",
        "Test loss: 25",
        "    Test net output #0: loss = 0 (* 1 = 0 loss)",
        "    Test net output #1: turn = 2.5 (* 10 = 25 loss)",
    ]
    scores = [{"loss": 0.0, "turn": 1.5}, {"loss": 0.0, "turn": 2.5}]
    assert records == [
        {"kind": "test", "iter": 0, "net": i, "loss": 10 * scores[i]["turn"], "outputs": scores[i]}
        for i in (0, 1)
    ]
    assert solver.test(1)["turn"] == 6.5  # goes on: 5, 6, 7, 8


def test_the_loss_is_told_only_if_it_is_asked_for():
    solver, records = counting(test_iter=1)
    with logged() as lines:
        solver.test()
    assert not any(line.startswith("Test loss") for line in lines)
    assert [*records[0]] == ["kind", "iter", "net", "outputs"]


def test_a_test_of_no_batches_is_none_that_was_broken_off():
    solver, records = counting(test_iter=[0, 1])
    with logged() as lines:
        assert solver.test_all() == [{}, {"loss": 0.0, "turn": 1.0}]
        solver.step(1)
    assert solver.iter == 1 and not solver.stopped
    assert "Test interrupted." not in lines
    assert [record["net"] for record in records] == [1, 1]


def test_a_stop_breaks_a_test_off_after_a_batch():
    solver, records = counting(test_iter=[1, 3, 1])
    asked = iter([Action.NONE] * 2 + [Action.STOP])
    solver.action_source = lambda: next(asked, Action.NONE)
    with logged() as lines:
        assert solver.test_all() == [{"loss": 0.0, "turn": 1.0}, None]
    assert lines[-2:] == ["Iteration 0, Testing net (#1)", "Test interrupted."]
    assert [record["net"] for record in records] == [0] and solver.stopped
    assert [net.layers[-1].user.count for net in solver.test_nets] == [1, 1, 0]
