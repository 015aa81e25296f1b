"""The NaN guard: where numbers stopped being finite, and the error that says so."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..errors import NonFiniteError
from ..net.net import Net
from . import snapshot
from .callbacks import Callback
from .state import TrainingState


class NanGuard(Callback[TrainingState]):
    """Stops training when the loss is no longer finite, naming the layer where it began,
    and keeps parameters that are not finite from being written, or taken for a result."""

    def on_loss(self, solver: TrainingState, loss: float) -> None:
        if not math.isfinite(loss):
            found = find_non_finite(solver.net) or NonFinite("the loss")
            raise _non_finite(solver, found, f" (loss = {loss:g})")

    def on_finish(self, solver: TrainingState) -> None:
        self.before_snapshot(solver)

    def before_snapshot(self, solver: TrainingState) -> None:
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
    not finite, and which one; None if there is none.  Values that an optimised net has not kept
    are passed over."""
    for index, step in enumerate(net.steps):
        for i, blob in enumerate(step.layer.blobs):
            if not np.isfinite(blob.data).all():
                return NonFinite(f"parameter {i}", index)
        for blob, name in zip(step.top, step.top_names):
            if tops and blob.has_data and not np.isfinite(blob.data).all():
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


def _non_finite(solver: TrainingState, found: NonFinite, detail: str = "") -> NonFiniteError:
    advice = "lower base_lr or set clip_gradients"
    error = non_finite_error(solver.net, found, f"at iteration {solver.iter}{detail}", advice)
    error.hint += f"; {snapshot.last_good(solver)}"
    return error
