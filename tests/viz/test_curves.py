"""What is drawn of trainings, and how it is laid out."""

from __future__ import annotations

import math

import pytest

from protonet.viz.curves import across, panels
from protonet.viz.logs import Point, Run
from protonet.viz.readings import Quantity

LOSS, RATE = Quantity("loss", "loss", is_loss=True), Quantity("lr", "lr")
ACCURACY, TESTED = Quantity("test", "accuracy"), Quantity("test", "loss", 0, True)


def run(name, values=(2.0, 1.0), seconds=1.0):
    points = [Point(i, seconds * i, value) for i, value in enumerate(values)]
    return Run(name, dict.fromkeys([TESTED, RATE, LOSS, ACCURACY, Quantity("train", "x")], points))


def labels(runs):
    return {panel.title: [curve.label for curve in panel.curves] for panel in panels(runs)}


def test_one_run_has_its_losses_side_by_side():
    assert labels([run("a.log")]) == {
        "loss": ["training loss", "test loss"],
        "test outputs": ["test accuracy"],
        "learning rate": ["learning rate"],
    }


def test_of_several_runs_each_quantity_has_a_panel():
    names = ["a.log", "b.log"]
    assert labels([run(name) for name in names]) == {
        "training loss": names,
        "test loss": names,
        "test accuracy": names,
        "learning rate": names,
    }


def test_a_run_keeps_its_colour_where_others_are_missing():
    other = Run("b", {ACCURACY: [Point(0, 0, 0.5)]})
    found = panels([run("a"), other, run("c")])
    assert [[curve.colour for curve in panel.curves] for panel in found] == [
        [0, 2],
        [0, 2],
        [0, 1, 2],
        [0, 2],
    ]


@pytest.mark.parametrize(
    ("values", "scale", "log"),
    [
        ((1.0, 0.001), "auto", [True, False, True]),  # a score is never
        ((1.0, 0.5), "auto", [False] * 3),
        ((1.0, 0.5), "log", [True] * 3),
        ((1.0, 0.001), "linear", [False] * 3),
        ((1.0, 0.0), "log", [False] * 3),  # there is no power of ten that is 0
        ((math.nan, math.nan), "log", [False] * 3),
        ((1.0, 0.001, math.inf), "auto", [True, False, True]),
    ],
)
def test_powers_of_ten(values, scale, log):
    assert [panel.log for panel in panels([run("a", values)], scale)] == log


@pytest.mark.parametrize(
    ("kind", "each", "name", "last"),
    [
        ("iterations", 9999.0, "iterations", 10),
        ("seconds", 20.0, "seconds", 200),
        ("seconds", 60.0, "minutes", 10),
        ("seconds", 7200.0, "hours", 20),
    ],
)
def test_the_axis_along_the_bottom(kind, each, name, last):
    shown = panels([run("a", [1.0] * 11, each)])
    axis = across(shown, kind)
    assert (axis.name, axis.ends) == (name, (0, last))
    assert axis.of(shown[0].curves[0])[-1].tolist() == [last, 1.0]
