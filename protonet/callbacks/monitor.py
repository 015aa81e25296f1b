"""Monitor: the one number by which a training is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..core.layer import Layer
from ..errors import SolverError, did_you_mean
from ..net.net import Net
from ..solvers.state import TrainingState
from ..solvers.totals import scores_of

MODES = ("min", "max")
#: Types that tell how good a net is: the more the better, whatever the blob is called.
_SCORES = ("Accuracy", "SegAccuracy", "DetectionEvaluate")


class Monitor:
    """Watches an output of the tests, or the training loss where nothing is tested.

    output: of a test net; None: of its outputs of one value the last Accuracy (of top_k 1, if
    there is one), else the first that is no loss, else the first.  mode: "min" or "max", which of
    two values is the better one; None: "min" for losses and for names with "loss" or "err" in
    them, but what Accuracy and the like give.  net: which test net.
    """

    def __init__(self, output: str | None = None, mode: str | None = None, net: int = 0) -> None:
        if mode is not None and mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not '{mode}'")
        self.output, self.mode, self.net = output, mode, net
        #: The best value so far and its iteration; None before there is one.
        self.best: float | None = None
        self.best_iter: int | None = None

    def settle(self, solver: TrainingState) -> None:
        """Find out what to watch in a solver; SolverError if there is no such thing."""
        if not solver.test_nets or solver.param.test_interval <= 0:
            self._settle_untested(solver)
            return
        if self.net >= len(solver.test_nets):
            raise self._error(solver, f"there is no test net {self.net} to watch", "")
        net = solver.test_nets[self.net]
        single = scores_of(net)
        if not single:
            raise self._error(solver, "no output of the test net is a single number", "")
        if self.output is None:
            self.output = _best_known(net, single)
        elif self.output not in single:
            near = did_you_mean(self.output, single) or f"there are {', '.join(single)}"
            raise self._error(solver, f"no output '{self.output}' of one value is tested", near)
        if self.mode is None:
            self.mode = "min" if _is_loss(net, self.output) else "max"

    def _settle_untested(self, solver: TrainingState) -> None:
        if self.output not in (None, "loss"):
            hint = "add test_iter and test_interval"
            raise self._error(solver, f"'{self.output}' is not tested", hint)
        if solver.param.display <= 0:
            hint = "add test_iter and test_interval, or display"
            raise self._error(solver, "there is nothing to watch", hint)
        self.output, self.mode, self.net = "loss", self.mode or "min", -1

    def value(self, record: dict[str, Any]) -> float | None:
        """What a record says of what is watched; None if it does not."""
        if self.net < 0:
            return float(record["loss"]) if record["kind"] == "train" else None
        if record["kind"] != "test" or record["net"] != self.net:
            return None
        return float(record["outputs"][self.output])

    def improves(self, value: float, iteration: int, least: float = 0.0) -> bool:
        """Whether a value is the best so far, by more than `least`; then it is kept."""
        better = self.best is None or (
            value < self.best - least if self.mode == "min" else value > self.best + least
        )
        if not better or math.isnan(value):
            return False
        self.best, self.best_iter = value, iteration
        return True

    def state(self) -> dict[str, Any]:
        return {"output": self.output, "best": self.best, "iter": self.best_iter}

    def set_state(self, state: dict[str, Any]) -> None:
        """Of another output nothing is taken."""
        if state["output"] == self.output and state["best"] is not None:
            self.best, self.best_iter = float(state["best"]), int(state["iter"])

    def __str__(self) -> str:
        return "training loss" if self.net < 0 else str(self.output)

    def _error(self, solver: TrainingState, what: str, hint: str) -> SolverError:
        return SolverError(what, hint, file=solver.definition.file)


def _best_known(net: Net, outputs: Sequence[str]) -> str:
    """The output by which people judge a net."""
    kinds = [(name, _maker(net, name)) for name in outputs]
    right = [(name, layer) for name, layer in kinds if layer.type == "Accuracy"]
    first = [name for name, layer in right if layer.param.accuracy_param.top_k == 1]
    scores = [name for name in outputs if not _is_loss(net, name)]
    return (first or [name for name, _ in right] or scores[:1] or [outputs[0]])[-1]


def _is_loss(net: Net, name: str) -> bool:
    """By who makes it, its weight in the loss, or its name."""
    if _maker(net, name).type in _SCORES:
        return False
    told = "loss" in name.lower() or "err" in name.lower()
    return bool(net.blob_loss_weights[name]) or told


def _maker(net: Net, name: str) -> Layer:
    """The layer that an output is of."""
    return next(step.layer for step in reversed(net.steps) if name in step.top_names)
