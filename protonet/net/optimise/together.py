"""Passes of an optimised net that several processes run together: see kernels/team.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob, Memory
from ...kernels import convolution, scratch
from ...kernels.team import Team, is_shared, shared_zeros
from ...layers.concat import Concat
from ...layers.eltwise import Eltwise
from ...layers.lrn import LRN
from ...layers.pooling import Pooling
from ..executor import Hook
from ..step import Step
from .fused import Fused
from .join import Rest
from .memory import Lent, Pool

#: Passes on the same arrays before processes are made for them.
PASSES = 4
#: Multiply-adds that are shared in a pass from which it pays.  A process that waits for the others
#: slows down its neighbour, where both are threads of one core.
WORK = 1 << 26
#: Layers without parameters whose forward does nothing but `threads.run`.
SHARED = (Concat, Eltwise, LRN, Pooling, Rest)

#: What one step does in a process of a team.
Turn = Callable[[Team], None]


class Together:
    """Has `size` processes run a net's steps, as soon as some passes were on the same arrays.

    It gives the blobs memory that processes share.  The processes are made anew after shapes or
    arrays have changed, and after `part`: for weights that are others now.
    """

    def __init__(self, steps: Sequence[Step], layers: int, pool: Pool, size: int) -> None:
        self._steps = [step for step in steps if not step.idle]
        self._layers, self._size = layers, size
        _share(self._steps, pool)
        self._scratch = scratch.Memory(shared_zeros)
        self._team: Team | None = None
        self._program = _Program(layers, [], [])
        self._passes, self._seen = 0, _Seen([])

    def forward(
        self, alone: Callable[[], float], before: Sequence[Hook], after: Sequence[Hook]
    ) -> float:
        """One pass with hooks, and its loss; `alone` is how this process does it by itself."""
        own = scratch.memory()
        scratch.adopt(self._scratch)
        try:
            team = self._present()
            if team is None:
                return alone()
            with self._program.watched(before, after):
                team.run()
        finally:
            scratch.adopt(own)
        loss = 0.0
        for step in self._steps:
            loss = step.add_losses(loss)
        return loss

    def part(self) -> None:
        """End the other processes."""
        self._passes = 0
        if self._team is not None:
            self._team.close()
            self._team = None

    def _present(self) -> Team | None:
        """The team for the present arrays; None before it is time for one."""
        ended = self._team is not None and not self._team.alive
        if ended or not self._seen.still():
            self.part()
            self._seen = _Seen([blob for step in self._steps for blob in [*step.bottom, *step.top]])
        self._passes += 1
        if self._team is None and self._passes > PASSES and self._size > 1:
            turns = self._turns()
            if any(turns) and _work(self._steps) >= WORK:
                self._program = _Program(self._layers, self._steps, turns)
                try:
                    self._team = Team(self._size, self._program)
                except OSError:  # no more processes to be had: this one does it
                    self._size = 1
        return self._team

    def _turns(self) -> list[Turn | None]:
        """What each step does where all take part in it; None where they cannot."""
        turns: list[Turn | None] = []
        fixed = True
        for step in self._steps:
            # What follows a layer that shapes its tops in each pass may become another.
            fixed = fixed and not step.layer.reshape_always and not step.empty
            seen = all(is_shared(_values(blob).flat) for blob in [*step.bottom, *step.top])
            turns.append(_turn(step) if fixed and seen else None)
        return turns


class _Seen:
    """Arrays and shapes of blobs at one time."""

    def __init__(self, blobs: Sequence[Blob]) -> None:
        self._blobs = [
            (blob, blob.data_memory, blob.data_memory.flat, blob.shape) for blob in blobs
        ]

    def still(self) -> bool:
        """Are they the same now?"""
        return bool(self._blobs) and all(
            blob.data_memory is memory and memory.flat is flat and blob.shape == shape
            for blob, memory, flat, shape in self._blobs
        )


class _Program:
    """A pass, as each process of a team runs it: the turns of steps, by the positions of layers."""

    def __init__(self, layers: int, steps: Sequence[Step], turns: Sequence[Turn | None]) -> None:
        self._turns = [turn or partial(_alone, step) for step, turn in zip(steps, turns)]
        self._at = {step.index: turn for step, turn in zip(steps, self._turns)}
        self._layers = layers
        self._before: Sequence[Hook] = ()
        self._after: Sequence[Hook] = ()
        self._watched = shared_zeros(1, np.bool_)

    @contextmanager
    def watched(self, before: Sequence[Hook], after: Sequence[Hook]) -> Iterator[None]:
        """Call hooks in this process: then each layer is done before the next begins."""
        self._watched[0] = bool(before or after)
        self._before, self._after = before, after
        try:
            yield
        finally:
            self._before, self._after = (), ()

    def __call__(self, team: Team) -> None:
        if not self._watched[0]:
            for turn in self._turns:
                turn(team)
            return
        for i in range(self._layers):
            for hook in self._before:
                hook(i)
            if i in self._at:
                self._at[i](team)
                team.meet()
            for hook in self._after:
                hook(i)


def _work(steps: Sequence[Step]) -> int:
    """Multiply-adds of the products that can be shared."""
    stages = [s for step in steps if isinstance(step.layer, Fused) for s in step.layer.bound]
    return sum(work for tasks, work, _ in stages if len(tasks) > 1)


def _turn(step: Step) -> Turn | None:
    """What a step does where all processes take part in it; None if they cannot."""
    layer = step.layer
    if isinstance(layer, Fused):
        stages = layer.bound
        return lambda team: convolution.run(stages)
    if type(layer) in SHARED:
        return lambda team: layer.forward(step.bottom, step.top)
    return None


def _alone(step: Step, team: Team) -> None:
    """The step in the first process, with its threads."""
    team.alone(step.forward)


def _values(blob: Blob) -> Memory:
    """Where its values are while the net runs."""
    memory = blob.data_memory
    return memory.slot if isinstance(memory, Lent) and memory.slot is not None else memory


def _share(steps: Sequence[Step], pool: Pool) -> None:
    """Let what lies between the steps be memory that processes share.

    Not parameters: they belong to others too.
    """
    owned = {id(blob.data_memory) for step in steps for blob in step.layer.blobs}
    found = {id(slot): slot for slot in pool.slots}
    for step in steps:
        for blob in [*step.bottom, *step.top]:
            memory = _values(blob)
            if not (
                isinstance(memory, Lent) or id(memory) in owned or memory.placed or memory.first
            ):
                found[id(memory)] = memory
    for memory in found.values():
        memory.zeros = shared_zeros
        if memory.flat.size:
            values: NDArray = shared_zeros(memory.flat.size, memory.dtype)
            values[:] = memory.flat
            memory.flat = values
