"""Pictures of trainings, as files and as text."""

from __future__ import annotations

import builtins
import math

import pytest

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
