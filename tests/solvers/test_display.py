"""The speed in the log: iterations since the last line, by the time that training took."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from protonet.solvers import Callback, Solver, display
from tests.solvers.toy import logged, toy

SPEED = re.compile(r"Iteration (\d+) \((\S+) iter/s, (\S+)s/(\d+) iters\)")


class Clock(Callback):
    """Stands still but for a second at the start of each iteration."""

    now = 100.0

    def on_start(self, solver: Solver) -> None:
        self.now += 1


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(display, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


def speeds(clock: Clock, train: Callable[[Solver], None]) -> list[tuple[str, ...]]:
    """(iteration, iterations a second, seconds, interval) of each line."""
    solver = toy(display=10, max_iter=40)
    solver.add_callback(clock)
    with logged() as lines:
        train(solver)
    return [found.groups() for line in lines if (found := SPEED.match(line))]


# The first line comes in the middle of iteration 0, a second after the start.
EXPECTED = [("0", "0", "1", "10"), *((str(i), "1", "10", "10") for i in (10, 20, 30))]


@pytest.mark.parametrize("size", [1, 4, 10, 40])
def test_however_many_steps_a_call_makes(clock, size):
    def train(solver: Solver) -> None:
        for _ in range(40 // size):
            solver.step(size)
            clock.now += 1000  # what is done between the calls is not training

    assert speeds(clock, train) == EXPECTED


def test_solve(clock):
    assert speeds(clock, lambda solver: solver.solve()) == EXPECTED


def test_a_step_that_fails_stops_the_clock(clock):
    class Failure(Callback):
        def on_start(self, solver: Solver) -> None:
            if solver.iter == 5:
                solver.callbacks.remove(self)
                raise KeyboardInterrupt

    def train(solver: Solver) -> None:
        solver.add_callback(Failure())
        with pytest.raises(KeyboardInterrupt):
            solver.step(20)
        clock.now += 1000
        solver.step(10)  # from 5: the iteration that was broken off took a second as well

    assert speeds(clock, train) == [EXPECTED[0], ("10", "0.909091", "11", "10")]


def test_restoring_begins_anew(clock, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def train(solver: Solver) -> None:
        solver.step(5)
        state = solver.snapshot()
        solver.step(4)
        solver.restore(state)
        solver.step(6)

    assert speeds(clock, train) == [EXPECTED[0], ("10", "0.833333", "6", "10")]
