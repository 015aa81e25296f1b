"""Trials: what a solver would do, found out and undone again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError
from ..net.net import Net
from . import streams
from .solver import Solver

Progress = Callable[[int], object]

#: A search ends where the loss is that many times its least.
_DIVERGED = 4.0
#: How much of the mean a loss is, in the smoothing of a search.
_NEW = 0.1


@dataclass
class LrSearch:
    """Losses (M), smoothed, that iterations with ever larger rates (M) brought.

    suggestion: a tenth of the rate at which the loss was least: it still fell fast there, with
    room for a training that is longer than a search.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]

    @property
    def suggestion(self) -> float:
        return float(self.rates[int(np.argmin(self.losses))] / 10)


def find_lr(
    solver: Solver,
    low: float = 1e-6,
    high: float = 1.0,
    iterations: int = 100,
    progress: Progress = lambda amount: None,
) -> LrSearch:
    """Train with rates that grow from `low` to `high`, each the same factor above the last, and
    see where the loss falls and where it breaks out (L. Smith, Cyclical learning rates, 2017).

    The rate stands in place of base_lr and its policy; lr_mult, momentum, decay and clipping
    are the solver's.  It ends early when the loss diverges.  Afterwards weights, history and
    data streams are as they were before.  progress: called with 1 after each iteration.
    SolverError if there is no loss to be followed.
    """
    if not 0 < low < high or iterations < 2:
        raise ValueError(f"rates from {low} to {high} in {iterations} iterations")
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    with undone(solver), np.errstate(all="ignore"):
        for i in range(iterations):
            rate = low * (high / low) ** (i / (iterations - 1))
            solver.net.clear_param_diffs()
            loss = solver.gradients()
            if not math.isfinite(loss):
                break
            mean += _NEW * (loss - mean)
            smoothed = mean / (1 - (1 - _NEW) ** (i + 1))
            rates.append(rate)
            losses.append(smoothed)
            if smoothed > _DIVERGED * min(losses):
                break
            solver.apply_update(rate)
            solver.iter += 1
            progress(1)
    if not rates:
        what = "the loss is not finite in the first iteration"
        raise SolverError(what, "look at the data and the weights", file=solver.definition.file)
    return LrSearch(np.array(rates), np.array(losses))


@dataclass
class Overfit:
    """Losses (M) of a net that was trained on one batch alone."""

    losses: NDArray[np.float64]

    @property
    def first(self) -> float:
        return float(self.losses[0])

    @property
    def last(self) -> float:
        """The mean of the last twentieth, against the noise of Dropout."""
        return float(self.losses[-max(1, len(self.losses) // 20) :].mean())

    @property
    def learnt(self) -> bool:
        """Whether a tenth of the loss is left, or less."""
        return self.last <= 0.1 * self.first


def overfit_batch(
    solver: Solver, iterations: int = 200, progress: Progress = lambda amount: None
) -> Overfit:
    """Train on the first batch over and over.  A net that works learns it by heart; one that
    does not has wrong labels, a layer without gradient or a rate that does not fit.

    The rate is that of the policy from iteration 0 on.  Afterwards weights, history and data
    streams are as they were before.  progress: called with 1 after each iteration.  SolverError
    if the loss is not finite.
    """
    if iterations < 1:
        raise ValueError(f"{iterations} iterations")
    losses = []
    with undone(solver), np.errstate(all="ignore"), _one_batch(solver.net):
        for i in range(iterations):
            solver.net.clear_param_diffs()
            losses.append(solver.gradients())
            if not math.isfinite(losses[-1]):
                raise SolverError(
                    f"the loss is not finite in iteration {i} on one batch",
                    "lower base_lr; train --find-lr looks for one",
                    file=solver.definition.file,
                )
            solver.apply_update(solver.lr)
            solver.iter += 1
            progress(1)
    return Overfit(np.array(losses))


@contextmanager
def undone(solver: Solver) -> Iterator[None]:
    """Inside, the solver is at iteration 0 and shows nothing; afterwards it is as it was:
    weights, history, iteration, streams."""
    nets, arena = [solver.net], solver.net.arena
    kept = [arena.data.copy(), *(flat.copy() for flat in solver.rule.history)]
    where = streams.get_states(nets), streams.get_global(nets)
    shown = solver.param.display, solver.iter
    solver.param.display = solver.iter = 0
    for flat in solver.rule.history:
        flat.fill(0)
    try:
        yield
    finally:
        for flat, before in zip([arena.data, *solver.rule.history], kept):
            flat[...] = before
        solver.net.clear_param_diffs()
        streams.set_states(nets, where[0])
        streams.set_global(where[1])
        solver.param.display, solver.iter = shown


@contextmanager
def _one_batch(net: Net) -> Iterator[None]:
    """Inside, layers that make data give what they gave once, again and again."""
    sources = [s for s in net.steps if not s.bottom and not s.layer.blobs and s.top]
    net.run_forward()
    kept = [[blob.data.copy() for blob in step.top] for step in sources]

    def again(index: int) -> None:
        for step, values in zip(sources, kept):
            if step.index == index:
                for blob, value in zip(step.top, values):
                    if blob.shape != value.shape:
                        blob.reshape(*value.shape)
                    blob.data[...] = value

    net.after_forward.append(again)
    try:
        yield
    finally:
        net.after_forward.remove(again)
