"""Trainings that are killed at any moment, and gone on with: they end as if nothing had been."""

from __future__ import annotations

import os
import random
import signal
import time
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protonet import get_solver
from protonet.solvers.solver import Solver

_LONGEST = 2.0  # seconds
_SOLVER = """net_param {{
  layer {{ name: "d" type: "DummyData" top: "x" top: "t"
    dummy_data_param {{ shape {{ dim: 4 dim: 6 }} shape {{ dim: 4 dim: 2 }}
      data_filler {{ type: "gaussian" }} data_filler {{ type: "uniform" }} }} }}
  layer {{ name: "a" type: "InnerProduct" bottom: "x" top: "a"
    inner_product_param {{ num_output: 8 weight_filler {{ type: "xavier" }} }} }}
  layer {{ name: "drop" type: "Dropout" bottom: "a" top: "a" }}
  layer {{ name: "b" type: "InnerProduct" bottom: "a" top: "b"
    inner_product_param {{ num_output: 2 weight_filler {{ type: "xavier" }} }} }}
  layer {{ name: "loss" type: "EuclideanLoss" bottom: "b" bottom: "t" top: "loss" }} }}
type: "Adam" base_lr: 0.01 momentum: 0.9 lr_policy: "fixed" max_iter: 12 snapshot: 1
random_seed: 5 snapshot_format: {format} snapshot_prefix: "{prefix}"
"""


def kill_and_go_on(rng: random.Random, folder: Path) -> None:
    """AssertionError if a bit of a parameter differs from that of an undisturbed training."""
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    form = rng.choice(("BINARYPROTO", "HDF5"))
    text = _SOLVER.format(format=form, prefix=folder / "run")
    wanted, seconds = _undisturbed(text)
    _killed_after(rng.uniform(0, 1.1 * seconds), text)
    states = sorted(folder.glob("run_iter_*.solverstate*"), key=_iteration)
    solver = get_solver(text)
    if states:
        solver.restore(states[-1])
        assert solver.iter == _iteration(states[-1])
    solver.step(12 - solver.iter)
    for name, got, want in zip("ab", _values(solver), wanted):
        assert np.array_equal(got, want), f"'{name}' differs after a kill, {form}"


def _killed_after(seconds: float, text: str) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            get_solver(text).solve()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@cache
def _undisturbed(text: str) -> tuple[list[NDArray], float]:
    """The parameters at the end, and how long that took, as far as the machine was not busy."""
    start = time.monotonic()
    solver = get_solver(text)
    solver.step(12)
    values = _values(solver)
    seconds = time.monotonic() - start
    for path in Path(solver.prefix).parent.glob("run_iter_*"):
        path.unlink()
    return values, min(seconds, _LONGEST)


def _values(solver: Solver) -> list[NDArray]:
    return [blob.data.copy() for blob in solver.net.learnable_params]


def _iteration(path: Path) -> int:
    return int(path.name.split("_iter_")[1].split(".")[0])
