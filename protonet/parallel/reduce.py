"""Reducing: the mean of the gradients over all processes, on its way while backward still runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import NDArray

from ..net.net import Net
from .buckets import Bucket, plan
from .half import HalfSum
from .world import World


class Reducer:
    """Averages the diff of a net's arena.

    least: bytes of a bucket; a bucket leaves as soon as backward has passed its layers (0: all of
    it after backward).  half: send half precision.
    """

    def __init__(self, world: World, net: Net, least: int, half: bool) -> None:
        self._world, self._net = world, net
        whole = least or max(1, net.arena.diff.nbytes)
        self.buckets, self._early = plan(net, whole), least > 0
        self._comms = (world.comm.Dup(), world.comm.Dup()) if half else None
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
            self._send(self.buckets[self._next])
        for sent in self._sent:
            if not sent.advance():
                break  # those behind it come later in any case

    def _send(self, bucket: Bucket) -> None:
        values = self._net.arena.diff[bucket.part]
        if self._comms is None:
            self._sent.append(_Sent(self._world, values))
        else:
            self._sent.append(_SentHalf(self._world, values, self._comms))
        self._next += 1

    def finish(self, *others: Any) -> None:
        """Send the rest, and wait for it and for other requests."""
        while self._next < len(self.buckets):
            self._send(self.buckets[self._next])
        for sent in self._sent:
            sent.finish()
        self._world.wait(*others)
        self._sent = []


class _Sent:
    """A bucket on its way."""

    def __init__(self, world: World, values: NDArray) -> None:
        self._world, self._values = world, values
        self._request = world.comm.Iallreduce(world.MPI.IN_PLACE, values)

    def advance(self) -> bool:
        """Do what can be done by now; whether all is."""
        return bool(self._request.Test())

    def finish(self) -> None:
        self._world.wait(self._request)
        self._values *= self._values.dtype.type(1 / self._world.size)


class _SentHalf(_Sent):
    def __init__(self, world: World, values: NDArray, comms: tuple[Any, Any]) -> None:
        self._world, self._sum = world, HalfSum(comms, values)
        self._request, self._answered = self._sum.first(), False

    def advance(self) -> bool:
        if self._request.Test() and not self._answered:
            self._request, self._answered = self._sum.second(), True
        return self._answered and bool(self._request.Test())

    def finish(self) -> None:
        if not self._answered:
            self._world.wait(self._request)
            self._request, self._answered = self._sum.second(), True
        self._world.wait(self._request)
        self._sum.finish()
