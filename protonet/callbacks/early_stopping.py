"""EarlyStopping: an end where nothing gets better any more."""

from __future__ import annotations

from typing import Any

from ..log import number, tell
from ..solvers.callbacks import Callback
from ..solvers.state import TrainingState
from .monitor import Monitor


class EarlyStopping(Callback[TrainingState]):
    """Ends a training when `patience` tests one after the other brought nothing better.

    monitor: what is watched, a `Monitor` or the name of an output; None: what Monitor finds.
    least: by how much a value has to be better to count.  The training ends with its snapshot.
    """

    def __init__(
        self, patience: int = 5, monitor: Monitor | str | None = None, *, least: float = 0.0
    ) -> None:
        if patience < 1:
            raise ValueError(f"patience must be 1 or more, not {patience}")
        self.patience, self.least = patience, least
        self.monitor = monitor if isinstance(monitor, Monitor) else Monitor(monitor)
        self.waited = 0

    def on_added(self, solver: TrainingState) -> None:
        self.monitor.settle(solver)

    def on_report(self, solver: TrainingState, record: dict[str, Any]) -> None:
        value = self.monitor.value(record)
        if value is None:
            return
        if self.monitor.improves(value, record["iter"], self.least):
            self.waited = 0
            return
        self.waited += 1
        if self.waited >= self.patience and not solver.stopped:
            best = self.monitor.best
            reached = "it was never a number" if best is None else f"{number(best)} was the best"
            what = (
                f"{self.monitor} has not become better in {self.waited} tests: {reached}, "
                f"at iteration {self.monitor.best_iter}"
            )
            tell("Stopping at iteration %d: %s", solver.iter, what)
            solver.stop(because=what)

    def state(self) -> dict[str, Any]:
        return {"waited": self.waited, "monitor": self.monitor.state()}

    def set_state(self, state: dict[str, Any]) -> None:
        self.monitor.set_state(state["monitor"])
        self.waited = int(state["waited"]) if self.monitor.best is not None else 0
