"""Signals become actions, are restored, and the second one quits."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from protonet.solvers.callbacks import Callback
from protonet.solvers.signals import Action, Signals
from tests.solvers.toy import logged, toy

needs_hup = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a signal of POSIX")


def drain(signals: Signals) -> list[Action]:
    actions = []
    while (action := signals.poll()) is not Action.NONE:
        actions.append(action)
    return actions


def test_effects():
    with Signals() as signals:
        assert drain(signals) == []
        signal.raise_signal(signal.SIGINT)
        assert drain(signals) == [Action.STOP] and signals.stopped
    with Signals(sigint=Action.SNAPSHOT) as signals:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert drain(signals) == [Action.SNAPSHOT] and not signals.stopped
    with Signals(sigint=Action.NONE) as signals:
        signal.raise_signal(signal.SIGINT)
        assert drain(signals) == []


@needs_hup
def test_a_snapshot_comes_before_a_stop():
    with Signals() as signals:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGHUP)
        assert drain(signals) == [Action.SNAPSHOT, Action.STOP]


def test_the_second_one_quits():
    with Signals() as signals, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert signals.stopped


def test_handlers_are_restored():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Signals():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


class Raise(Callback):
    """Raises signals at given iterations."""

    def __init__(self, when: dict[int, list[int]]) -> None:
        self.when = when

    def on_start(self, solver):
        for number in self.when.pop(solver.iter, []):
            signal.raise_signal(number)


def states() -> list[str]:
    return sorted(path.name for path in Path().glob("*.solverstate"))


def test_an_interrupt_stops_after_the_iteration_with_a_snapshot(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    solver = toy(max_iter=9)
    solver.add_callback(Raise({2: [signal.SIGINT]}))
    with Signals() as signals, logged() as lines:
        solver.action_source = signals.poll
        solver.solve()
    assert solver.iter == 3 and states() == ["toy_iter_3.solverstate"]
    assert lines[-1] == "Optimization stopped early."


@needs_hup
def test_a_hangup_snapshots_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    solver = toy(max_iter=6, snapshot=4, snapshot_after_train=False)
    solver.add_callback(Raise({1: [signal.SIGHUP], 3: [signal.SIGHUP]}))
    with Signals() as signals:
        solver.action_source = signals.poll
        solver.solve()
    assert solver.iter == 6
    assert states() == ["toy_iter_2.solverstate", "toy_iter_4.solverstate"]


def test_an_interrupt_breaks_off_a_test(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    solver = toy(max_iter=6, test_iter=5, test_interval=2)
    with Signals() as signals, logged() as lines:
        solver.action_source = signals.poll
        runs = []
        solver.test_nets[0].before_forward.append(
            lambda i: i or runs.append(i) or (len(runs) == 8 and signal.raise_signal(2))
        )
        solver.solve()
    assert solver.iter == 2 and len(runs) == 8
    assert lines[-4] == "Test interrupted." and states() == ["toy_iter_2.solverstate"]
