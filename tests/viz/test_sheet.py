"""Nothing lies on anything else, in pictures of many nets; measured with a real font."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

import protonet
from protonet.core.context import TEST, TRAIN
from protonet.net.net import Net
from protonet.net.passes import has_its_bottoms
from protonet.net.types import read_definition
from protonet.viz.diagram import make_diagram
from protonet.viz.sheet import Curve, Sheet, Words, lay_out

from .nets import GENERATED

TESTS = Path(__file__).parents[1]
MODELS = Path(protonet.__file__).parents[1] / "models"
FILES = [
    *(path for path in sorted(MODELS.glob("*.prototxt")) if "solver" not in path.name),
    *sorted((TESTS / "net/nets").glob("*.prototxt")),
    *sorted((TESTS / "conformance/nets").glob("*/net.prototxt")),
    *sorted((TESTS / "conformance/forks/nets").glob("*/*.prototxt")),
]
NETS = [*map(str, FILES), *GENERATED]
SLACK = 0.5  # pixels: borders may touch


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > SLACK
            and min(self.bottom, other.bottom) - max(self.top, other.top) > SLACK
        )

    def holds(self, other: Area) -> bool:
        return (
            self.left - SLACK <= other.left
            and self.top - SLACK <= other.top
            and other.right <= self.right + SLACK
            and other.bottom <= self.bottom + SLACK
        )


@cache
def advance(letter: str, bold: bool) -> float:
    """Of the font DejaVu Sans, for the size of one pixel."""
    weight = "bold" if bold else "normal"
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    return font.load_char(ord(letter)).linearHoriAdvance / 65536 / 100


def area(words: Words) -> Area:
    width = words.size * sum(advance(letter, words.bold) for letter in words.text)
    left = words.x - width / 2 if words.centred else words.x
    return Area(left, words.y - words.size / 2, left + width, words.y + words.size / 2)


def points(curve: Curve) -> np.ndarray:
    """Along the curve, as SVG has it: straight, or a cubic with its handles at half the height."""
    t = np.linspace(0, 1, 33)[:, None]
    found = []
    for (x0, y0), (x1, y1) in pairwise(curve.points):
        a, d = np.array([x0, y0]), np.array([x1, y1])
        b, c = np.array([x0, (y0 + y1) / 2]), np.array([x1, (y0 + y1) / 2])
        found.append(
            (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        )
    return np.concatenate(found)


def sheet_of(name: str) -> Sheet:
    definition = read_definition(GENERATED.get(name, name), partial=True)
    phase = TEST if has_its_bottoms(definition, TEST, 0, []) else TRAIN
    return lay_out(make_diagram(Net(definition, phase=phase, open_data=False, partial=True)))


def cards(sheet: Sheet) -> dict[int, Area]:
    found: dict[int, list[Area]] = {}
    for r in sheet.rects:
        found.setdefault(r.card, []).append(Area(r.x, r.y, r.x + r.width, r.y + r.height))
    return {
        card: Area(parts[0].left, parts[0].top, parts[0].right, parts[-1].bottom)
        for card, parts in found.items()
    }


def test_there_are_enough_nets():
    assert len(NETS) >= 30


@pytest.mark.parametrize("name", NETS, ids=lambda name: name.removesuffix(".prototxt")[-40:])
def test_nothing_lies_on_anything(name: str) -> None:
    sheet = sheet_of(name)
    boxes = cards(sheet)
    inside = [area(words) for words in sheet.words if words.centred]
    beside = [area(words) for words in sheet.words if not words.centred]
    assert boxes and not [
        pair for pair in combinations(boxes.values(), 2) if pair[0].meets(pair[1])
    ]
    assert not [pair for pair in combinations(inside + beside, 2) if pair[0].meets(pair[1])]
    assert all(any(box.holds(words) for box in boxes.values()) for words in inside)
    assert not [words for words in beside for box in boxes.values() if box.meets(words)]
    page = Area(0, 0, sheet.width, sheet.height)
    assert all(page.holds(each) for each in [*boxes.values(), *inside, *beside])
    for curve in sheet.curves:
        x, y = points(curve).T
        for each in [*boxes.values(), *beside]:
            left, top, right, bottom = each
            through = (x > left + SLACK) & (x < right - SLACK)
            through &= (y > top + SLACK) & (y < bottom - SLACK)
            assert not through.any(), (curve, each)


def test_lines_end_at_the_boxes_they_join():
    sheet = sheet_of("inception")
    boxes = cards(sheet)
    tops = {(round(box.top, 3), box) for box in boxes.values()}
    for curve in sheet.curves:
        x, y = curve.points[-1]
        reached = [box for top, box in tops if abs(top - y) < 0.01 and box.left < x < box.right]
        assert len(reached) == curve.arrow
        assert all(y0 < y1 for (_, y0), (_, y1) in pairwise(curve.points))


def test_a_chain_is_one_straight_line():
    sheet = sheet_of(str(MODELS / "lenet.prototxt"))
    assert len({round(x, 3) for curve in sheet.curves for x, _ in curve.points}) == 1
