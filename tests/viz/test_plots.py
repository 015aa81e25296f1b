"""Pictures of trainings, as files and as text."""

from __future__ import annotations

import builtins
import math

import pytest
from matplotlib.figure import Figure

from protonet.errors import ProtonetError
from protonet.viz.logs import Point, Run
from protonet.viz.plots import draw, draw_text, panels
from protonet.viz.readings import Quantity

LOSS, RATE = Quantity("loss", "loss", is_loss=True), Quantity("lr", "lr")
ACCURACY = Quantity("test", "accuracy")


def run(name="a.log", bad=False):
    falling = [Point(i, i / 2, 10.0 - i) for i in range(10)]
    if bad:
        falling += [Point(10, 5.0, math.nan), Point(11, 5.5, math.inf)]
    return Run(
        name,
        {
            RATE: [Point(0, 0.0, 0.1)],
            LOSS: falling,
            ACCURACY: falling[::5],
            Quantity("train", "loss", 0, True): falling,
        },
    )


def test_panels():
    titles = {p.title: [c.label for c in p.curves] for p in panels([run(), run("b.log")])}
    assert titles == {
        "loss": ["a.log: training loss", "b.log: training loss"],
        "test outputs": ["a.log: test accuracy", "b.log: test accuracy"],
        "learning rate": ["a.log: learning rate", "b.log: learning rate"],
    }


@pytest.mark.parametrize(
    ("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
@pytest.mark.parametrize("x", ["iterations", "seconds"])
def test_pictures(tmp_path, ending, start, x):
    path = tmp_path / f"p.{ending}"
    draw([run(bad=True), run("b.log")], path, x)
    assert path.read_bytes().startswith(start)


def drawn(monkeypatch, runs, x="iterations"):
    """The figure that `draw` makes, at the moment when it would be written."""
    kept = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path: kept.append((figure, path)))
    draw(runs, "p.png", x)
    ((figure, path),) = kept
    assert path == "p.png"
    return figure


@pytest.mark.parametrize("x", ["iterations", "seconds"])
def test_what_is_in_a_picture(monkeypatch, x):
    figure = drawn(monkeypatch, [run(bad=True), run("b.log")], x)
    assert [*figure.get_size_inches()] == [8, 9]  # three panels, one below the other
    places = [(axis.get_subplotspec().rowspan.start, axis.get_title()) for axis in figure.axes]
    assert places == [(0, "loss"), (1, "test outputs"), (2, "learning rate")]
    assert [axis.get_xlabel() for axis in figure.axes] == ["", "", x]
    loss, accuracy, rate = figure.axes
    first, second = loss.get_lines()
    scale = 1 if x == "iterations" else 0.5
    for line in (first, second):
        assert line.get_xydata().tolist() == [[scale * i, 10 - i] for i in range(10)]
    assert accuracy.get_lines()[0].get_xydata().tolist() == [[0, 10], [5 * scale, 5]]
    assert [text.get_text() for text in loss.get_legend().get_texts()] == [
        "a.log: training loss (nan from iteration 10)",
        "b.log: training loss",
    ]
    # A line that has one point only would not be seen.
    assert [(line.get_linestyle(), line.get_marker()) for line in loss.get_lines()] == [
        ("-", "None")
    ] * 2
    assert [(line.get_linestyle(), line.get_marker()) for line in rate.get_lines()] == [
        ("None", "o")
    ] * 2


def test_a_picture_of_one_quantity(monkeypatch):
    nothing = Run("c", {LOSS: [Point(3, math.nan, math.nan)]})
    figure = drawn(monkeypatch, [nothing])
    (axis,) = figure.axes
    assert [*figure.get_size_inches()] == [8, 3] and axis.get_lines()[0].get_xydata().size == 0
    assert axis.get_legend().get_texts()[0].get_text() == "training loss (nan from iteration 3)"


def test_pictures_that_cannot_be_written(tmp_path, monkeypatch):
    with pytest.raises(ProtonetError, match=r"cannot be written"):
        draw([run()], tmp_path / "none" / "p.png")
    with pytest.raises(ProtonetError, match=r"unknown kind of picture.*name it \.png or \.svg"):
        draw([run()], tmp_path / "p.xyz")
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ProtonetError, match=r"protonet-caffe\[plot\]"):
        draw([run()], tmp_path / "p.png")


def test_text():
    loss, accuracy, rate = draw_text([run()], width=22, height=10).split("\n\n")
    title, *rows, _, axis = loss.splitlines()
    assert title == "training loss: 1 at the end"
    assert [row.index("*") for row in rows] == list(range(12, 22))
    assert rows[0].split()[0] == "10" and rows[-1].split()[0] == "1"
    assert axis.split() == ["0", "9", "iterations"] or axis.endswith("iterations")
    assert accuracy.startswith("test accuracy: 5 at the end")
    assert rate.count("*") == 1


def test_text_of_two_runs_with_numbers_that_are_none():
    loss, *_ = draw_text([run(bad=True), run("b.log")], "seconds", 40, 5).split("\n\n")
    assert loss.splitlines()[:3] == [
        "training loss: inf, 1 at the end",
        "  * a.log (nan from iteration 10)",
        "  o b.log",
    ]
    only = Run("c", {LOSS: [Point(0, math.nan, math.nan)]})
    assert "(no number to draw)" in draw_text([only])


def test_a_whole_chart():
    """17 iterations on 8 columns: the mean of what falls into one; the last one into the last."""
    points = [Point(0, 0, 4.0), Point(1, 0, 2.0), Point(8, 0, 1.0), Point(16, 0, 0.0)]
    assert draw_text([Run("a", {LOSS: points})], width=20, height=5) == (
        "training loss: 0 at the end\n"
        "         4 |\n"
        "           |*\n"
        "         2 |\n"
        "           |    *\n"
        "         0 |       *\n"
        "           +--------\n"
        "            0 16 iterations"
    )


def test_a_chart_against_the_clock():
    points = [Point(0, 10.0, 0.0), Point(1, 11.0, 1.0), Point(2, 90.0, 2.0)]
    chart = draw_text([Run("a", {RATE: points})], "seconds", width=52, height=3)
    title, high, middle, low, rule, axis = chart.splitlines()
    assert title == "learning rate: 2 at the end"
    assert high == "         2 |" + " " * 39 + "*"
    assert (middle, low) == ("         1 |", "         0 |*")
    assert rule == " " * 11 + "+" + "-" * 40
    assert axis == " " * 12 + "10" + " " * 28 + "90 seconds"


@pytest.mark.parametrize(
    ("value", "told"),
    [(-2.0, ["-1", "-2", "-3"]), (0.0, ["0.5", "0", "-0.5"]), (4.0, ["6", "4", "2"])],
)
def test_a_flat_line_is_in_the_middle(value, told):
    points = [Point(i, i, value) for i in range(3)]
    _, *rows, _, _ = draw_text([Run("a", {LOSS: points})], width=20, height=3).splitlines()
    assert [row.split()[0] for row in rows] == told
    assert [row.count("*") for row in rows] == [0, 3, 0]


def test_charts_have_an_order_and_runs_their_marks():
    """As the panels of a picture; a run keeps its mark in a chart that others are not in."""
    other = Run("b.log", {ACCURACY: [Point(0, 0, 0.5)]})
    charts = draw_text([run(), other, run("c.log")]).split("\n\n")
    assert [chart.splitlines()[0] for chart in charts] == [
        "training loss: 1, 1 at the end",
        "test accuracy: 5, 0.5, 5 at the end",
        "learning rate: 0.1, 0.1 at the end",
    ]
    assert charts[0].splitlines()[1:3] == ["  * a.log", "  + c.log"]
    assert charts[1].splitlines()[1:4] == ["  * a.log", "  o b.log", "  + c.log"]
    assert {len(line) for line in charts[0].splitlines() if line.lstrip().startswith("+-")} == {72}


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([1e308, -1e308], ("1e+308", "-1e+308")),
        ([1.7e308, 0.0, -1.7e308], ("1.7e+308", "-1.7e+308")),
        ([5e-324, 0.0], ("4.941e-324", "0")),
        ([1.0, 0.5], ("1", "0.5")),
    ],
)
def test_text_of_numbers_at_the_edge(values, ends):
    """From the left above to the right below, with the largest and the smallest told."""
    points = [Point(i, float(i), value) for i, value in enumerate(values)]
    (chart,) = draw_text([Run("a", {LOSS: points})], width=22, height=5).split("\n\n")
    _, *rows, _, _ = chart.splitlines()
    assert (rows[0].split()[0], rows[-1].split()[0]) == ends
    assert rows[0].index("*") == 12 and rows[-1].index("*") == 21


def test_text_of_a_flat_line_at_the_edge():
    points = [Point(i, float(i), 1.7e308) for i in range(3000)]
    chart = draw_text([Run("a", {LOSS: points})], width=22, height=5)
    assert chart.splitlines()[3].count("*") == 10


def test_a_picture_of_numbers_at_the_edge(tmp_path):
    points = [Point(0, 0.0, 1e308), Point(1, 1.0, -1e308)]
    draw([Run("a", {LOSS: points})], tmp_path / "p.svg")
    assert (tmp_path / "p.svg").stat().st_size
