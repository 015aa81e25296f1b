"""How a training ended: its result, where the model lies, and what to type next."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import Any

from ..callbacks import BestSnapshot
from ..log import number
from ..parallel.launch import again
from ..solvers.callbacks import Callback
from ..solvers.solver import Solver


class Outcome(Callback[Solver]):
    """Keeps the scores of the last tests for the words at the end."""

    def __init__(self, best: BestSnapshot | None = None) -> None:
        """best: keeps the best weights of the training."""
        self._best = best
        self._tests: dict[int, dict[str, Any]] = {}
        self._trained = False

    def on_iteration(self, solver: Solver) -> None:
        self._trained = True

    def on_report(self, solver: Solver, record: dict[str, Any]) -> None:
        if record["kind"] == "test":
            self._tests[record["net"]] = record

    def lines(
        self, solver: Solver, path: str, options: list[str], settings: Sequence[str] = ()
    ) -> list[str]:
        """path: of the solver.  options: those of the command line that the next one needs too;
        settings: that it needs if it trains.

        None of the words is one that parsers of Caffe's logs look for.
        """
        model = _model(solver)
        where = f"The model is {model}" if model else "The model was not saved"
        lines = [*self._results(solver), where]
        if self._best is not None and (value := self._best.monitor.best) is not None:
            watched, model = self._best.monitor, _from_here(self._best.path)
            when = f"after {watched.best_iter} iterations"
            lines.append(f"The best one, {watched} = {number(value)} {when}, is {model}")
        following = _next(solver, path, model)
        if following:
            following += settings if following[0] == "train" else ()
            lines.append(f"Next: {again()}protonet {shlex.join([*following, *options])}")
        return lines

    def _results(self, solver: Solver) -> list[str]:
        """The last scores; before those of a test further back, the loss of now."""
        lines = []
        tested = False
        for index, record in sorted(self._tests.items()):
            single = {k: v for k, v in record["outputs"].items() if isinstance(v, float)}
            scores = ", ".join(f"{k} = {number(v)}" for k, v in single.items())
            now = record["iter"] == solver.iter
            net = f" of test net {index}" if len(solver.test_nets) > 1 else ""
            if scores:
                tested |= now
                what = "Result" if now else "Last test,"
                lines.append(f"{what} after {record['iter']} iterations{net}: {scores}")
        if self._trained and not tested:
            loss = number(solver.smoothed_loss)
            lines.insert(0, f"Result after {solver.iter} iterations: training loss = {loss}")
        return lines


def _model(solver: Solver) -> str:
    """The weights of the last snapshot; '' if there is none."""
    folder, name = os.path.split(solver.last_snapshot or "")
    path = os.path.join(folder, name.replace(".solverstate", ".caffemodel"))
    return _from_here(path) if os.path.isfile(path) else ""


def _from_here(path: str) -> str:
    """The same path from the current folder, if it lies there and is told from the root."""
    if not os.path.isabs(path):
        return path
    near = os.path.relpath(path)
    return path if near.startswith(os.pardir) else near


def _next(solver: Solver, path: str, model: str) -> list[str]:
    """A command that goes on with a training that was stopped, or tests one that is done as
    the solver did; [] if there is none."""
    if not model:
        return []
    if solver.stopped and not solver.done_because:
        return ["train", path, "--snapshot", _from_here(str(solver.last_snapshot))]
    if not solver.test_nets:
        return []
    file = solver.test_nets[0].definition.file
    if file is None or file == solver.definition.file:  # the net is part of the solver
        return []
    if solver.definition.nets:  # the file is not the net that was trained
        return []
    command = ["test", _from_here(file), model, "--iterations", str(solver.param.test_iter[0])]
    if solver.param.test_state:
        state = solver.param.test_state[0]
        command += ["--level", str(state.level)] if state.level else []
        command += ["--stage", ",".join(state.stage)] if state.stage else []
    return command
