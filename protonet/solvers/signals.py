"""Signals: stop or snapshot between two iterations, never in the middle of one.

A handler only notes what is wanted; the solver asks once an iteration and once a test
batch.  Handlers are installed by the command line, and only there.
"""

from __future__ import annotations

import enum
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any


class Action(enum.Enum):
    """What a solver is asked to do."""

    NONE = "none"
    STOP = "stop"
    SNAPSHOT = "snapshot"


class Signals:
    """Context manager: SIGINT (and CTRL_BREAK), SIGTERM and SIGHUP become actions.

    sigint, sighup: their effects.  SIGTERM always stops.  A second signal that would stop
    raises KeyboardInterrupt at once.  Signals that the system does not have are left out.

        with Signals() as signals:
            solver.action_source = signals.poll
            solver.solve()
    """

    def __init__(self, sigint: Action = Action.STOP, sighup: Action = Action.SNAPSHOT) -> None:
        self._effects = {
            "SIGHUP": sighup,
            "SIGINT": sigint,
            "SIGTERM": Action.STOP,
            "SIGBREAK": Action.STOP,
        }
        self._wanted: list[Action] = []
        self._old: dict[int, Callable[..., Any] | int | None] = {}
        self.stopped = False

    def poll(self) -> Action:
        """The next action that was asked for.  A snapshot comes before a stop, as in Caffe."""
        for action in (Action.SNAPSHOT, Action.STOP):
            if action in self._wanted:
                self._wanted.remove(action)
                return action
        return Action.NONE

    def __enter__(self) -> Signals:
        for name in self._effects:
            number = getattr(signal, name, None)
            if number is not None:
                self._old[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, old in self._old.items():
            signal.signal(number, old)
        self._old.clear()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        action = self._effects[signal.Signals(number).name]
        if action is Action.STOP:
            if self.stopped:
                raise KeyboardInterrupt
            self.stopped = True
        if action is not Action.NONE and action not in self._wanted:
            self._wanted.append(action)
