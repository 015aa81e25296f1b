"""Where the nodes of ordered rows stand from left to right: Brandes and Koepf, "Fast and Simple
Horizontal Coordinate Assignment" (2001).

Each node is aligned with a median neighbour, so that long lines are straight; four ways of it
(from above or below, to the left or the right) are balanced.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from .ranks import Rows

#: How far apart the middles of two neighbours of a row must be.
Separation = Callable[[int, int], float]
_FAR = float("inf")


def positions(rows: Rows, separation: Separation) -> dict[int, float]:
    """The middle of each node: of neighbours a, b in a row b stands separation(a, b) right of a,
    or more."""
    marked = _conflicts(rows)
    found = []
    for downwards in (True, False):
        for rightwards in (True, False):
            order = [row if rightwards else row[::-1] for row in rows.rows]
            if not downwards:
                order = order[::-1]
            root, align = _align(order, rows.up if downwards else rows.down, marked)
            apart = separation if rightwards else (lambda a, b: separation(b, a))
            x = _compact(order, root, align, apart)
            found.append(x if rightwards else {node: -place for node, place in x.items()})
    return _balance(found)


def _conflicts(rows: Rows) -> set[frozenset[int]]:
    """Lines that cross one between two bends: these have to stay straight."""
    marked: set[frozenset[int]] = set()
    for above, row in zip(rows.rows, rows.rows[1:]):
        place = {node: i for i, node in enumerate(above)}
        left = done = 0
        for i, node in enumerate(row):
            inner = next((u for u in rows.up[node] if rows.is_bend(node) and rows.is_bend(u)), None)
            if inner is None and i + 1 < len(row):
                continue
            right = len(above) if inner is None else place[inner]
            for other in row[done : i + 1]:
                for u in rows.up[other]:
                    both = rows.is_bend(other) and rows.is_bend(u)
                    if not both and not left <= place[u] <= right:
                        marked.add(frozenset((u, other)))
            done, left = i + 1, right
    return marked


def _align(
    order: Sequence[Sequence[int]],
    neighbours: Sequence[Sequence[int]],
    marked: set[frozenset[int]],
) -> tuple[dict[int, int], dict[int, int]]:
    """Blocks of nodes that stand above each other: the root of each node, and the next one of
    its block."""
    root = {node: node for row in order for node in row}
    align = dict(root)
    for before, row in itertools.pairwise(order):
        place = {node: i for i, node in enumerate(before)}
        last = -1
        for node in row:
            near = sorted(neighbours[node], key=place.__getitem__)
            middle = (len(near) - 1) / 2
            for m in dict.fromkeys((int(middle), int(middle + 0.5))) if near else ():
                upper = near[m]
                if align[node] != node or frozenset((upper, node)) in marked:
                    continue
                if last < place[upper]:
                    align[upper] = node
                    root[node] = root[upper]
                    align[node] = root[node]
                    last = place[upper]
    return root, align


def _compact(
    order: Sequence[Sequence[int]],
    root: Mapping[int, int],
    align: Mapping[int, int],
    apart: Separation,
) -> dict[int, float]:
    """Blocks as far left as they go, then as near to their right neighbours as they go."""
    before: dict[int, list[tuple[int, float]]] = {}  # of a block: blocks left of it, how far
    after: dict[int, list[tuple[int, float]]] = {}
    blocks = dict.fromkeys(root[node] for row in order for node in row)
    for row in order:
        for a, b in itertools.pairwise(row):
            before.setdefault(root[b], []).append((root[a], apart(a, b)))
            after.setdefault(root[a], []).append((root[b], apart(a, b)))
    sequence = _sorted(blocks, before)
    x: dict[int, float] = {}
    for block in sequence:
        x[block] = max((x[a] + gap for a, gap in before.get(block, ())), default=0.0)
    for block in reversed(sequence):
        room = min((x[b] - gap for b, gap in after.get(block, ())), default=_FAR)
        if room != _FAR:
            x[block] = max(x[block], room)
    return {node: x[root[node]] for node in root}


def _sorted(
    blocks: Mapping[int, None], before: Mapping[int, Sequence[tuple[int, float]]]
) -> list[int]:
    """Each block after all those left of it."""
    done: dict[int, None] = {}
    for start in blocks:
        waiting = [start]
        while waiting:
            block = waiting[-1]
            missing = [a for a, _ in before.get(block, ()) if a not in done]
            if missing:
                waiting.extend(missing)
            else:
                done[block] = None
                waiting.pop()
    return [*done]


def _balance(found: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """The mean of the two middle ones of four, each moved to the narrowest of them."""
    if not found[0]:
        return {}
    ends = [(min(x.values()), max(x.values())) for x in found]
    left, right = min(ends, key=lambda end: end[1] - end[0])
    moved = []
    for i, (x, (low, high)) in enumerate(zip(found, ends)):
        shift = left - low if i % 2 == 0 else right - high
        moved.append({node: place + shift for node, place in x.items()})
    balanced = {}
    for node in found[0]:
        places = sorted(x[node] for x in moved)
        balanced[node] = (places[1] + places[2]) / 2
    return balanced
