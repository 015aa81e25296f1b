"""Machine: gradients in memory that all processes of a machine see.

Each process sums one part of everybody's gradients, in the order of ranks, and writes the mean to
all: every value is read once and written once, and no message carries it.  Of several machines,
the processes that have the same part sum what their machines have summed.

The memory is a file without a name (Linux' memfd), which goes with the last process that has it.
MPI's own windows stay until the end of the process, and Open MPI's can be no larger than /dev/shm,
which containers keep small.
"""

from __future__ import annotations

import mmap
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..core.arena import Arena
from ..kernels.threads import for_chunks
from .world import World

#: Values that are summed at once: those of a few processes fit a core's cache.
_CHUNK = 1 << 16


class Machine:
    """The processes of this machine, whose diffs are in one memory: see `machine_of`.

    diffs: theirs, by rank.
    """

    def __init__(self, world: World, diffs: list[NDArray]) -> None:
        self._world, self._diffs = world, diffs
        self._begun, self._across, self._done = _comms(world)

    @property
    def is_alone(self) -> bool:
        """Are there no processes on others?"""
        return bool(self._across.size == 1)

    def mean(self, part: slice) -> Iterator[Any]:
        """Replaces a part of all diffs by its mean over all processes.

        Gives requests, of which each has to be done before the next is asked for.
        """
        yield self._begun.Ibarrier()
        bounds = np.linspace(part.start, part.stop, len(self._diffs) + 1).astype(int)
        start, stop = map(int, bounds[self._begun.rank :][:2])
        mine = [diff[start:stop] for diff in self._diffs]
        if self.is_alone:
            self._each(mine, add=True, spread=True)
        else:
            self._each(mine, add=True)
            yield self._across.Iallreduce(self._world.MPI.IN_PLACE, mine[0])
            self._each(mine, spread=True)
        yield self._done.Ibarrier()

    def _each(self, diffs: list[NDArray], add: bool = False, spread: bool = False) -> None:
        """Add all diffs up in the first one; give all the mean."""
        scale = diffs[0].dtype.type(1 / self._world.size)

        def piece(start: int, stop: int) -> None:
            first, *others = (diff[start:stop] for diff in diffs)
            with np.errstate(all="ignore"):  # what is not finite is the NaN guard's business
                for other in others if add else ():
                    first += other
                if spread:
                    first *= scale
            for other in others if spread else ():
                other[...] = first

        for_chunks(len(diffs[0]), _CHUNK, piece)


def machine_of(world: World, arena: Arena) -> Machine | None:
    """Moves the diff of an arena into memory that the other processes of the machine see, too.

    All processes of the world call it.  None, and nothing has moved, if that cannot be: each
    machine has one process only, or not all have as many; the system has no such memory, or not
    enough of it.
    """
    counts = Counter((peer.host, peer.space) for peer in world.peers)
    if set(counts.values()) == {1} or len(set(counts.values())) > 1 or not arena.diff.size:
        return None
    file = _made(arena.diff.nbytes)
    files = world.allgather(file)
    ranks = _ranks(world)
    seen = [_seen(world.peers[rank].pid, files[rank], arena.diff.dtype) for rank in ranks]
    diffs = [diff for diff in seen if diff is not None]
    all_seen = all(world.allgather(len(diffs) == len(ranks)))
    if file is not None:
        os.close(file)  # the memory stays as long as somebody sees it
    if not all_seen:
        return None
    arena.move_diff(diffs[ranks.index(world.rank)])
    return Machine(world, diffs)


def _ranks(world: World) -> list[int]:
    """Those of the processes of this machine."""
    return [r for r, peer in enumerate(world.peers) if peer.beside(world.peers[world.rank])]


@cache
def _comms(world: World) -> tuple[Any, Any, Any]:
    """For the processes of the machine, for those of the same place on others, for the first again:
    one for each step, since steps of several parts may overlap."""
    ranks = _ranks(world)
    world.barrier()  # what follows would wait without end for one that is lost
    machine = world.comm.Split(ranks[0], world.rank)
    across = world.comm.Split(ranks.index(world.rank), world.rank)
    return machine, across, machine.Dup()


def _made(size: int) -> int | None:
    """A file of so many bytes that is in memory only; None if there is none to be had."""
    try:
        file = os.memfd_create("protonet")
    except (OSError, AttributeError):  # another system
        return None
    try:
        os.posix_fallocate(file, 0, size)
    except OSError:
        os.close(file)
        return None
    return file


def _seen(process: int, file: int | None, dtype: DTypeLike) -> NDArray | None:
    """The array in a process' file; None if it may not be looked at."""
    try:
        own = os.open(f"/proc/{process}/fd/{file}", os.O_RDWR)
    except OSError:
        return None
    try:
        return np.frombuffer(mmap.mmap(own, 0), dtype)
    except OSError:
        return None
    finally:
        os.close(own)
