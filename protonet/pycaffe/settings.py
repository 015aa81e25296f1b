"""What Caffe keeps for a thread as a whole: seed, rank and mode; and its log.

Everything here belongs to the calling thread, as in Caffe: threads do not see each other's.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Any

import numpy as np

from ..log import GlogFormatter, in_notebook
from ..log import log as _log
from ..parallel.launch import launched

#: glog's levels: INFO, WARNING, ERROR, FATAL.
_LEVELS = (logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


class _Settings(threading.local):
    seeds: np.random.SeedSequence | None = None
    solver_count = 1
    solver_rank = 0
    multiprocess = False


_settings = _Settings()
_gpu_warning = threading.Lock()


# -- seed ----------------------------------------------------------------------------------


def set_random_seed(seed: int) -> None:
    """Make nets and solvers repeatable that this thread builds from now on.

    Each takes a seed of its own from this one, in the order of their building.
    """
    _settings.seeds = np.random.SeedSequence(int(seed))


def next_seed() -> int | None:
    """The seed of the next net or solver; None if none was set."""
    if _settings.seeds is None:
        return None
    return int(_settings.seeds.spawn(1)[0].generate_state(1)[0])


# -- workers -------------------------------------------------------------------------------


def solver_count() -> int:
    """How many solvers share the training data."""
    return _settings.solver_count


def set_solver_count(count: int) -> None:
    """Data layers built from now on hand out one record in `count`."""
    _settings.solver_count = int(count)


def solver_rank() -> int:
    """Which of `solver_count` this is, from 0."""
    return _settings.solver_rank


def set_solver_rank(rank: int) -> None:
    """Which of `solver_count` this is.  Of processes that mpirun started only the first logs."""
    _settings.solver_rank = int(rank)
    if rank and launched().size > 1:
        _log.setLevel(logging.WARNING)


def set_multiprocess(multiprocess: bool) -> None:
    """Accepted; data layers only ask for count and rank."""
    _settings.multiprocess = bool(multiprocess)


# -- device --------------------------------------------------------------------------------


def set_mode_cpu() -> None:
    """What is the case anyway."""


def set_mode_gpu() -> None:
    """Warns, once in a process, and goes on: scripts written for a GPU run on the CPU."""
    if _gpu_warning.acquire(blocking=False):  # never released: once is enough
        _log.warning("set_mode_gpu has no effect: protonet runs on the CPU", stacklevel=2)


def set_device(device_id: int) -> None:
    """Accepted and ignored: there is one device, the CPU."""


# -- log -----------------------------------------------------------------------------------


class _Stderr(logging.StreamHandler):
    """Writes to what sys.stderr is at the moment: notebooks and tests replace it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(GlogFormatter())

    @property
    def stream(self) -> Any:
        return sys.stderr


def show_log() -> None:
    """Show the log on stderr as Caffe does, unless the program listens to it already.

    The environment variable GLOG_minloglevel says from which level on: 0 all (the default),
    1 warnings (the default in notebooks, where Caffe's log does not get into the cells
    either), 2 errors.  `init_log(0)` shows all of it there, too.
    """
    heard = [h for h in _log.handlers if not isinstance(h, logging.NullHandler)]
    if heard or logging.getLogger().handlers:
        return
    _log.addHandler(_Stderr())
    default = "1" if in_notebook() else "0"
    level = os.environ.get("GLOG_minloglevel", default)  # noqa: SIM112 (the name is glog's)
    init_log(int(level) if level.isdigit() else 0)


def init_log(level: int = 0, stderr: bool = True) -> None:
    """Show messages from `level` on: 0 all, 1 warnings, 2 errors, 3 nothing.

    They always go to stderr; Caffe without `stderr` writes them to files.
    """
    _log.setLevel(_LEVELS[min(max(int(level), 0), 3)])


def log(message: str) -> None:
    """Write a line into the log."""
    _log.info("%s", message, stacklevel=2)
