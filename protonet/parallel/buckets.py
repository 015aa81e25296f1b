"""Buckets: which gradients travel together, and when they can leave.

The arena is in the order of the layers, and backward goes through them from the last to the
first: what is finished is a suffix of it.
"""

from __future__ import annotations

from typing import NamedTuple

from ..net.net import Net


class Bucket(NamedTuple):
    """A part of the flat diff.  ready: the layer after whose backward pass it is finished."""

    part: slice
    ready: int


def plan(net: Net, least: int) -> list[Bucket]:
    """Neighbours put together until a bucket has `least` bytes; in the order in which they are
    finished, which is that of all processes.

    A parameter that layers share is finished after the first of them, where backward comes last.
    What is not learnt (lr_mult 0) has no gradient, and does not travel.
    """
    last_user = _last_users(net)
    buckets: list[Bucket] = []
    size = net.arena.diff.itemsize
    for part, ready, rate in reversed([*zip(net.arena.slices, last_user, net.params_lr)]):
        if rate == 0 or part.start == part.stop:
            continue
        last = buckets[-1] if buckets else None
        if last and last.part.start == part.stop and _bytes(last.part, size) < least:
            joined = slice(part.start, last.part.stop)
            buckets[-1] = Bucket(joined, min(ready, last.ready))
        else:
            buckets.append(Bucket(part, min(ready, last.ready) if last else ready))
    return buckets


def _bytes(part: slice, size: int) -> int:
    return (part.stop - part.start) * size


def _last_users(net: Net) -> list[int]:
    """For each learnable parameter the first layer that has it."""
    where = {id(blob.diff_memory): i for i, blob in reversed([*enumerate(net.learnable_params)])}
    found = [len(net.steps)] * len(where)
    for step in net.steps:
        for blob in step.layer.blobs:
            if (i := where.get(id(blob.diff_memory))) is not None:
                found[i] = min(found[i], step.index)
    return found
