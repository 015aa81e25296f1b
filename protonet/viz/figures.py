"""Insights as figures: needs matplotlib."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .insight import (
    Activations,
    ConfusionMatrix,
    Filters,
    Histograms,
    Insight,
    Saliency,
    grid,
)
from .insight.pictures import unit
from .matplotlib_figure import new_figure, write
from .tables import shortened

_BLUE, _RED = "#2a6fb0", "#c8402a"
#: Classes from which on a matrix has no numbers in its cells.
_MOST_TOLD = 25


def draw(insight: Insight, path: str | os.PathLike | None = None) -> Any:
    """A matplotlib Figure of an insight; written to a file, too, if one is named: .png, .svg or
    .pdf, whole or not at all."""
    figure = new_figure()
    figure.suptitle(insight.title, fontsize="medium")
    _DRAWN[type(insight)](figure, insight)
    if path is not None:
        write(figure, path)
    return figure


def to_png(insight: Insight) -> bytes:
    """For the page of a notebook."""
    import io

    file = io.BytesIO()
    draw(insight).savefig(file, format="png", dpi=90)
    return file.getvalue()


def _draw_filters(figure: Any, found: Filters) -> None:
    largest = float(np.abs(found.values).max(initial=0))
    axes = _tiles(figure, found.pictures, columns=_columns(found))
    if found.values.ndim == 3:
        mappable = _image(axes, grid(found.values, _columns(found), fill=np.nan), largest)
        figure.colorbar(mappable, ax=axes, shrink=0.7)


def _columns(found: Filters) -> int | None:
    """A row for each output, if there are several inputs and they fit."""
    count = sum(output == found.outputs[0] for output in found.outputs)
    return count if 1 < count <= 32 else None


def _image(axes: Any, values: Any, largest: float) -> Any:
    axes.clear()
    axes.axis("off")
    limits = {"vmin": -largest, "vmax": largest}
    return axes.imshow(values, cmap="RdBu_r", interpolation="nearest", **limits)


def _tiles(figure: Any, pictures: Any, columns: int | None = None) -> Any:
    whole = grid(pictures, columns, gap=max(1, pictures.shape[1] // 12))
    height, width = whole.shape[:2]
    figure.set_size_inches(7, min(12, max(1.2, 0.6 + 6.6 * height / width)))
    axes = figure.subplots()
    axes.axis("off")
    axes.imshow(whole, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    return axes


def _draw_activations(figure: Any, found: Activations) -> None:
    if found.values.ndim > 1:
        _tiles(figure, found.pictures)
        return
    figure.set_size_inches(7, 2.6)
    axes = figure.subplots()
    axes.bar(np.arange(len(found.values)), found.values, color=_BLUE, width=0.9)
    axes.set_xlabel("channel")
    axes.grid(alpha=0.3, axis="y")


def _draw_confusion(figure: Any, found: ConfusionMatrix) -> None:
    count = len(found.counts)
    side = min(12, 2.4 + 0.36 * count)
    figure.set_size_inches(side + 0.6, side)
    axes = figure.subplots()
    shares = found.shares
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, shrink=0.7, label="share of the class")
    axes.set(xlabel="taken for", ylabel="class")
    step = max(1, math.ceil(count / 40))
    ticks = [*range(0, count, step)]
    names = [shortened(found.names[i], 16) for i in ticks]
    turned = {"rotation": 60, "ha": "right"} if max(map(len, names), default=0) > 3 else {}
    axes.set_xticks(ticks, names, fontsize="small", **turned)
    axes.set_yticks(ticks, names, fontsize="small")
    if count > _MOST_TOLD:
        return
    for i, j in np.argwhere(found.counts):
        colour = "white" if shares[i, j] > 0.5 else "black"
        told = f"{found.counts[i, j]}"
        axes.text(j, i, told, ha="center", va="center", color=colour, fontsize="x-small")


def _draw_saliency(figure: Any, found: Saliency) -> None:
    figure.set_size_inches(8, 3.1)
    left, middle, right = figure.subplots(1, 3)
    image = found.image
    shown = np.moveaxis(image[::-1], 0, -1) if len(image) == 3 else image[0]
    for axes in (left, middle, right):
        axes.axis("off")
    for axes in (left, right):
        axes.imshow(unit(shown), cmap="gray")
    limits = {}
    if found.method == "occlusion":
        largest = float(np.abs(found.values).max()) or 1.0
        limits = {"vmin": -largest, "vmax": largest}
    colours = "RdBu_r" if limits else "inferno"
    drawn = middle.imshow(found.values, cmap=colours, **limits)
    strength = unit(np.abs(found.values))  # where it hangs on nothing, the image is seen
    right.imshow(found.values, cmap=colours, alpha=0.8 * strength, **limits)
    figure.colorbar(drawn, ax=middle, shrink=0.7)
    for axes, title in ((left, "image"), (middle, found.method), (right, "both")):
        axes.set_title(title, fontsize="small")


def _draw_histograms(figure: Any, found: Histograms) -> None:
    columns = min(4, max(1, len(found.each)))
    rows = max(1, math.ceil(len(found.each) / columns))
    figure.set_size_inches(2.3 * columns, 0.4 + 1.7 * rows)
    every = figure.subplots(rows, columns, squeeze=False).reshape(-1)
    for axes in every[len(found.each) :]:
        axes.axis("off")
    for axes, each in zip(every, found.each):
        axes.stairs(each.counts, each.edges, fill=True, color=_BLUE)
        axes.set_title(shortened(each.name, 24), fontsize="small")
        axes.tick_params(labelsize="x-small")
        axes.set_yticks([])
        if each.edges[0] < 0 < each.edges[-1]:
            axes.axvline(0, color=_RED, linewidth=0.8)
        bad = f", {each.not_finite} not finite" if each.not_finite else ""
        told = f"{each.mean:.2g} \u00b1 {each.std:.2g}{bad}"
        axes.set_xlabel(told, fontsize="x-small")


_DRAWN: dict[type, Callable[[Any, Any], None]] = {
    Filters: _draw_filters,
    Activations: _draw_activations,
    ConfusionMatrix: _draw_confusion,
    Saliency: _draw_saliency,
    Histograms: _draw_histograms,
}
