"""Callbacks: what happens around an iteration without the solver knowing of it.

Summing gradients over workers, a progress bar, a guard against NaN: each is a `Callback`
given to `Solver.add_callback`.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

_Solver = TypeVar("_Solver")


class Callback(Generic[_Solver]):
    """Override what you need.  Called in the order in which callbacks were added.

    `solver` is the `Solver` that calls.  For type checkers: `Callback[Solver]`, or
    `Callback[TrainingState]` for one that only looks at the state.
    """

    def on_added(self, solver: _Solver) -> None:
        """The solver has taken it in; raise if it does not suit it, before hours of training."""

    def on_start(self, solver: _Solver) -> None:
        """Before the forward pass: diffs are cleared, parameters are what they were left."""

    def on_loss(self, solver: _Solver, loss: float) -> None:
        """After forward and backward (and the log line), before the update."""

    def on_gradients_ready(self, solver: _Solver) -> None:
        """The sum over iter_size is in the diffs: change it, and the update will use it."""

    def on_iteration(self, solver: _Solver) -> None:
        """After the update, `solver.iter` counts it."""

    def before_snapshot(self, solver: _Solver) -> None:
        """Before anything is written; raise to keep it from being written."""

    def on_finish(self, solver: _Solver) -> None:
        """After the last iteration of `solve`, before its snapshot."""

    def on_report(self, solver: _Solver, record: dict[str, Any]) -> None:
        """Numbers that were logged.  record["kind"]: "train", "rate", "test" or "snapshot"."""

    def state(self) -> dict[str, Any]:
        """What has to outlive a snapshot, as plain values; {}: nothing has."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""

    def close(self) -> None:
        """Nothing more will come: whoever added it calls this, to end files."""
