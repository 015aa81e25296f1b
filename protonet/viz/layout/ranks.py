"""The rows of a layered layout: which row a node stands in, and what long edges pass through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Edge = tuple[int, int]


@dataclass
class Rows:
    """Nodes by row, from top to bottom.  Numbers from `real` on are bends: places in a row that
    an edge passes through.  up, down: of a node, its neighbours one row above and below.
    path: of an edge, all nodes from its source to its target."""

    real: int
    row_of: list[int]
    rows: list[list[int]]
    up: list[list[int]] = field(default_factory=list)
    down: list[list[int]] = field(default_factory=list)
    path: dict[Edge, list[int]] = field(default_factory=dict)

    def is_bend(self, node: int) -> bool:
        return node >= self.real


def rank(count: int, edges: Sequence[Edge]) -> list[int]:
    """The row of each node 0 to count - 1: below all that it comes from, with short edges.

    An edge goes from a smaller number to a larger one: there are no cycles.
    """
    sources: list[list[int]] = [[] for _ in range(count)]
    targets: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        sources[b].append(a)
        targets[a].append(b)
    rows = [0] * count
    for node in range(count):
        rows[node] = max((rows[a] + 1 for a in sources[node]), default=0)
    # What has more readers than sources stands right above the first reader.
    for node in reversed(range(count)):
        if len(targets[node]) > len(sources[node]):
            rows[node] = max(rows[node], min(rows[b] for b in targets[node]) - 1)
    return rows


def make_rows(count: int, edges: Sequence[Edge]) -> Rows:
    """Nodes in their rows, with a bend in every row that an edge passes.  The edges of one
    source go together as far as they can."""
    row_of = rank(count, edges)
    found = Rows(count, row_of, [[] for _ in range(max(row_of, default=-1) + 1)])
    for node in range(count):
        found.rows[row_of[node]].append(node)
    found.up = [[] for _ in range(count)]
    found.down = [[] for _ in range(count)]
    trunks: dict[tuple[int, int], int] = {}  # (source, row) -> the bend there
    for a, b in edges:
        path = [a]
        for row in range(row_of[a] + 1, row_of[b]):
            if (a, row) not in trunks:
                bend = trunks[a, row] = len(row_of)
                row_of.append(row)
                found.rows[row].append(bend)
                found.up.append([path[-1]])
                found.down.append([])
                found.down[path[-1]].append(bend)
            path.append(trunks[a, row])
        found.path[a, b] = [*path, b]
        found.down[path[-1]].append(b)
        found.up[b].append(path[-1])
    return found
