"""Machine: sums of processes of one machine, through memory that all of them see.

Values go through it in tiles that fit the cache.  Of a tile each process lays down the parts that
others sum up, sums up its own part of all, in the order of ranks, and takes the means of the other
parts: so each value comes from memory once and goes there once, and no message carries it.

The memory is a file without a name (Linux' memfd), which goes with the last process that has it.
MPI's windows would be in /dev/shm, which containers keep small.  The gradients themselves stay
where they are: shared memory has small pages, and backward and update are slower on them.
"""

from __future__ import annotations

import mmap
import os
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..kernels.threads import for_chunks, num_threads
from .world import World

#: Bytes of a tile for each thread, and values of a thread's piece of it.
_TILE, _PIECE = 1 << 20, 1 << 16


class Machine:
    """All processes of a world, which are on this machine: see `machine_of`.

    stages: by rank, the memory that each lays down tiles in; each has room for two, so that the
    next tile need not wait until all have taken the last.
    """

    def __init__(self, world: World, stages: list[NDArray[np.uint8]]) -> None:
        self._world, self._stages = world, [stage.reshape(2, -1) for stage in stages]
        self._tile = 0  # of all that went through

    def mean(self, values: NDArray) -> None:
        """Replace a flat array by its mean over all processes."""
        length = self._stages[0].shape[1] // values.itemsize
        for start in range(0, len(values), length):
            tile = values[start : start + length]
            self._tile = 1 - self._tile
            stages = [stage[self._tile, : tile.nbytes].view(tile.dtype) for stage in self._stages]
            self._mean(tile, stages)

    def _mean(self, tile: NDArray, stages: list[NDArray]) -> None:
        rank, size = self._world.rank, self._world.size
        bounds = np.linspace(0, len(tile), size + 1).astype(int).tolist()
        parts = [slice(start, stop) for start, stop in pairwise(bounds)]
        own, others = parts[rank], [r for r in range(size) if r != rank]
        for other in others:
            _copy(tile[parts[other]], stages[rank][parts[other]])
        self._world.barrier()
        gathered = [(tile if r == rank else stage)[own] for r, stage in enumerate(stages)]
        _mean(gathered, stages[rank][own], tile[own])
        self._world.barrier()
        for other in others:
            _copy(stages[other][parts[other]], tile[parts[other]])


def _copy(values: NDArray, out: NDArray) -> None:
    for_chunks(len(out), _PIECE, lambda start, stop: np.copyto(out[start:stop], values[start:stop]))


def _mean(arrays: list[NDArray], out: NDArray, again: NDArray) -> None:
    """The mean of two or more arrays, once and again; one of them may be `again`."""
    scale = out.dtype.type(1 / len(arrays))

    def piece(start: int, stop: int) -> None:
        first, second, *rest = (array[start:stop] for array in arrays)
        total = out[start:stop]
        with np.errstate(all="ignore"):  # what is not finite is the NaN guard's business
            np.add(first, second, out=total)
            for array in rest:
                total += array
            total *= scale
        again[start:stop] = total

    for_chunks(len(out), _PIECE, piece)


@cache
def machine_of(world: World) -> Machine | None:
    """None if some of the world's processes are on another machine, or the system does not let
    them share memory."""
    me = world.peers[world.rank]
    if not all(peer.beside(me) for peer in world.peers):
        return None
    file = _made(2 * _TILE * max(world.allgather(num_threads())))
    files = world.allgather(file)
    seen = [_seen(peer.pid, file) for peer, file in zip(world.peers, files)]
    stages = [stage for stage in seen if stage is not None]
    all_seen = all(world.allgather(len(stages) == world.size))
    if file is not None:
        os.close(file)  # the memory stays as long as somebody sees it
    return Machine(world, stages) if all_seen else None


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


def _seen(process: int, file: int | None) -> NDArray[np.uint8] | None:
    """What is in a process' file; None if it may not be looked at."""
    try:
        own = os.open(f"/proc/{process}/fd/{file}", os.O_RDWR)
    except OSError:
        return None
    try:
        return np.frombuffer(mmap.mmap(own, 0), np.uint8)
    except OSError:
        return None
    finally:
        os.close(own)
