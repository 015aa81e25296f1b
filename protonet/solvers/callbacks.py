"""Callbacks: what happens around an iteration without the solver knowing of it.

Summing gradients over workers, a progress bar, a guard against NaN: each is a `Callback`
given to `Solver.add_callback`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import SolverError
from . import snapshot

if TYPE_CHECKING:
    from ..net.net import Net
    from .solver import Solver


class Callback:
    """Override what you need.  Called in the order in which callbacks were added."""

    def on_start(self, solver: Solver) -> None:
        """Before the forward pass: diffs are cleared, parameters are what they were left."""

    def on_loss(self, solver: Solver, loss: float) -> None:
        """After forward and backward (and the log line), before the update."""

    def on_gradients_ready(self, solver: Solver) -> None:
        """The sum over iter_size is in the diffs: change it, and the update will use it."""

    def on_iteration(self, solver: Solver) -> None:
        """After the update, `solver.iter` counts it."""

    def before_snapshot(self, solver: Solver) -> None:
        """Before anything is written; raise to keep it from being written."""

    def on_finish(self, solver: Solver) -> None:
        """After the last iteration of `solve`, before its snapshot."""

    def on_report(self, solver: Solver, record: dict[str, Any]) -> None:
        """Numbers that were logged.  record["kind"]: "train", "rate", "test" or "snapshot"."""


class NonFiniteError(SolverError):
    """The loss or a parameter is not a finite number any more."""

    #: Of the command line.
    exit_code = 5


class NanGuard(Callback):
    """Stops training when the loss is no longer finite, naming the layer where it began,
    and keeps parameters that are not finite from being written, or taken for a result."""

    def on_loss(self, solver: Solver, loss: float) -> None:
        if not math.isfinite(loss):
            found = find_non_finite(solver.net) or NonFinite("the loss")
            raise _non_finite(solver, found, f" (loss = {loss:g})")

    def on_finish(self, solver: Solver) -> None:
        self.before_snapshot(solver)

    def before_snapshot(self, solver: Solver) -> None:
        found = find_non_finite(solver.net, tops=False)
        if found is not None:
            raise _non_finite(solver, found)


class NonFinite(NamedTuple):
    """The first thing in a net that is not finite.  layer: its place in the net; None if no
    layer is to blame.  read: whether it came in with the data."""

    what: str
    layer: int | None = None
    read: bool = False


def find_non_finite(net: Net, tops: bool = True) -> NonFinite | None:
    """The first layer, in order of the net, that has a parameter or a top with a value that is
    not finite, and which one; None if there is none."""
    for index, step in enumerate(net.steps):
        for i, blob in enumerate(step.layer.blobs):
            if not np.isfinite(blob.data).all():
                return NonFinite(f"parameter {i}", index)
        for blob, name in zip(step.top, step.top_names):
            if tops and not np.isfinite(blob.data).all():
                # A layer without bottoms reads data.
                return NonFinite(f"top '{name}'", index, read=not step.bottom)
    return None


def non_finite_error(net: Net, found: NonFinite, when: str, advice: str) -> NonFiniteError:
    """The error for it.  when: "at iteration 5".  advice: what to do; of data that were read
    they are to be corrected."""
    if found.read:
        advice = "correct the data it reads"
    error = NonFiniteError(f"{found.what} is not finite {when}", advice)
    if found.layer is not None:
        step = net.steps[found.layer]
        line = step.place.line_of(None)
        error.at(layer=step.layer.name, layer_type=step.layer.type, file=step.place.file, line=line)
    return error


def _non_finite(solver: Solver, found: NonFinite, more: str = "") -> NonFiniteError:
    advice = "lower base_lr or set clip_gradients"
    error = non_finite_error(solver.net, found, f"at iteration {solver.iter}{more}", advice)
    error.hint += f"; {snapshot.last_good(solver)}"
    return error
