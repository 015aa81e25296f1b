"""A diagram with a place for everything: rectangles, words and curves, for any kind of canvas."""

from __future__ import annotations

from dataclasses import dataclass

from .diagram import Card, Diagram, Wire
from .fonts import text_width
from .kinds import Kind
from .layout.layered import Point, Size, arrange

FONT, SMALL = 12.0, 10.5  # pixels: of names, and of all other words
MARGIN = 16.0
_LINE = 15.0  # from one line of words to the next
_PAD = (10.0, 6.0)  # between words and the edge of their box
_ASIDE = 5.0  # from a line to the words of its blob
_TITLE = 30.0


@dataclass(frozen=True)
class Rect:
    """A part of a box.  x, y: its corner at the left and top, in pixels.  top, bottom: whether
    it is the first and the last part of its box."""

    x: float
    y: float
    width: float
    height: float
    kind: Kind
    card: int
    top: bool
    bottom: bool


@dataclass(frozen=True)
class Words:
    """One line of text.  x, y: the left end and the middle of its height; of text that is centred
    the middle of both."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    centred: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Curve:
    """A line.  points: as of `layout.layered.Layout`.  arrow: whether it ends at a box."""

    points: list[Point]
    arrow: bool


@dataclass(frozen=True)
class Sheet:
    title: str
    width: float
    height: float
    rects: list[Rect]
    words: list[Words]
    curves: list[Curve]


def lay_out(diagram: Diagram) -> Sheet:
    """Place a diagram, from top to bottom.

    A blob is a node of the layout too, its words beside the line that goes through it: so words
    have room of their own.
    """
    ids = _numbers(diagram)
    sizes: list[Size] = [Size(0, 0, 0)] * len(ids)
    for i, card in enumerate(diagram.cards):
        sizes[ids["card", i]] = _card_size(card)
    edges = []
    for i, wire in enumerate(diagram.wires):
        node = ids["wire", i]
        sizes[node] = Size(1, _ASIDE + text_width(wire.text, SMALL), _LINE)
        edges.append((ids["card", wire.source], node))
        edges += [(node, ids["card", target]) for target in wire.targets]
    narrow = [kind == "wire" for kind, _ in ids]
    layout = arrange(sizes, edges, narrow)
    sheet = Sheet(
        diagram.title,
        max(layout.width, text_width(diagram.title, FONT, bold=True)) + 2 * MARGIN,
        layout.height + 2 * MARGIN + _TITLE,
        [],
        [Words(MARGIN, MARGIN + FONT / 2, diagram.title, FONT, bold=True)],
        [],
    )
    moved = MARGIN, MARGIN + _TITLE
    for i, card in enumerate(diagram.cards):
        box = layout.boxes[ids["card", i]]
        _draw_card(sheet, card, i, box.x + moved[0], box.y + moved[1], box.width)
    through = {ids["wire", i] for i in range(len(diagram.wires))}
    for i, wire in enumerate(diagram.wires):
        box = layout.boxes[ids["wire", i]]
        _draw_wire(sheet, wire, box.middle + moved[0], box.y + moved[1], box.height)
    for (_, target), points in layout.lines.items():
        placed = [(x + moved[0], y + moved[1]) for x, y in points]
        sheet.curves.append(Curve(placed, arrow=target not in through))
    return sheet


def _numbers(diagram: Diagram) -> dict[tuple[str, int], int]:
    """Cards and wires in one sequence, each wire after the card that makes it."""
    wires: dict[int, list[int]] = {}
    for i, wire in enumerate(diagram.wires):
        wires.setdefault(wire.source, []).append(i)
    keys: list[tuple[str, int]] = []
    for card in range(len(diagram.cards)):
        keys.append(("card", card))
        keys += [("wire", i) for i in wires.get(card, ())]
    return {key: number for number, key in enumerate(keys)}


def _card_size(card: Card) -> Size:
    widths = [
        width
        for part in card.parts
        for width in (
            text_width(part.name, FONT, bold=True),
            *(text_width(line, SMALL) for line in part.words),
        )
    ]
    half = max(widths) / 2 + _PAD[0]
    lines = sum(_height(len(part.words), part is card.parts[0]) for part in card.parts)
    return Size(half, half, lines)


def _height(words: int, first: bool) -> float:
    """Of a part with a name and so many lines of words."""
    return _LINE * (words + 1) + _PAD[1] * (2 if first else 1)


def _draw_card(sheet: Sheet, card: Card, number: int, x: float, y: float, width: float) -> None:
    for part in card.parts:
        first = part is card.parts[0]
        height = _height(len(part.words), first)
        last = part is card.parts[-1]
        sheet.rects.append(Rect(x, y, width, height, part.kind, number, first, last))
        middle = x + width / 2
        line = y + (height - _LINE * (len(part.words) + 1)) / 2 + _LINE / 2
        sheet.words.append(Words(middle, line, part.name, FONT, bold=True, centred=True))
        for words in part.words:
            line += _LINE
            sheet.words.append(Words(middle, line, words, SMALL, centred=True))
        y += height


def _draw_wire(sheet: Sheet, wire: Wire, x: float, y: float, height: float) -> None:
    sheet.words.append(Words(x + _ASIDE, y + height / 2, wire.text, SMALL, faint=True))
    if wire.targets:
        sheet.curves.append(Curve([(x, y), (x, y + height)], arrow=False))
