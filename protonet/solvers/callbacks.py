"""Callbacks: what happens around an iteration without the solver knowing of it.

Summing gradients over workers, a progress bar, a guard against NaN: each is a `Callback`
given to `Solver.add_callback`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
            index, what = find_non_finite(solver.net) or (None, "the loss")
            raise _non_finite(solver, index, what, f" (loss = {loss:g})")

    def on_finish(self, solver: Solver) -> None:
        self.before_snapshot(solver)

    def before_snapshot(self, solver: Solver) -> None:
        found = find_non_finite(solver.net, tops=False)
        if found is not None:
            raise _non_finite(solver, *found)


def find_non_finite(net: Net, tops: bool = True) -> tuple[int, str] | None:
    """Index of the first layer, in order of the net, that has a parameter or a top with a
    value that is not finite, and which one; None if there is none."""
    for index, layer in enumerate(net.layers):
        for i, blob in enumerate(layer.blobs):
            if not np.isfinite(blob.data).all():
                return index, f"parameter {i}"
        for blob, name in zip(net.tops[index], net.top_names[layer.name]):
            if tops and not np.isfinite(blob.data).all():
                return index, f"top '{name}'"
    return None


def _non_finite(solver: Solver, index: int | None, what: str, more: str = "") -> NonFiniteError:
    # A layer without bottoms reads data: no learning rate is to blame for what is in it.
    read = index is not None and what.startswith("top") and not solver.net.bottoms[index]
    advice = "correct the data it reads" if read else "lower base_lr or set clip_gradients"
    error = NonFiniteError(
        f"{what} is not finite at iteration {solver.iter}{more}",
        f"{advice}; {snapshot.last_good(solver)}",
    )
    if index is not None:
        layer, place = solver.net.layers[index], solver.net.definition.places[index]
        line = place.line_of(None)
        error.at(layer=layer.name, layer_type=layer.type, file=place.file, line=line)
    return error
