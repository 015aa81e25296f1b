"""Reducing: the mean of the gradients over all processes, on its way while backward still runs.

A way to do it is a generator: it gives requests of MPI, each of which has to be done before the
next is asked for.  Several of one kind go on at once, each step of theirs begun in the same order
by all processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import NDArray

from ..net.net import Net
from .buckets import plan
from .half import half_mean
from .machine import machine_of
from .world import World

#: Bytes of gradients that travel together between machines: large enough for the network's
#: bandwidth, small enough to leave while backward still runs.
BUCKET = 4 << 20


class Reducer:
    """Averages the diff of a net's arena.

    least: bytes of a bucket, which leaves as soon as backward has passed its layers; 0: all of it,
    after backward; None: what is faster.  half: send half precision.
    """

    def __init__(self, world: World, net: Net, least: int | None, half: bool) -> None:
        self._world, self._net = world, net
        self._machine = None if half else machine_of(world, net.arena)
        self._comms = (world.comm.Dup(), world.comm.Dup()) if half else None
        if least is None:
            # Within a machine nothing travels, and who helps has no time to go on with backward.
            least = 0 if self._machine and self._machine.is_alone else BUCKET
        self.buckets, self._early = plan(net, least or max(1, net.arena.diff.nbytes)), least > 0
        self._next = 0
        self._sent: list[_Sent] = []

    @contextmanager
    def during(self) -> Iterator[None]:
        """Within it backward runs for the last time before the update."""
        self._next, self._sent = 0, []
        hooks = self._net.after_backward
        if self._early:
            hooks.append(self._passed)
        try:
            yield
        finally:
            if self._early:
                hooks.remove(self._passed)

    def _passed(self, index: int) -> None:
        """Send what is finished after that layer's backward, and help on what is on its way."""
        while self._next < len(self.buckets) and self.buckets[self._next].ready >= index:
            self._send()
        for sent in self._sent:
            if not sent.advance():
                break  # those behind it come later in any case

    def _send(self) -> None:
        self._sent.append(_Sent(self._way(self.buckets[self._next].part)))
        self._next += 1

    def _way(self, part: slice) -> Iterator[Any]:
        """How a part becomes the mean."""
        values = self._net.arena.diff[part]
        if self._comms is not None:
            return half_mean(self._comms, values)
        if self._machine is not None:
            return self._machine.mean(part)
        return mean(self._world, values)

    def finish(self, *others: Any) -> None:
        """Send the rest, and wait for it and for other requests."""
        while self._next < len(self.buckets):
            self._send()
        for sent in self._sent:
            while sent.request is not None:
                self._world.wait(sent.request)
                sent.advance()
        self._world.wait(*others)
        self._sent = []


class _Sent:
    """A bucket on its way.  request: what it waits for; None once it is there."""

    def __init__(self, way: Iterator[Any]) -> None:
        self._way = way
        self.request = next(way, None)

    def advance(self) -> bool:
        """Do what can be done by now; whether all is."""
        while self.request is not None and self.request.Test():
            self.request = next(self._way, None)
        return self.request is None


def mean(world: World, values: NDArray) -> Iterator[Any]:
    """By MPI's own sum."""
    yield world.comm.Iallreduce(world.MPI.IN_PLACE, values)
    values *= values.dtype.type(1 / world.size)
