"""Curves of trainings: as a picture (matplotlib), or as text for a terminal."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..errors import ProtonetError, missing_extra
from .logs import Point, Run
from .readings import Quantity

#: What may be along the bottom.
AXES = ("iterations", "seconds")

#: Numbers beyond it are drawn to a scale, lest their differences overflow.
_LARGE = 1e300

_MARKS = "*o+x#@%&"


class Curve(NamedTuple):
    label: str
    points: list[Point]


class Panel(NamedTuple):
    """Curves that share an axis."""

    title: str
    curves: list[Curve]


def panels(runs: Sequence[Run]) -> list[Panel]:
    """Losses, other outputs of the tests, learning rates; those that there is something of.

    Outputs of training are left out: the training loss sums them up.
    """
    titles = {"loss": "loss", "score": "test outputs", "lr": "learning rate"}
    found: dict[str, list[Curve]] = {key: [] for key in titles}
    for run in runs:
        for quantity, points in run.curves.items():
            if quantity.kind != "train":
                label = f"{run.name}: {quantity}" if len(runs) > 1 else str(quantity)
                found[_panel(quantity)].append(Curve(label, points))
    return [Panel(titles[key], curves) for key, curves in found.items() if curves]


def _panel(quantity: Quantity) -> str:
    if quantity.kind == "lr":
        return "lr"
    return "loss" if quantity.is_loss else "score"


# -- pictures --------------------------------------------------------------------------------


def draw(runs: Sequence[Run], path: str | os.PathLike, x: str = "iterations") -> None:
    """Write a picture; its format is that of the ending, .png or .svg or .pdf."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise missing_extra("matplotlib", "plot", "drawing a picture") from None
    shown = panels(runs)
    figure: Any = Figure(figsize=(8, 3 * len(shown)), layout="constrained")
    axes = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    for axis, panel in zip(axes, shown):
        for curve in panel.curves:
            points = [(at, _clamped(value)) for at, value in _finite(curve.points, x)]
            line = "-" if len(points) > 1 else "o"
            axis.plot(*zip(*points) if points else ((), ()), line, label=_label(curve))
        axis.set_title(panel.title, fontsize="medium")
        axis.grid(alpha=0.3)
        axis.legend(fontsize="small")
    axes[-1].set_xlabel(x)
    try:
        figure.savefig(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProtonetError(f"cannot be written: {reason}", file=os.fspath(path)) from error
    except ValueError as error:
        raise ProtonetError(
            f"unknown kind of picture: {error}", "name it .png or .svg", file=os.fspath(path)
        ) from error


def _finite(points: Sequence[Point], x: str) -> Iterator[tuple[float, float]]:
    for point in points:
        at = point.seconds if x == "seconds" else point.iteration
        if math.isfinite(at) and math.isfinite(point.value):
            yield at, point.value


def _clamped(value: float) -> float:
    """matplotlib computes margins beyond the largest number."""
    return max(-_LARGE, min(_LARGE, value))


def _label(curve: Curve) -> str:
    """The curve's name, and from where on it is no number any more."""
    bad = next((p for p in curve.points if not math.isfinite(p.value)), None)
    return curve.label + (f" ({bad.value:g} from iteration {bad.iteration})" if bad else "")


# -- text ------------------------------------------------------------------------------------


def draw_text(runs: Sequence[Run], x: str = "iterations", width: int = 72, height: int = 10) -> str:
    """The same in characters: a chart for each quantity, the mean of each column as a mark,
    each run with its own."""
    charts = []
    quantities = dict.fromkeys(q for run in runs for q in run.curves if q.kind != "train")
    for quantity in sorted(quantities, key=lambda q: ("loss", "test", "lr").index(q.kind)):
        curves = [Curve(run.name, run.curves[quantity]) for run in runs if quantity in run.curves]
        marks = [_MARKS[runs.index(run) % len(_MARKS)] for run in runs if quantity in run.curves]
        charts.append("\n".join(_chart(str(quantity), curves, marks, x, width, height)))
    return "\n\n".join(charts)


def _chart(
    title: str, curves: list[Curve], marks: list[str], x: str, width: int, height: int
) -> Iterator[str]:
    series = [list(_finite(curve.points, x)) for curve in curves]
    points = [point for line in series for point in line]
    last = ", ".join(f"{curve.points[-1].value:g}" for curve in curves)
    yield f"{title}: {last} at the end"
    for curve, mark in zip(curves, marks):
        if len(curves) > 1 or _label(curve) != curve.label:
            yield f"  {mark} {_label(curve)}"
    if not points:
        yield "  (no number to draw)"
        return
    scale = 0.25 if max(abs(p[1]) for p in points) > _LARGE else 1.0
    series = [[(at, value * scale) for at, value in line] for line in series]
    points = [point for line in series for point in line]
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    if low == high:  # a flat line in the middle
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    start, stop = min(p[0] for p in points), max(p[0] for p in points)
    columns = max(8, width - 12)
    grid = [[" "] * columns for _ in range(height)]
    for line, mark in zip(series, marks):
        for column, value in _columns(line, start, stop, columns):
            grid[round((high - value) / (high - low) * (height - 1))][column] = mark
    for i, cells in enumerate(grid):
        value = (high - (high - low) * (i / (height - 1))) / scale
        told = f"{value:10.4g}" if i in (0, height // 2, height - 1) else " " * 10
        yield f"{told} |{''.join(cells)}".rstrip()
    yield " " * 11 + "+" + "-" * columns
    ends = f"{start:g}", f"{stop:g} {x}"
    yield " " * 12 + ends[0] + " " + ends[1].rjust(columns - len(ends[0]) - 1)


def _columns(
    points: Sequence[tuple[float, float]], start: float, stop: float, columns: int
) -> Iterator[tuple[int, float]]:
    """The mean of the values that fall into each column."""
    means: dict[int, tuple[float, int]] = {}
    for at, value in points:
        place = (at - start) / (stop - start) if stop > start else 0.0
        column = min(columns - 1, int(place * columns))
        mean, count = means.get(column, (0.0, 0))
        means[column] = mean + (value - mean) / (count + 1), count + 1
    for column, (mean, _) in means.items():
        yield column, mean
