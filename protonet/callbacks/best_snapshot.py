"""BestSnapshot: the weights of the best test so far, in a file of their own."""

from __future__ import annotations

import os
from typing import Any

from ..errors import SolverError
from ..log import log, number
from ..proto import caffe_pb2 as pb
from ..solvers.callbacks import Callback
from ..solvers.state import TrainingState
from .monitor import Monitor


class BestSnapshot(Callback[TrainingState]):
    """Writes PREFIX_best.caffemodel whenever a test brings the best value so far.

    monitor: what is watched, a `Monitor` or the name of an output; None: what Monitor finds.
    path: of the file, if it is to be another one.  The old file stays until the new one is
    whole; one of an earlier run is written over with a warning.
    """

    def __init__(self, monitor: Monitor | str | None = None, path: str | None = None) -> None:
        self.monitor = monitor if isinstance(monitor, Monitor) else Monitor(monitor)
        self.path = path or ""

    def on_added(self, solver: TrainingState) -> None:
        self.monitor.settle(solver)
        if not self.path:
            if not solver.prefix:
                raise SolverError("snapshot_prefix is missing", "say where snapshots go")
            hdf5 = solver.param.snapshot_format == pb.SolverParameter.HDF5
            self.path = f"{solver.prefix}_best.caffemodel{'.h5' if hdf5 else ''}"

    def on_report(self, solver: TrainingState, record: dict[str, Any]) -> None:
        value = self.monitor.value(record)
        first = self.monitor.best is None
        if value is None or not self.monitor.improves(value, record["iter"]) or solver.rank:
            return
        if first and os.path.exists(self.path):
            log.warning("%s of an earlier run is written over", self.path)
        solver.net.save(self.path)
        log.info(
            "Best so far: %s = %s at iteration %d, kept as %s",
            *(self.monitor, number(value), record["iter"], self.path),
        )

    def state(self) -> dict[str, Any]:
        return self.monitor.state()

    def set_state(self, state: dict[str, Any]) -> None:
        self.monitor.set_state(state)
