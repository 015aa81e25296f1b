"""MpiWorkers: the processes that train one net together, each on its share of the data."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NetError, SolverError
from ..log import log, tell
from ..net.net import Net
from ..proto.text import format
from ..solvers.signals import Action
from ..solvers.state import TrainingState
from ..solvers.totals import Totals
from ..solvers.workers import Workers
from .reduce import Reducer
from .shares import is_dealt
from .world import World


class MpiWorkers(Workers[TrainingState]):
    """All processes of a `World`.

    bucket: least bytes of gradients that travel together; 0: all of them, after backward; None:
    what is faster, see `Reducer`.  half: send them in half precision, see `half`.  check: after how
    many iterations to see whether all still have the same parameters.  average_statistics: replace
    those of BatchNorm by the mean over all processes before tests and snapshots; else the first
    one's are taken.

        world = open_world()
        solver = get_solver(path, rank=world.rank, size=world.size, deal_tests=True)
        solver.join(MpiWorkers(world))
        solver.solve()
    """

    def __init__(
        self,
        world: World,
        *,
        bucket: int | None = None,
        half: bool = False,
        check: int = 500,
        average_statistics: bool = False,
    ) -> None:
        super().__init__()
        self.world, self.rank, self.size = world, world.rank, world.size
        self._bucket, self._half, self._check = bucket, half, check
        self._average = average_statistics
        self._stop_asked = False
        self._checked: int | None = None

    # -- joining -----------------------------------------------------------------------------

    def joined(self, solver: TrainingState) -> None:
        """SolverError if the solvers of the processes are not of one kind, or the net has a
        layer that cannot be shared out."""
        net = solver.net
        self._refuse(solver)
        self.tested = [0] * len(solver.test_nets)
        self._dealt = [is_dealt(test_net) for test_net in solver.test_nets]
        seen = [format(solver.param), net.arena.data.size, solver.rank, net.context.size]
        for rank, other in enumerate(self.world.allgather(seen)):
            if other != [*seen[:2], rank, self.size]:
                what = f"{self.world.named(rank)} has another solver, net or rank than this one"
                raise SolverError(what, "all need the same files", file=solver.definition.file)
        self._statistics = _statistics(net)
        self.reducer = Reducer(self.world, net, self._bucket, self._half)
        self.world.broadcast(net.arena.data)
        for test_net in solver.test_nets:
            for blob in test_net.learnable_params:  # those that it does not share
                self.world.broadcast(blob.data.reshape(-1))
        tell("%d processes train; %s", self.size, self._told_batch(net))

    def _refuse(self, solver: TrainingState) -> None:
        for step in solver.net.steps:
            layer = step.layer
            if step.bottom or layer.shared_out or layer.blobs or layer.type == "Input":
                continue
            if layer.type != "Python":
                what = (
                    "every process would be given the same arrays, and nothing tells shares apart"
                )
                hint = "read the data with a Data, ImageData or HDF5Data layer"
                raise step.locate(NetError(f"it cannot be shared out: {what}", hint))
            log.warning(
                "layer '%s' (Python) makes data for each of %d processes: the same for all, "
                "unless it looks at caffe.solver_rank()",
                layer.name,
                self.size,
            )

    def _told_batch(self, net: Net) -> str:
        """How large a batch they make together, in words."""
        sizes = {s.top[0].shape[0] for s in net.steps if not s.bottom and s.top and s.top[0].shape}
        batch = f"a batch of {min(sizes)} each" if len(sizes) == 1 else "a batch each"
        return f"{batch}, of which the gradients are averaged"

    # -- an iteration ------------------------------------------------------------------------

    @contextmanager
    def summing(self, solver: TrainingState) -> Iterator[None]:
        self.world.place = f" in iteration {solver.iter}"
        if self._checked is None or solver.iter - self._checked >= self._check:
            self._compare(solver)
        with self.reducer.during():
            yield

    def averaged(self, solver: TrainingState, loss: float) -> float:
        total = np.array([loss])
        world = self.world
        self.reducer.finish(world.comm.Iallreduce(world.MPI.IN_PLACE, total))
        mean = float(total[0]) / self.size
        if not math.isfinite(mean):  # the guard of the one where it began knows the layer
            fine = world.allgather(math.isfinite(loss))
            world.speaks_first(fine.index(False) if False in fine else 0)
        return mean

    def agreed(self, asked: Action) -> Action:
        """A snapshot or a stop that any of them was asked for; first a snapshot, as in Caffe."""
        flags = np.array([asked is Action.SNAPSHOT, asked is Action.STOP], np.int64)
        snapshot, stop = self.world.sum(flags).tolist()
        self._stop_asked |= stop > 0
        if snapshot:
            return Action.SNAPSHOT
        if self._stop_asked:
            self._stop_asked = False
            return Action.STOP
        return Action.NONE

    def stop(self, because: str | None) -> str | None:
        if not self.world.any(because is not None):
            return None
        reasons = [reason for reason in self.world.allgather(because) if reason is not None]
        return max(reasons, key=bool)  # the first that has words

    def _compare(self, solver: TrainingState) -> None:
        """SolverError unless all have the same parameters."""
        self._checked = solver.iter
        mine = 0
        for part in self._without_statistics(solver.net):
            mine = zlib.crc32(solver.net.arena.data[part].tobytes(), mine)
        sums = self.world.allgather((mine, solver.iter))
        for rank, other in enumerate(sums):
            if other != sums[0]:
                self.world.speaks_first(rank)
                raise SolverError(
                    f"the parameters of rank {rank} are not those of rank 0 at iteration "
                    f"{solver.iter}",
                    "are machine and library of all processes the same? go on from a snapshot",
                )

    def _without_statistics(self, net: Net) -> Iterator[slice]:
        kept = {(part.start, part.stop) for part in self._statistics}
        return (p for p in net.arena.slices if (p.start, p.stop) not in kept)

    # -- tests -------------------------------------------------------------------------------

    @contextmanager
    def testing(self, solver: TrainingState) -> Iterator[None]:
        """The first one's statistics, or for good the mean."""
        own = self._own_statistics(solver)
        self._share_statistics(solver)
        try:
            yield
        finally:
            if not self._average:
                self._set_statistics(solver, own)

    def turns(self, solver: TrainingState, index: int, batches: int) -> Sequence[bool]:
        """By turns, where the last test left off; what cannot be dealt runs on the first."""
        self.world.place = f" in the test at iteration {solver.iter}"
        if not self._dealt[index]:
            return [self.rank == 0] * batches
        start = self.tested[index]
        mine = sum((start + i) % self.size == self.rank for i in range(batches))
        return [i < mine for i in range(-(-batches // self.size))]

    def merged(self, index: int, batches: int, loss: float, totals: Totals) -> float:
        parts = self.world.allgather((loss, totals))
        first = self.tested[index] % self.size if self._dealt[index] else 0
        parts = [*parts[first:], *parts[:first]]
        totals.combine([part for _, part in parts])
        self.tested[index] = (self.tested[index] + batches) % self.size
        return math.fsum(part for part, _ in parts)

    # -- snapshots ---------------------------------------------------------------------------

    def before_snapshot(self, solver: TrainingState) -> None:
        self.world.place = f" in the snapshot of iteration {solver.iter}"
        if self._average:
            self._share_statistics(solver)
        self._compare(solver)

    def states(self, solver: TrainingState, own: dict[str, Any]) -> list[dict[str, Any]]:
        kept = {"tested": self.tested, "statistics": self._own_statistics(solver)}
        return self.world.gather({**own, **kept})

    def restored(self, solver: TrainingState, own: dict[str, Any]) -> None:
        self.tested = list(own.get("tested", self.tested))
        self._set_statistics(solver, own.get("statistics", []))
        self._checked = None

    def written(self, path: str) -> None:
        self.world.barrier()
        self.world.last_snapshot = path

    # -- statistics --------------------------------------------------------------------------

    def _own_statistics(self, solver: TrainingState) -> list[NDArray]:
        return [solver.net.arena.data[part].copy() for part in self._statistics]

    def _set_statistics(self, solver: TrainingState, values: Sequence[NDArray]) -> None:
        for part, value in zip(self._statistics, values):
            solver.net.arena.data[part] = value

    def _share_statistics(self, solver: TrainingState) -> None:
        """Give all the first one's, or the mean over all."""
        for part in self._statistics:
            values = solver.net.arena.data[part]
            if self._average:
                self.world.sum(values)
                values /= self.size
            else:
                self.world.broadcast(values)


def _statistics(net: Net) -> list[slice]:
    """Where in the arena forward passes write."""
    places = zip(net.arena.slices, net.learnable_param_names, net.params_lr)
    by_name = {step.layer.name: step.layer for step in net.steps}
    return [p for p, (name, _), rate in places if by_name[name].keeps_statistics and rate == 0]
