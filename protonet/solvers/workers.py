"""Workers: who else trains with a solver, on its own share of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from .signals import Action
from .totals import Totals

_Solver = TypeVar("_Solver")


class Workers(Generic[_Solver]):
    """The workers of a training; this one is alone.  `protonet.parallel` has those of MPI.

    All have the same parameters and do the same at the same time: each method is called by
    every one of them, in the same order.
    """

    rank, size = 0, 1

    def __init__(self) -> None:
        #: Of each test net, how many batches all of them have run.
        self.tested: list[int] = []

    def joined(self, solver: _Solver) -> None:
        """The solver is there: have all begin with the same parameters."""

    @contextmanager
    def summing(self, solver: _Solver) -> Iterator[None]:
        """Within it the last pass of an iteration runs, whose gradients may be sent at once."""
        yield

    def averaged(self, solver: _Solver, loss: float) -> float:
        """Replace the gradients in the diffs by their mean over all workers; returns the mean
        of the losses."""
        return loss

    def agreed(self, asked: Action) -> Action:
        """What all do, of what each was asked for."""
        return asked

    def stop(self, because: str | None) -> str | None:
        """Why all stop, of why each of them would, or a callback of it; None: it would not."""
        return because

    # -- tests -------------------------------------------------------------------------------

    @contextmanager
    def testing(self, solver: _Solver) -> Iterator[None]:
        """Within it all have the statistics of the first one, beside the same parameters."""
        yield

    def turns(self, solver: _Solver, index: int, batches: int) -> Sequence[bool]:
        """For each round of a test of that net: whether this one has a batch to run."""
        return [True] * batches

    def merged(self, index: int, batches: int, loss: float, totals: Totals) -> float:
        """Put what all have found in these batches into `totals`; the sum of their losses."""
        return loss

    # -- snapshots ---------------------------------------------------------------------------

    def before_snapshot(self, solver: _Solver) -> None:
        """The parameters are about to be written."""

    def states(self, solver: _Solver, own: dict[str, Any]) -> list[dict[str, Any]]:
        """What each worker has to keep in a snapshot, by rank, for the first one, who writes."""
        return [own]

    def restored(self, solver: _Solver, own: dict[str, Any]) -> None:
        """This one went on from what `states` got."""

    def written(self, path: str) -> None:
        """There is a snapshot, whole, to go on from."""
