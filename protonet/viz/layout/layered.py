"""Boxes in rows from top to bottom, with lines between them that touch no other box."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .order import order_rows
from .position import positions
from .ranks import Edge, Rows, make_rows

Point = tuple[float, float]

_BETWEEN = 16.0  # pixels from a box to the next one of its row
_BEND = 12.0  # from a line to what stands beside it
_DROP = (16.0, 44.0)  # the least and the most from a row to the next one
_SLOPE = 0.06  # of a line that goes far to the side, at the least
_KINK = 4.0  # less than _BEND: nothing touches what moves by so little
_PORT = 10.0  # between the ends of two lines at one box, and from its corner


@dataclass(frozen=True)
class Size:
    """What a node takes to the left and right of its middle line, and from top to bottom."""

    left: float
    right: float
    height: float


@dataclass(frozen=True)
class Box:
    """A placed node: left, top, width and height in pixels; y grows downwards.  middle: where
    its lines are best attached."""

    x: float
    y: float
    width: float
    height: float
    middle: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Layout:
    """boxes: of each node.  lines: of each edge, from the source's bottom to the target's top;
    between two points of one x it is straight, else a curve that leaves and arrives vertically.
    """

    boxes: list[Box]
    lines: dict[Edge, list[Point]]
    width: float
    height: float


def arrange(sizes: Sequence[Size], edges: Sequence[Edge], narrow: Sequence[bool] = ()) -> Layout:
    """Place nodes 0 to len(sizes) - 1.  An edge goes from a smaller number to a larger one.
    narrow: of a node, whether its lines all end at its middle.  Time is about that of sorting,
    some times over."""
    edges = list(dict.fromkeys(edges))
    rows = make_rows(len(sizes), edges)
    order_rows(rows)
    extents = [*sizes, *[Size(0, 0, 0)] * (len(rows.row_of) - len(sizes))]

    def separation(a: int, b: int) -> float:
        bends = rows.is_bend(a) + rows.is_bend(b)
        return extents[a].right + extents[b].left + (_BEND if bends else _BETWEEN)

    middle = positions(rows, separation)
    is_narrow = [*narrow] or [False] * len(sizes)
    _straighten(rows, middle, edges, is_narrow)
    start = min((middle[n] - extents[n].left for n in middle), default=0.0)
    middle = {node: x - start for node, x in middle.items()}
    tops, bottoms = _heights(rows, extents, middle)
    boxes = [
        _placed(size, middle[node], tops[rows.row_of[node]], bottoms[rows.row_of[node]])
        for node, size in enumerate(sizes)
    ]
    ends = _ports(rows, boxes, middle, edges, is_narrow)
    lines = {
        edge: _line(rows.path[edge], ends[edge], boxes, middle, tops, bottoms, rows)
        for edge in edges
    }
    width = max((middle[n] + extents[n].right for n in middle), default=0.0)
    return Layout(boxes, lines, width, bottoms[-1] if bottoms else 0.0)


def _straighten(
    rows: Rows, middle: dict[int, float], edges: Sequence[Edge], narrow: Sequence[bool]
) -> None:
    """Take out kinks of a few pixels."""
    for edge in edges:
        path = rows.path[edge]
        for before, node in itertools.pairwise(path):
            thin = rows.is_bend(node) or (narrow[node] and len(rows.up[node]) == 1)
            if thin and abs(middle[node] - middle[before]) <= _KINK:
                middle[node] = middle[before]


def _placed(size: Size, middle: float, top: float, bottom: float) -> Box:
    y = top + (bottom - top - size.height) / 2
    return Box(middle - size.left, y, size.left + size.right, size.height, middle)


def _heights(
    rows: Rows, extents: Sequence[Size], middle: Mapping[int, float]
) -> tuple[list[float], list[float]]:
    """Top and bottom of each row; lines that go far to the side get more room below it."""
    tops: list[float] = []
    bottoms: list[float] = []
    y = 0.0
    for row in rows.rows:
        tops.append(y)
        bottoms.append(y + max((extents[node].height for node in row), default=0.0))
        aside = (abs(middle[a] - middle[b]) for a in row for b in rows.down[a])
        y = bottoms[-1] + min(max(_DROP[0], _SLOPE * max(aside, default=0.0)), _DROP[1])
    return tops, bottoms


def _ports(
    rows: Rows,
    boxes: Sequence[Box],
    middle: Mapping[int, float],
    edges: Sequence[Edge],
    narrow: Sequence[bool],
) -> dict[Edge, tuple[float, float]]:
    """Where each line leaves and arrives."""
    leaving: dict[int, list[Edge]] = {}
    arriving: dict[int, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge[0], []).append(edge)
        arriving.setdefault(edge[1], []).append(edge)
    start: dict[Edge, float] = {}
    stop: dict[Edge, float] = {}
    for node, out in leaving.items():
        wanted = {edge: middle[rows.path[edge][1]] for edge in out}
        start.update(_spread(boxes[node], wanted, narrow[node]))
    for node, out in arriving.items():
        wanted = {edge: middle[rows.path[edge][-2]] for edge in out}
        stop.update(_spread(boxes[node], wanted, narrow[node]))
    return {edge: (start[edge], stop[edge]) for edge in edges}


def _spread(box: Box, wanted: Mapping[Edge, float], narrow: bool) -> dict[Edge, float]:
    """Ends of lines along a side of a box, each as near to where it is wanted as the others let
    it be; the only one is at the middle."""
    if narrow or len(wanted) == 1:
        return dict.fromkeys(wanted, box.middle)
    edges = sorted(wanted, key=lambda edge: wanted[edge])
    apart = min(_PORT, (box.width - 8) / len(edges))
    low = box.x + apart / 2 + 2
    high = box.right - apart / 2 - 2
    places: list[float] = []
    for i, edge in enumerate(edges):
        least = places[-1] + apart if places else low
        most = high - apart * (len(edges) - 1 - i)
        places.append(max(min(wanted[edge], most), least))
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - apart)
    return dict(zip(edges, places))


def _line(
    path: Sequence[int],
    ends: tuple[float, float],
    boxes: Sequence[Box],
    middle: Mapping[int, float],
    tops: Sequence[float],
    bottoms: Sequence[float],
    rows: Rows,
) -> list[Point]:
    """The points of an edge: it goes to the side only between two rows."""
    first, last = rows.row_of[path[0]], rows.row_of[path[-1]]
    points = [(ends[0], boxes[path[0]].bottom), (ends[0], bottoms[first])]
    for bend in path[1:-1]:
        row = rows.row_of[bend]
        points += [(middle[bend], tops[row]), (middle[bend], bottoms[row])]
    points += [(ends[1], tops[last]), (ends[1], boxes[path[-1]].y)]
    return _without_repeats(points)


def _without_repeats(points: Sequence[Point]) -> list[Point]:
    """Fewer points for the same line."""
    kept = [points[0]]
    for i, point in enumerate(points[1:], 1):
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) < 1e-6:
            continue
        after = points[i + 1] if i + 1 < len(points) else None
        if after and kept[-1][0] == point[0] == after[0]:
            continue
        kept.append(point)
    return kept
