"""KeepLast: no more snapshots than are of use."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from ..log import log
from ..solvers.callbacks import Callback
from ..solvers.snapshot_files import names_of
from ..solvers.state import TrainingState


class KeepLast(Callback[TrainingState]):
    """Removes the older ones of the snapshots that a training writes, up to the last `count`.

    Only files that this training wrote, before and after it was gone on with, are touched; and
    only when a newer snapshot is whole.
    """

    def __init__(self, count: int) -> None:
        if count < 1:
            raise ValueError(f"the number of snapshots to keep must be 1 or more, not {count}")
        self.count = count
        self._written: list[int] = []

    def before_snapshot(self, solver: TrainingState) -> None:
        if solver.iter not in self._written:
            self._written.append(solver.iter)  # now, so that the snapshot itself knows of it

    def on_report(self, solver: TrainingState, record: dict[str, Any]) -> None:
        if record["kind"] != "snapshot" or solver.rank:
            return
        old, self._written = self._written[: -self.count], self._written[-self.count :]
        for iteration in old:
            weights, state = names_of(solver.definition, solver.prefix, iteration)
            for path in (state, weights):  # a state never without its weights
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            log.info("Removed the snapshot of iteration %d, which %s", iteration, _why(self.count))

    def state(self) -> dict[str, Any]:
        return {"written": list(self._written)}

    def set_state(self, state: dict[str, Any]) -> None:
        self._written = [int(iteration) for iteration in state["written"]]


def _why(count: int) -> str:
    return "a newer one replaces" if count == 1 else f"{count} newer ones replace"
