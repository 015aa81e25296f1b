"""Rows: what is told of an iteration, gathered into one row."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ..solvers.callbacks import Callback
from ..solvers.state import TrainingState

Values = dict[str, float | list[float]]


@dataclass
class Row:
    """What is known of an iteration.  seconds: since the beginning.  trained: iterations that
    were made since the row before, this one too, and the seconds that they took, without tests
    and snapshots.  outputs: of the train net.  tests: of the test nets that were run, by number:
    their outputs."""

    iter: int
    seconds: float = 0.0
    loss: float | None = None
    lr: float | None = None
    outputs: Values = field(default_factory=dict)
    tests: dict[int, Values] = field(default_factory=dict)
    trained: tuple[int, float] = (0, 0.0)

    @property
    def speed(self) -> float | None:
        """Iterations a second."""
        count, seconds = self.trained
        return count / seconds if count and seconds > 0 else None


class Rows(Callback[TrainingState]):
    """Base: hands over a row for each iteration of which something was told, when all of it is.

    A subclass says what to do with it in `on_row`.
    """

    def __init__(self) -> None:
        self._row: Row | None = None
        self._begin = self._clock = time.perf_counter()
        self._count, self._spent = 0, 0.0

    def on_row(self, solver: TrainingState, row: Row) -> None:
        """A row is whole."""

    def on_report(self, solver: TrainingState, record: dict[str, Any]) -> None:
        if record["kind"] not in ("train", "rate", "test"):
            return
        if self._row is not None and self._row.iter != record["iter"]:
            self._hand_over(solver)
        row = self._row = self._row or Row(record["iter"])
        if record["kind"] == "train":
            row.loss, row.outputs = record["loss"], record["outputs"]
        elif record["kind"] == "rate":
            row.lr = record["lr"]
        else:
            row.tests[record["net"]] = record["outputs"]

    def on_start(self, solver: TrainingState) -> None:
        self._clock = time.perf_counter()

    def on_iteration(self, solver: TrainingState) -> None:
        self._count += 1
        self._spent += time.perf_counter() - self._clock
        self._hand_over(solver)

    def finish(self, solver: TrainingState) -> None:
        """Hand over the row of the end, behind which no iteration comes."""
        self._hand_over(solver)

    def _hand_over(self, solver: TrainingState) -> None:
        row, self._row = self._row, None
        if row is not None:
            row.seconds = time.perf_counter() - self._begin
            row.trained = self._count, self._spent
            self._count, self._spent = 0, 0.0
            self.on_row(solver, row)
