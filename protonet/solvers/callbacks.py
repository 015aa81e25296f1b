"""Callbacks: what happens around an iteration without the solver knowing of it.

Summing gradients over workers, a progress bar, a guard against NaN: each is a `Callback`
given to `Solver.add_callback`.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import SolverError

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

    def on_report(self, solver: Solver, record: dict[str, Any]) -> None:
        """Numbers that were logged.  record["kind"]: "train", "rate", "test" or "snapshot"."""


class NonFiniteError(SolverError):
    """The loss is not a finite number any more."""


class NanGuard(Callback):
    """Stops training when the loss is no longer finite, naming the layer where it began.

    Nothing is written: the last snapshot stays the last good one.
    """

    def on_loss(self, solver: Solver, loss: float) -> None:
        if math.isfinite(loss):
            return
        layer, what = find_non_finite(solver.net) or (None, "the loss")
        error = NonFiniteError(
            f"{what} is not finite at iteration {solver.iter} (loss = {loss:g})",
            f"lower base_lr or set clip_gradients; {_last_good(solver)}",
        )
        if layer is not None:
            index = solver.net.layers.index(layer)
            place = solver.net.definition.places[index]
            error.at(
                layer=layer.name, layer_type=layer.type, file=place.file, line=place.line_of(None)
            )
        raise error


def find_non_finite(net: Net) -> tuple[Any, str] | None:
    """The first layer, in order of the net, that has a parameter or a top with a value that
    is not finite, and which one; None if there is none."""
    for layer, tops in zip(net.layers, net.tops):
        for index, blob in enumerate(layer.blobs):
            if not np.isfinite(blob.data).all():
                return layer, f"parameter {index}"
        for blob, name in zip(tops, net.top_names[layer.name]):
            if not np.isfinite(blob.data).all():
                return layer, f"top '{name}'"
    return None


def _last_good(solver: Solver) -> str:
    if solver.last_snapshot is None:
        return "no snapshot was written"
    return f"go on from the last snapshot, {solver.last_snapshot}"


class MetricsFile(Callback):
    """Writes what is logged as JSON lines: one object a report, numbers as numbers.

    Not-a-number and infinity are written as null, since JSON has no word for them.
    """

    def __init__(self, path: str | Path) -> None:
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (closed by `close`)
        self._start = time.time()

    def on_report(self, solver: Solver, record: dict[str, Any]) -> None:
        record = {"seconds": round(time.time() - self._start, 3), **record}
        self._file.write(json.dumps(_finite(record)) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
