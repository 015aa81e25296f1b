"""Solver: trains a net.  The order of one iteration is Caffe's:

clear diffs -> test if due -> on_start -> iter_size x (forward, backward) -> display
-> on_gradients_ready -> clip, normalise, regularise, rule, update -> snapshot if due
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import Message
from numpy.typing import DTypeLike

from ..log import log, number
from ..proto.source_map import SolverDefinition
from ..proto.text import format, read_solver
from . import snapshot, snapshot_files, testing
from ._fault import warn
from .checks import check
from .debug import debug_info
from .display import Display
from .guard import NanGuard
from .nets import NetBuilder
from .notebook import progress
from .prefix_lock import PrefixLock
from .signals import Action
from .smoothing import LossWindow
from .state import TrainingState
from .testing import Scores
from .workers import Workers

#: Path, text or message of a solver, or what was read from one.
SolverSource = str | os.PathLike | Message | SolverDefinition

#: Iterations after which denormal numbers are looked for; see `kernels.updates.flush`.
FLUSH_INTERVAL = 64


class Solver(TrainingState):
    """Trains the net that a solver definition names.

    source: path, text, SolverParameter or SolverDefinition.  weights: files to start from,
    instead of the definition's own `weights`.  strict: they must fit layer by layer.
    keep_going: go on when the loss is not finite, as Caffe does.  dtype, allow_python,
    fork, rcnn_config, ignore_bad_labels, rank, size, deal_tests: as for `Net`.

    Everything that can be wrong with the definition is found here, not at the first
    iteration: SolverError, and what `Net` raises.

        solver = get_solver("models/lenet_solver.prototxt")
        solver.step(100)
        solver.net.params["conv1"][0].data

    After a step the diffs of the parameters hold the update that was made, as in Caffe.
    """

    def __init__(
        self,
        source: SolverSource,
        *,
        weights: Sequence[str] | None = None,
        strict: bool = False,
        keep_going: bool = False,
        dtype: DTypeLike = np.float32,
        allow_python: bool = False,
        fork: str = "",
        rcnn_config: Mapping[str, Any] | str | os.PathLike | None = None,
        ignore_bad_labels: bool = False,
        rank: int = 0,
        size: int = 1,
        deal_tests: bool = False,
    ) -> None:
        definition = source if isinstance(source, SolverDefinition) else read_solver(source)
        # No empty line behind it: it would end Caffe's parse_log.py.
        text = format(definition.message).rstrip("\n")
        log.info("Initializing solver from parameters: \n%s", text)
        check(definition)
        builder = NetBuilder(
            definition,
            dtype=dtype,
            allow_python=allow_python,
            fork=fork,
            rcnn_config=rcnn_config,
            ignore_bad_labels=ignore_bad_labels,
            rank=rank,
            size=size,
            deal_tests=deal_tests,
        )
        super().__init__(definition, builder, weights=weights, strict=strict, rank=rank)
        #: Asked once an iteration and once a test batch; see `signals`.
        self.action_source: Callable[[], Action] = lambda: Action.NONE
        if not keep_going:
            self.add_callback(NanGuard())
        self._told_of_overwriting = False
        writes = self.param.snapshot > 0 or self.param.snapshot_after_train
        self._lock = PrefixLock(self.prefix if writes and rank == 0 else "")
        self._display = Display(self)
        log.info("Solver scaffolding done.")

    # -- training ------------------------------------------------------------------------

    def solve(self, resume: str | Path | None = None) -> None:
        """Train from here (or from a snapshot) to max_iter, then snapshot and test.

        A notebook shows a bar with the numbers meanwhile.
        """
        with self._lock, progress(self):
            self._solve(resume)

    def _solve(self, resume: str | Path | None) -> None:
        log.info("Solving %s", self.net.name)
        log.info("Learning Rate Policy: %s", self.param.lr_policy)
        if self.param.snapshot_after_train and self.rank == 0:
            snapshot_files.check_writable(self.definition, self.prefix)
        if resume is not None:
            log.info("Restoring previous solver status from %s", resume)
            self.restore(resume)
        if self.iter >= self.param.max_iter:
            self._warn_of_nothing_to_do()
        elif self.iter == 0:
            self._warn_of_overwriting(self.param.snapshot_after_train)
        self.step(self.param.max_iter - self.iter)
        for callback in self.callbacks:
            callback.on_finish(self)
        if self.param.snapshot_after_train and self.snapshot_iter != self.iter:
            self.snapshot()
        if self.all_stop():
            log.info("Optimization stopped early.")
            return
        if self._due(self.param.display):
            # One more forward pass, to show the loss after the last update.
            self.window.add(self.net.run_forward())
            self._display.last_loss()
        if self._due(self.param.test_interval):
            self.test_all()
        log.info("Optimization Done.")

    def step(self, iterations: int = 1) -> None:
        """Make that many updates; fewer if a stop is asked for."""
        if not self.window_restored:
            self.window = LossWindow(self.param.average_loss)
        self.window_restored = self.stopped = False
        self.done_because = ""
        self._display.start()
        if self.iter == 0 and iterations > 0:
            self._warn_of_overwriting()
        try:
            with self._lock:
                self._loop(self.iter + iterations)
        finally:
            self._display.pause()

    def _loop(self, end: int) -> None:
        while self.iter < end:
            self.net.clear_param_diffs()
            if self._due(self.param.test_interval) and (
                self.iter > 0 or self.param.test_initialization
            ):
                self.test_all()
                if self.all_stop():
                    break
            for callback in self.callbacks:
                callback.on_start(self)
            self._forward_backward()
            for callback in self.callbacks:
                callback.on_gradients_ready(self)
            self.apply_update()
            self.iter += 1
            for callback in self.callbacks:
                callback.on_iteration(self)
            written = self.poll()
            if self._due(self.param.snapshot) and not written:
                self.snapshot()
            if self.all_stop():
                break

    def _forward_backward(self) -> None:
        """Gradients of iter_size passes added up, the loss shown."""
        shown = self._due(self.param.display)
        with debug_info(self.net, bool(shown and self.param.debug_info)):
            self.loss = loss = self.gradients()
        self.window.add(loss)
        if shown:
            self._display.loss()
        for callback in self.callbacks:
            callback.on_loss(self, loss)

    def gradients(self) -> float:
        """Gradients of iter_size passes, added up in the diffs; returns the mean loss.  Of
        several workers, both are the mean over all."""
        passes = self.param.iter_size
        loss = sum(self.net.forward_backward() for _ in range(passes - 1))
        with self.workers.summing(self):
            loss += self.net.forward_backward()
        return self.workers.averaged(self, loss / passes)

    def apply_update(self, rate: float | None = None) -> None:
        """One update from the gradients that stand in the diffs.  rate: instead of the
        policy's."""
        if rate is None:
            rate = self.learning_rate.next(self.iter, self.smoothed_loss)
        if self._due(self.param.display):
            self._display.rate(rate)
        scale = self._clip() / self.param.iter_size
        flush = self.iter % FLUSH_INTERVAL == 0
        self.updater.apply(self.rule.rate(rate, self.iter), scale, flush)

    def _clip(self) -> float:
        """What to multiply the gradients with, so that their norm is clip_gradients at most.

        The norm is that of the sum over iter_size, before it is divided.
        """
        limit = self.param.clip_gradients
        if limit < 0:
            return 1.0
        norm = self.updater.norm()
        if not norm > limit:
            return 1.0
        log.info(
            "Gradient clipping: scaling down gradients (L2 norm %s > %s) by scale factor %s",
            *map(number, (norm, limit, limit / norm)),
        )
        return float(limit / norm)

    # -- other workers -------------------------------------------------------------------

    def join(self, workers: Workers[TrainingState]) -> None:
        """Train together with others from now on, beginning with the parameters of the first.

        The solver's own `rank` and `size` must be those among them: see
        `protonet.parallel.MpiWorkers`.
        """
        self.workers = workers
        workers.joined(self)

    # -- testing -------------------------------------------------------------------------

    def test_all(self) -> list[Scores | None]:
        """Test every test net; the mean outputs of each (None: broken off)."""
        return testing.test_all(self, self.poll)

    def test(self, index: int = 0) -> Scores | None:
        """Run test_iter batches through a test net; the mean of each of its outputs."""
        return testing.test(self, index, self.poll)

    # -- snapshots -----------------------------------------------------------------------

    def snapshot(self) -> str:
        """Write weights and state; returns the path of the state."""
        path = snapshot.save(self)
        self.last_snapshot, self.snapshot_iter = path, self.iter
        self.publish({"kind": "snapshot", "iter": self.iter, "path": path})
        return path

    def restore(self, path: str | Path) -> None:
        """Go on from a .solverstate (or .solverstate.h5): weights, history, iteration, and
        where it is known the state of random streams and data sources.

        SolverError or WeightsError if it does not fit; then nothing has changed.
        """
        snapshot.restore(self, Path(path))
        self._display.restart()

    # -- help ----------------------------------------------------------------------------

    def _due(self, interval: int) -> bool:
        return interval > 0 and self.iter % interval == 0

    def _warn_of_nothing_to_do(self) -> None:
        what = f"max_iter is {self.param.max_iter}, {self.iter} iterations are done"
        if not self.param.HasField("max_iter"):
            what = "max_iter is missing"
        hint = "give a larger max_iter (on the command line: --iterations)"
        warn(self.definition, f"{what}: there is nothing to train", hint, "max_iter")

    def _warn_of_overwriting(self, after_train: bool = False) -> None:
        if self.rank == 0 and not self._told_of_overwriting:
            self._told_of_overwriting = True
            snapshot_files.warn_of_overwriting(self.definition, self.prefix, after_train)

    def poll(self) -> bool:
        """Do what was asked for meanwhile; whether a snapshot was."""
        written = False
        while (action := self.workers.agreed(self.action_source())) is not Action.NONE:
            if action is Action.SNAPSHOT:
                self.snapshot()
                written = True
            else:
                self.stopped = True
        return written

    def __repr__(self) -> str:
        return f"<Solver {self.type} of '{self.net.name}', iteration {self.iter}>"


def get_solver(source: SolverSource, **options: Any) -> Solver:
    """A `Solver` for a definition: path, text or SolverParameter.  Options as for Solver."""
    return Solver(source, **options)
