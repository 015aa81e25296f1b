"""Blocks of a net: by the names of their layers, and where names do not tell by structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .groups import Group, find_groups

#: Of one blob: the position of the layer that makes it, and of those that read it.
Link = tuple[int, Sequence[int]]
_LEAST = 3  # boxes of a block
_MOST = 0.5  # of all boxes of a net: more is not a part of it


def find_blocks(names: Sequence[str], hosts: Sequence[int], links: Sequence[Link]) -> list[Group]:
    """The blocks among layers 0 to len(names) - 1, in order; none overlaps another.

    hosts: of each layer, the first one of its box; a block takes boxes as a whole.  By structure
    a block is what lies between two places that a single blob passes, with branches in between:
    blobs of layers that read nothing (data, labels) do not count.
    """
    named = [_whole(group, hosts) for group in find_groups(names) if group.name]
    taken = [False] * (len(names) + 1)
    for group in named:
        taken[group.start : group.stop] = [True] * (group.stop - group.start)
    boxes = len(set(hosts))
    found = [
        block
        for block in _branching(hosts, links)
        if not any(taken[block.start : block.stop])
        and len(set(hosts[block.start : block.stop])) <= _MOST * boxes
    ]
    titled = [Group(_title(names, block), block.start, block.stop) for block in found]
    return sorted([*named, *titled], key=lambda group: group.start)


def _whole(group: Group, hosts: Sequence[int]) -> Group:
    """The block with what is folded into its last box."""
    stop = group.stop
    while stop < len(hosts) and group.start <= hosts[stop] < group.stop:
        stop += 1
    return Group(group.name, group.start, stop)


def _branching(hosts: Sequence[int], links: Sequence[Link]) -> Iterator[Group]:
    """Stretches without a place inside that only one blob passes."""
    count = len(hosts)
    reads = {target for _, targets in links for target in targets}
    passing = [0] * (count + 1)  # blobs that are made before a position and read at it or later
    for source, targets in links:
        last = max((hosts[target] for target in targets), default=0)
        if source in reads and last > hosts[source]:
            passing[hosts[source] + 1] += 1
            passing[last + 1] -= 1
    start = alive = 0
    for position in range(count + 1):
        alive += passing[position]
        inside = position < count and hosts[position] != position
        if inside or (alive > 1 and position < count):
            continue
        if len(set(hosts[start:position])) >= _LEAST:
            yield Group("", start, position)
        start = position


def _title(names: Sequence[str], block: Group) -> str:
    return f"{names[block.start]} … {names[block.stop - 1]}"
