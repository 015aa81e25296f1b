"""Curves of trainings as a picture: needs matplotlib."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from .curves import Across, Curve, across, panels, result, smoothed
from .logs import Run
from .matplotlib_figure import new_figure, write

#: Colours that can be told apart, also by those who see red and green alike.
_COLOURS = (
    *("#2a6fb0", "#c8402a", "#3a8f5b", "#e0952b", "#7a52b3", "#1f9aa8", "#b5478f", "#6b6f76"),
)
#: From so few points on each is marked.
_MARKED = 30


def draw(
    runs: Sequence[Run],
    path: str | os.PathLike,
    x: str = "iterations",
    *,
    scale: str = "auto",
    title: str | None = None,
) -> None:
    """Write a picture, whole or not at all; its format is that of the ending: .png, .svg, .pdf.

    title: None for what `curves.result` says.
    """
    shown = panels(runs, scale)
    axis = across(shown, x)
    figure = new_figure(figsize=(8, 0.5 + 2.8 * len(shown)))
    figure.suptitle(result(runs) if title is None else title, fontsize="medium")
    shares = {"height_ratios": [1 if panel.title == "learning rate" else 2 for panel in shown]}
    all_axes = figure.subplots(len(shown), 1, sharex=True, squeeze=False, gridspec_kw=shares)
    for axes, panel in zip(all_axes[:, 0], shown):
        for curve in panel.curves:
            _draw_curve(axes, curve, axis)
        axes.set_ylabel(panel.title)
        axes.set_yscale("log" if panel.log else "linear")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    axes.set_xlabel(axis.name)
    write(figure, path)


def _draw_curve(axes: Any, curve: Curve, axis: Across) -> None:
    """A line; where there are many points a faint one, and its running mean."""
    pairs = axis.of(curve)
    colour = _COLOURS[curve.colour % len(_COLOURS)]
    mean = smoothed(pairs)
    if len(mean):
        axes.plot(*pairs.T, color=colour, linewidth=0.6, alpha=0.45)
        axes.plot(*mean.T, color=colour, linewidth=1.6, label=curve.told)
    else:
        mark = "." if len(pairs) <= _MARKED else ""
        axes.plot(*pairs.T, color=colour, linewidth=1.4, marker=mark, label=curve.told)
