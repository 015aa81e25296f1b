"""Pictures of trainings."""

from __future__ import annotations

import builtins
import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from protonet.errors import ProtonetError
from protonet.viz.logs import Point, Run
from protonet.viz.plots import draw
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


@pytest.mark.parametrize(
    ("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
@pytest.mark.parametrize("x", ["iterations", "seconds"])
def test_pictures(tmp_path, ending, start, x):
    path = tmp_path / f"p.{ending}"
    draw([run(bad=True), run("b.log")], path, x)
    assert path.read_bytes().startswith(start)


def drawn(monkeypatch, tmp_path, runs, x="iterations"):
    """The figure that `draw` makes, at the moment when it would be written."""
    kept = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path, **how: kept.append((figure, how)))
    draw(runs, tmp_path / "p.png", x)
    ((figure, how),) = kept
    assert how["format"] == "png"
    return figure


@pytest.mark.parametrize("x", ["iterations", "seconds"])
def test_what_is_in_a_picture(monkeypatch, tmp_path, x):
    figure = drawn(monkeypatch, tmp_path, [run(bad=True), run("b.log")], x)
    places = [(axis.get_subplotspec().rowspan.start, axis.get_ylabel()) for axis in figure.axes]
    assert places == [(0, "training loss"), (1, "test accuracy"), (2, "learning rate")]
    assert [axis.get_xlabel() for axis in figure.axes] == ["", "", x]
    assert figure._suptitle.get_text() == "a.log, b.log"
    loss, accuracy, rate = figure.axes
    first, second = loss.get_lines()
    scale = 1 if x == "iterations" else 0.5
    for line in (first, second):
        assert line.get_xydata().tolist() == [[scale * i, 10 - i] for i in range(10)]
    assert accuracy.get_lines()[0].get_xydata().tolist() == [[0, 10], [5 * scale, 5]]
    assert [text.get_text() for text in loss.get_legend().get_texts()] == [
        "a.log (nan from iteration 10)",
        "b.log",
    ]
    # A run has one colour in all panels, and no other run has it.
    colours = [[line.get_color() for line in axis.get_lines()] for axis in figure.axes]
    assert colours[0] == colours[1] == colours[2] and len(set(colours[0])) == 2
    # A line that has one point only would not be seen.
    assert [line.get_marker() for line in rate.get_lines()] == [".", "."]


def test_a_picture_of_one_quantity(monkeypatch, tmp_path):
    nothing = Run("c", {LOSS: [Point(3, math.nan, math.nan)]})
    figure = drawn(monkeypatch, tmp_path, [nothing])
    (axis,) = figure.axes
    assert axis.get_lines()[0].get_xydata().size == 0
    assert axis.get_legend().get_texts()[0].get_text() == "training loss (nan from iteration 3)"


def test_noise_is_faint_behind_its_running_mean(monkeypatch, tmp_path):
    values = [5.0 + (-1) ** i for i in range(400)]  # its mean over twenty is 5
    points = [Point(i, float(i), value) for i, value in enumerate(values)]
    (axis,) = drawn(monkeypatch, tmp_path, [Run("a", {LOSS: points})]).axes
    faint, mean = axis.get_lines()
    assert faint.get_ydata().tolist() == values and faint.get_alpha() < 1
    assert mean.get_ydata() == pytest.approx(np.full(381, 5.0))
    assert mean.get_xdata()[[0, -1]] == pytest.approx([9.5, 389.5])


def test_a_title_tells_the_last_test(monkeypatch, tmp_path):
    assert drawn(monkeypatch, tmp_path, [run()])._suptitle.get_text() == (
        "a.log: test accuracy 5, 9 iterations"
    )


def test_a_picture_replaces_the_old_one_when_it_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "p.png"
    path.write_text("old")

    def fails(*args, **how):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", fails)
    with pytest.raises(ProtonetError, match="cannot be written: No space left"):
        draw([run()], path)
    assert path.read_text() == "old" and [*tmp_path.iterdir()] == [path]


def test_pictures_that_cannot_be_written(tmp_path, monkeypatch):
    with pytest.raises(ProtonetError, match=r"cannot be written"):
        draw([run()], tmp_path / "none" / "p.png")
    with pytest.raises(ProtonetError, match=r"unknown kind of picture.*name it \.png, \.svg"):
        draw([run()], tmp_path / "p.xyz")
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ProtonetError, match=r"protonet-caffe\[plot\]"):
        draw([run()], tmp_path / "p.png")


def test_a_picture_of_numbers_at_the_edge(tmp_path):
    points = [Point(0, 0.0, 1e308), Point(1, 1.0, -1e308)]
    draw([Run("a", {LOSS: points})], tmp_path / "p.svg")
    assert (tmp_path / "p.svg").stat().st_size
