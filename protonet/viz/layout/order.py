"""The order in the rows of a layered layout, so that few lines cross.

Barycentres, as Sugiyama, Tagawa and Toda have them (1981), then exchanges of neighbours
(Gansner, Koutsofios, North and Vo 1993); crossings are counted as Barth, Mutzel and Juenger do
(2004).
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Sequence

from .ranks import Rows

_SWEEPS = (2, 12)  # the fewest and the most
_LINES = 60_000  # that are looked at in all sweeps together, about


def order_rows(rows: Rows) -> None:
    """Put each row in its order."""
    _first_order(rows)
    best, fewest = [[*row] for row in rows.rows], crossings(rows)
    lines = sum(map(len, rows.down))
    for sweep in range(min(max(_SWEEPS[0], _LINES // max(lines, 1)), _SWEEPS[1])):
        if not fewest:
            break
        _sweep(rows, downwards=sweep % 2 == 0)
        _exchange(rows)
        count = crossings(rows)
        if count < fewest:
            best, fewest = [[*row] for row in rows.rows], count
    rows.rows[:] = best


def _first_order(rows: Rows) -> None:
    """As a walk from the sources meets the nodes: what belongs together is together."""
    seen: set[int] = set()
    met: list[int] = []
    starts = [node for row in rows.rows for node in row if not rows.up[node]]
    for start in starts:
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                met.append(node)
                waiting.extend(reversed(rows.down[node]))
    place = {node: i for i, node in enumerate(met)}
    for row in rows.rows:
        row.sort(key=place.__getitem__)


def _sweep(rows: Rows, downwards: bool) -> None:
    """Sort each row by the mean place of its neighbours in the row before."""
    order = rows.rows if downwards else rows.rows[::-1]
    neighbours = rows.up if downwards else rows.down
    for before, row in itertools.pairwise(order):
        place = {node: i for i, node in enumerate(before)}
        own = {node: i * len(before) / len(row) for i, node in enumerate(row)}
        mean = {
            node: sum(place[n] for n in neighbours[node]) / len(neighbours[node])
            if neighbours[node]
            else own[node]
            for node in row
        }
        row.sort(key=mean.__getitem__)


def _exchange(rows: Rows) -> None:
    """Let neighbours change places where fewer lines cross then."""
    for index, row in enumerate(rows.rows):
        above = _places(rows.rows[index - 1]) if index else {}
        below = _places(rows.rows[index + 1]) if index + 1 < len(rows.rows) else {}
        up = {n: sorted(above[x] for x in rows.up[n]) for n in row}
        down = {n: sorted(below[x] for x in rows.down[n]) for n in row}
        better = True
        while better:
            better = False
            for i in range(len(row) - 1):
                a, b = row[i], row[i + 1]
                now = _crossing(up[a], up[b]) + _crossing(down[a], down[b])
                then = _crossing(up[b], up[a]) + _crossing(down[b], down[a])
                if then < now:
                    row[i], row[i + 1] = b, a
                    better = True


def _places(row: Sequence[int]) -> dict[int, int]:
    return {node: i for i, node in enumerate(row)}


def _crossing(left: Sequence[int], right: Sequence[int]) -> int:
    """How often lines of two neighbours cross, whose other ends are at these places."""
    return sum(len(left) - bisect_right(left, place) for place in right)


def crossings(rows: Rows) -> int:
    """How many pairs of lines cross."""
    total = 0
    for row, below in zip(rows.rows, rows.rows[1:]):
        place = _places(below)
        met: list[int] = []
        for node in row:
            ends = sorted(place[n] for n in rows.down[node])
            total += sum(len(met) - bisect_right(met, end) for end in ends)
            for end in ends:
                insort(met, end)
    return total
