"""A graph of layers and blobs, as DOT text or placed in columns and drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

_FONT = 11  # pixels
_CHAR, _LINE = 6.6, 15  # width of a letter, height of a line
_GAP = (46, 18)  # between columns, between the nodes of one


@dataclass(frozen=True)
class Node:
    """name: unique.  label: lines, separated by the two characters \\n.  style: of Graphviz."""

    name: str
    label: str
    style: Mapping[str, str]

    @property
    def lines(self) -> list[str]:
        return self.label.split(r"\n")

    @property
    def size(self) -> tuple[int, int]:
        return round(max(map(len, self.lines)) * _CHAR) + 14, len(self.lines) * _LINE + 10


@dataclass
class Graph:
    """Nodes by name, in order of the net; edges as (source, target, label)."""

    name: str
    rankdir: str = "LR"
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, node: Node) -> str:
        return self.nodes.setdefault(node.name, node).name

    def join(self, source: str, target: str, label: str) -> None:
        self.edges.append((source, target, label))


def to_dot(graph: Graph) -> str:
    """The text that Graphviz reads."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', r"\"") + '"'

    def attributes(values: Mapping[str, str]) -> str:
        return ", ".join(f"{key}={quoted(value)}" for key, value in values.items())

    lines = [f"digraph {quoted(graph.name)} {{", f"  rankdir={graph.rankdir};"]
    for node in graph.nodes.values():
        lines.append(f"  {quoted(node.name)} [{attributes({'label': node.label, **node.style})}];")
    for source, target, label in graph.edges:
        lines.append(f"  {quoted(source)} -> {quoted(target)} [label={quoted(label)}];")
    return "\n".join([*lines, "}", ""])


# -- placing -------------------------------------------------------------------------------


class Box(NamedTuple):
    """A placed node: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


def place(graph: Graph) -> dict[str, Box]:
    """Nodes in columns from left to right (in rows, from top to bottom: TB), each right of
    all it comes from and, if there is room, at their height."""
    columns, before = _columns(graph)
    upright = graph.rankdir in ("TB", "BT")
    sizes = {n: x.size[::-1] if upright else x.size for n, x in graph.nodes.items()}
    boxes: dict[str, Box] = {}
    x = 0.0
    for names in columns:
        wanted = {
            name: _mean([boxes[b].centre[1] for b in before[name] if b in boxes]) for name in names
        }
        width, bottom = max(sizes[name][0] for name in names), 0.0
        for name in sorted(names, key=lambda name: wanted[name]):
            height = sizes[name][1]
            y = max(bottom, wanted[name] - height / 2)
            boxes[name] = Box(x + (width - sizes[name][0]) / 2, y, sizes[name][0], height)
            bottom = y + height + _GAP[1]
        x += width + _GAP[0]
    return {name: _turned(box, graph.rankdir, x) for name, box in boxes.items()}


def _columns(graph: Graph) -> tuple[list[list[str]], dict[str, list[str]]]:
    """Names by column, and for each node what it comes from."""
    rank = dict.fromkeys(graph.nodes, 0)
    before: dict[str, list[str]] = {name: [] for name in graph.nodes}
    at: dict[str, int] = {}  # where the newest version of a blob stands: in place moves it on
    for source, target, _ in graph.edges:
        if target in before[source]:
            at[target] = rank[source]  # back into the blob it came from
            continue
        before[target].append(source)
        rank[target] = max(rank[target], at.get(source, rank[source]) + 1)
    columns: list[list[str]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for name, column in rank.items():
        columns[column].append(name)
    return [names for names in columns if names], before


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _turned(box: Box, rankdir: str, total: float) -> Box:
    x = total - _GAP[0] - box.x - box.width if rankdir in ("RL", "BT") else box.x
    if rankdir in ("TB", "BT"):
        return Box(box.y, x, box.height, box.width)
    return Box(x, box.y, box.width, box.height)


def _ends(a: Box, b: Box, rankdir: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an edge leaves one box and enters the other: at the sides that face each other."""
    upright = rankdir in ("TB", "BT")
    forward = a.centre[upright] < b.centre[upright]

    def side(box: Box, far: bool) -> tuple[float, float]:
        if upright:
            return box.centre[0], box.y + box.height * far
        return box.x + box.width * far, box.centre[1]

    return side(a, forward), side(b, not forward)


# -- drawing -------------------------------------------------------------------------------


def to_svg(graph: Graph) -> str:
    """A picture of its own, without Graphviz."""
    boxes = place(graph)
    width = max((box.x + box.width for box in boxes.values()), default=0) + 20
    height = max((box.y + box.height for box in boxes.values()), default=0) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="-10 -10 {width:.0f} {height:.0f}" font-family="sans-serif" '
        f'font-size="{_FONT}" text-anchor="middle">',
        f"<title>{escape(graph.name)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ]
    for source, target, label in graph.edges:
        (x0, y0), (x1, y1) = _ends(boxes[source], boxes[target], graph.rankdir)
        parts.append(
            f'<path d="M{x0:.0f} {y0:.0f}L{x1:.0f} {y1:.0f}" stroke="#444" marker-end="url(#tip)"/>'
        )
        if label:
            parts.append(_text((x0 + x1) / 2, (y0 + y1) / 2 - 3, label))
    for name, node in graph.nodes.items():
        box = boxes[name]
        corner = 10 if node.style["shape"] == "octagon" else 0
        parts.append(
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
            f'height="{box.height:.0f}" rx="{corner}" fill="{node.style["fillcolor"]}" '
            'stroke="#444"/>'
        )
        for i, line in enumerate(node.lines):
            parts.append(_text(box.centre[0], box.y + 16 + i * _LINE, line))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'


def to_image(graph: Graph, ext: str) -> bytes:
    """The same picture by Matplotlib, in any of its formats."""
    from matplotlib.figure import Figure

    boxes = place(graph)
    width = max((box.x + box.width for box in boxes.values()), default=0) + 20
    height = max((box.y + box.height for box in boxes.values()), default=0) + 20
    dpi = min(100.0, 100 * 60000 / max(width, height))  # an image has 65535 pixels at most
    figure = Figure(figsize=(width / 100, height / 100), dpi=dpi)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-10, width - 10), ylim=(height - 10, -10))
    axes.set_axis_off()
    for source, target, label in graph.edges:
        start, end = _ends(boxes[source], boxes[target], graph.rankdir)
        axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "#444444"})
        if label:
            x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            axes.text(x, y, label, size=_FONT * 0.72, ha="center", va="bottom")
    for name, node in graph.nodes.items():
        style = {
            "boxstyle": "round" if node.style["shape"] == "octagon" else "square",
            "facecolor": node.style["fillcolor"],
            "edgecolor": "#444444",
        }
        axes.text(
            *boxes[name].centre,
            "\n".join(node.lines),
            size=_FONT * 0.72,
            ha="center",
            va="center",
            bbox=style,
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format=ext)
    return buffer.getvalue()
