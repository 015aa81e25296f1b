"""Curves as text."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from protonet.viz.charts import draw_text
from protonet.viz.logs import Point, Run
from protonet.viz.raster import BRAILLE, PLAIN, Raster
from protonet.viz.readings import Quantity

LOSS, RATE = Quantity("loss", "loss", is_loss=True), Quantity("lr", "lr")


def run(values, name="a.log", quantity=LOSS):
    return Run(name, {quantity: [Point(i, i / 2, value) for i, value in enumerate(values)]})


def test_a_whole_chart():
    """One value every third column, joined, from the left above to the right below."""
    chart = draw_text([run([9.0 - i for i in range(10)])], width=41)
    assert chart == (
        "loss\n"
        "  * training loss: 0 at the end\n"
        "          |**\n"
        "        8 +  ***\n"
        "          |     ****\n"
        "        6 +         ***\n"
        "          |            ***\n"
        "        4 +               ***\n"
        "          |                  ****\n"
        "        2 +                      ***\n"
        "          |                         ***\n"
        "        0 +                            **\n"
        "          ++---------------+-------------\n"
        "           0               5\n"
        "                               iterations"
    )


def test_marks_are_means_and_lines_join_them():
    """17 iterations on 10 columns: two values in the first, none between it and the middle."""
    points = [Point(0, 0, 4.0), Point(1, 0, 2.0), Point(8, 0, 1.0), Point(16, 0, 0.0)]
    lines = draw_text([Run("a", {LOSS: points})], width=21).splitlines()[2:-3]
    columns = [
        max(i for i, line in enumerate(lines) if line[11:].ljust(10)[x] == "*") for x in (0, 4, 9)
    ]
    # From 3 to 0 over ten rows: two thirds of the way down to 1, at column 5.
    assert columns[1:] == [5, 9] and lines[0][11] == "*"


def test_a_logarithmic_axis():
    lines = draw_text([run([1000.0, 100.0, 10.0, 1.0])], width=31).splitlines()
    assert lines[0] == "loss (logarithmic)"
    ticks = {line[:9].strip(): i for i, line in enumerate(lines) if line[10:11] == "+"}
    assert ticks == {"1,000": 2, "100": 5, "10": 8, "1": 11, "": 12}
    # A straight line on this axis: each decade is as far as the next.
    assert [lines[ticks[label]].find("*") for label in ("1,000", "100", "10", "1")] == [
        11,
        17,
        23,
        30,
    ]


@pytest.mark.parametrize("value", [-2.0, 0.0, 4.0])
def test_a_flat_line_is_in_the_middle(value):
    rows = draw_text([run([value] * 3, quantity=RATE)], width=20).splitlines()[2:-3]
    marked = [i for i, row in enumerate(rows) if "*" in row]
    assert len(marked) == 1 and abs(marked[0] - (len(rows) - 1) / 2) <= 0.5


def test_numbers_that_are_none():
    bad = run([2.0, 1.0, math.nan, math.inf])
    lines = draw_text([bad, run([2.0, 1.0], "b.log")], "seconds", 60).splitlines()
    assert lines[:3] == [
        "training loss",
        "  * a.log (nan from iteration 2): inf at the end",
        "  o b.log: 1 at the end",
    ]
    assert "(no number to draw)" in draw_text([run([math.nan])])


@pytest.mark.parametrize(
    "values", [[1e308, -1e308], [1.7e308, 0.0, -1.7e308], [5e-324, 0.0], [1e308, 1e-308], [1e308]]
)
@pytest.mark.parametrize("style", [PLAIN, BRAILLE])
def test_numbers_at_the_edge(values, style):
    """From the left above to the right below, whatever the size."""
    lines = draw_text([run(values)], width=31, style=style).splitlines()[2:-3]
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line)[11:] for line in lines]
    if len(values) > 1 and max(values) > 1e-300:
        assert plain[0][0] != " " and len(plain[-1]) == 20
    assert max(map(len, plain)) <= 20


def test_it_is_as_high_as_it_may_be():
    runs = [run([1.0, 0.5], quantity=quantity) for quantity in (LOSS, RATE)]
    both = Run("a", runs[0].curves | runs[1].curves)
    for height in (14, 24, 40):
        assert height - 2 <= len(draw_text([both], height=height).splitlines()) <= height
    assert len(draw_text([both], height=1).splitlines()) == 2 * (2 + 3) + 3  # the least


def test_dots_of_braille():
    """Bits by the table of Unicode: 1 2 3 7 to the left, 4 5 6 8 to the right."""
    raster = Raster(2, 1, BRAILLE)
    raster.draw(np.arange(4), np.array([1.0, 2 / 3, 1 / 3, 0.0]), 0)
    (line,) = raster.lines()
    assert line == "\x1b[38;5;33m\u2811\u2884\x1b[0m"


def test_the_later_line_has_the_colour_where_two_cross():
    raster = Raster(3, 1, PLAIN)
    raster.draw(np.array([0, 2]), np.array([0.0, 0.0]), 0)
    raster.draw(np.array([1]), np.array([0.0]), 1)
    assert raster.lines() == ["*o*"]
    colours = Raster(2, 1, BRAILLE)
    for colour, place in ((0, 0), (1, 2)):
        colours.draw(np.array([place]), np.array([0.0]), colour)
    assert re.findall(r"38;5;(\d+)m", colours.lines()[0]) == ["33", "167"]
