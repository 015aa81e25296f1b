"""Solvers as pycaffe has them, around protonet's own."""

from __future__ import annotations

import math
import os
import secrets
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ProtonetError
from ..log import log
from ..parallel.launch import launched
from ..proto import caffe_pb2 as pb
from ..proto.text import read_solver
from ..solvers import Callback, guard
from ..solvers import solver as native
from . import settings
from .net import Net, _check_file
from .vectors import NetVec

if TYPE_CHECKING:
    from ..parallel.world import World

PathLike = str | os.PathLike


class Solver:
    """Trains the net that a solver file describes; use one of the classes below, or
    `get_solver`.  `native` is the `protonet.Solver` inside.

    A loss that is not finite does not stop it, as in Caffe; there is a warning.
    """

    #: The rule, whatever the file's `type` says.  Empty: what the file says.
    type = ""

    def __init__(self, solver_file: PathLike | Any) -> None:
        _check_file(solver_file)
        definition = read_solver(solver_file)
        if self.type:
            definition.message.type = self.type
        seed = _shared_seed(settings.next_seed())
        if seed is not None and definition.message.random_seed < 0:
            definition.message.random_seed = seed
        self._native = native.Solver(
            definition,
            keep_going=True,
            allow_python=True,
            rank=settings.solver_rank(),
            size=settings.solver_count(),
        )
        self._native.add_callback(_NonFiniteWarning())

    @property
    def native(self) -> native.Solver:
        return self._native

    @cached_property
    def net(self) -> Net:
        return Net.of(self._native.net)

    @cached_property
    def test_nets(self) -> NetVec:
        return NetVec(map(Net.of, self._native.test_nets))

    @property
    def iter(self) -> int:
        """How many updates were made."""
        return self._native.iter

    @property
    def param(self) -> pb.SolverParameter:
        """The SolverParameter; base_lr, display and the like may be changed."""
        return self._native.param

    def step(self, iterations: int) -> None:
        """Make that many updates."""
        self._native.step(int(iterations))

    def solve(self, resume_file: PathLike | None = None) -> None:
        """Train from here, or from a .solverstate, to max_iter."""
        self._native.solve(os.fspath(resume_file) if resume_file else None)

    def apply_update(self) -> None:
        """One update from the diffs as they stand."""
        self._native.apply_update()

    def snapshot(self) -> None:
        """Write weights and state."""
        self._native.snapshot()

    def restore(self, state_file: PathLike) -> None:
        """Go on from a .solverstate."""
        self._native.restore(os.fspath(state_file))

    def share_weights(self, net: Net) -> None:
        """Have `net` use the parameters that are trained here."""
        net.share_with(self.net)

    def add_callback(
        self,
        on_start: Callable[[], Any] | NCCL,
        on_gradients_ready: Callable[[], Any] | None = None,
    ) -> None:
        """Have two functions called in each iteration: before the forward pass, and when
        the gradients are ready for the update.  Or an `NCCL`: train with the other processes."""
        if isinstance(on_start, NCCL):
            on_start.join()
            return
        if on_gradients_ready is None:
            raise TypeError("add_callback takes two functions, or an NCCL")
        self._native.add_callback(_Callback(on_start, on_gradients_ready))

    def __repr__(self) -> str:
        return repr(self._native).replace("Solver", type(self).__name__, 1)


def _shared_seed(seed: int | None) -> int | None:
    """Processes that train together share the order of shuffled records: one seed for all."""
    if settings.solver_count() < 2 or not has_nccl():
        return seed
    return _processes().allgather(secrets.randbelow(1 << 31) if seed is None else seed)[0]


class SGDSolver(Solver):
    type = "SGD"

    @property
    def lr(self) -> float:
        """The rate of this iteration, before a layer's lr_mult."""
        return self._native.lr


class NesterovSolver(SGDSolver):
    type = "Nesterov"


class AdaGradSolver(SGDSolver):
    type = "AdaGrad"


class RMSPropSolver(SGDSolver):
    type = "RMSProp"


class AdaDeltaSolver(SGDSolver):
    type = "AdaDelta"


class AdamSolver(SGDSolver):
    type = "Adam"


_CLASSES = (
    SGDSolver,
    NesterovSolver,
    AdaGradSolver,
    RMSPropSolver,
    AdaDeltaSolver,
    AdamSolver,
)


def get_solver(solver_file: PathLike | Any) -> SGDSolver:
    """The solver that a file's `type` asks for."""
    _check_file(solver_file)
    name = read_solver(solver_file).message.type.lower()
    cls = next((c for c in _CLASSES if c.type.lower() == name), _FromFile)
    return cls(solver_file)


class _FromFile(SGDSolver):
    """A type that is registered, but none of Caffe's; or the error that it is unknown."""

    type = ""


class _Callback(Callback[native.Solver]):
    def __init__(self, start: Callable[[], Any], ready: Callable[[], Any]) -> None:
        self._start, self._ready = start, ready

    def on_start(self, solver: native.Solver) -> None:
        self._start()

    def on_gradients_ready(self, solver: native.Solver) -> None:
        self._ready()


class _NonFiniteWarning(Callback[native.Solver]):
    """Says once where a loss became not-a-number or infinite."""

    warned = False

    def on_loss(self, solver: native.Solver, loss: float) -> None:
        if math.isfinite(loss) or self.warned:
            return
        self.warned = True
        found = guard.find_non_finite(solver.net) or guard.NonFinite("the loss")
        where = "" if found.layer is None else f" of layer '{solver.net.layer_names[found.layer]}'"
        log.warning(
            "Iteration %d: %s%s is not finite: lower base_lr or set clip_gradients",
            solver.iter,
            found.what,
            where,
        )


class Timer:
    """A stopwatch: start(), stop(), then `ms`."""

    def __init__(self) -> None:
        self._started: float | None = None
        self._ms = 0.0

    def start(self) -> None:
        """Begin to measure; does nothing while it runs."""
        if self._started is None:
            self._started = time.perf_counter()

    def stop(self) -> None:
        if self._started is not None:
            self._ms = (time.perf_counter() - self._started) * 1000
            self._started = None

    @property
    def ms(self) -> float:
        """Milliseconds from start to stop; stops it if it still runs."""
        self.stop()
        return self._ms


class NCCL:
    """All processes that mpirun started, under the name of what Caffe has for several GPUs.

    Each process builds its solver after `set_solver_count` and `set_solver_rank`, whose values
    are those of MPI; Caffe's python/train.py does that in its `solve`, which each process calls
    with its own rank (`protonet.parallel.launch.launched()`) instead of starting others.

        nccl = caffe.NCCL(solver, caffe.NCCL.new_uid())
        nccl.bcast()
        solver.add_callback(nccl)
        solver.step(solver.param.max_iter)

    All call step, solve, snapshot, restore and the tests alike; the first one writes.  An error in
    one process ends all.
    """

    def __init__(self, solver: Solver, uid: str | bytes) -> None:
        from ..parallel.world import end_with_python

        self._solver, self._world = solver, _processes()
        end_with_python(self._world)

    @staticmethod
    def new_uid() -> bytes:
        """What Caffe's processes find each other by; MPI has its own."""
        _processes()
        return b"MPI"

    def bcast(self) -> None:
        """Give all processes the parameters of the first."""
        self._world.broadcast(self._solver.native.net.arena.data)

    def join(self) -> None:
        """Have the solver average its gradients with the others': `Solver.add_callback`."""
        from ..parallel.workers import MpiWorkers

        self._solver.native.join(MpiWorkers(self._world))

    def __call__(self, layer: int) -> None:
        """For `net.after_backward`: nothing, since gradients leave as soon as they can anyway."""


def has_nccl() -> bool:
    """Whether mpirun started several processes, which `NCCL` then trains with."""
    return launched().size > 1


def _processes() -> World:
    from ..parallel.world import open_world

    if (world := open_world()) is None:
        raise ProtonetError(
            "there is no NCCL: this is one process, and protonet runs on the CPU",
            "start several with mpirun (see 'protonet help mpi'), or ask has_nccl() first",
        )
    return world
