"""Pictures with what a net says of them, in a grid: needs matplotlib."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..prediction.answers import Boxes, Classes, Mask
from ..prediction.answers.masks import OUTSIDE, palette
from ..prediction.predictor import Prediction
from .matplotlib_figure import new_figure, write

_RIGHT, _WRONG, _PLAIN = "#1a7f37", "#cf222e", "#24292f"
#: Colours of boxes, by class: of matplotlib's map for things without an order.
_COLOURS = "tab10"
#: The least score that is written besides the best.
_LEAST = 0.01
#: How much of a picture's height the name of a box takes.
_ROOM = 0.06
#: The longer side of a picture that is kept to be drawn.
_SIDE = 480


class Tile(NamedTuple):
    """A prediction and its picture, (H, W, 3) red, green, blue, made smaller by `factor`."""

    told: Prediction
    pixels: NDArray
    factor: float


def tile(told: Prediction, pixels: NDArray) -> Tile:
    """What is kept of a picture until all are drawn.  pixels (H, W, 3) blue, green, red, or
    (H, W); every n-th is enough."""
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., np.newaxis], 3, axis=2)
    step = max(1, math.ceil(max(pixels.shape[:2]) / _SIDE))
    small = pixels[::step, ::step, 2::-1]
    if small.dtype != np.uint8:
        small = small.clip(0, 255).astype(np.uint8)
    return Tile(told, np.ascontiguousarray(small), 1 / step)


def draw(tiles: Sequence[Tile], path: str | os.PathLike, columns: int = 6) -> None:
    """Write the grid as a picture, of the kind of the ending: .png, .svg, .pdf."""
    columns = min(columns, max(1, len(tiles)))
    rows = max(1, math.ceil(len(tiles) / columns))
    figure = new_figure(figsize=(2.6 * columns, 2.9 * rows))
    axes = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).reshape(-1)
    for axis in axes:
        axis.axis("off")
    for axis, each in zip(axes, tiles):
        _draw(axis, each)
    write(figure, path, dpi=160)


def _draw(axis: Any, each: Tile) -> None:
    told = each.told
    axis.imshow(each.pixels, interpolation="nearest")
    lines: list[str] = []
    for answer in told.answers:
        if isinstance(answer, Classes):
            shown = [s for s in answer.best[:3] if s is answer.best[0] or abs(s.score) >= _LEAST]
            lines += [f"{_short(s.name)}  {s.score:.2f}" for s in shown]
        elif isinstance(answer, Boxes):
            _draw_boxes(axis, answer, each)
            lines.append(f"{len(answer.boxes)} found")
        elif isinstance(answer, Mask):
            _draw_mask(axis, answer, each)
            lines.append(", ".join(_short(s.name) for s in answer.shares[:4]))
    colour = {None: _PLAIN, True: _RIGHT, False: _WRONG}[told.right]
    if told.right is False:
        lines.insert(1, f"(is {_short(told.truth_name)})")
    title = "\n".join([_short(Path(told.image).name, 26), *lines])
    axis.set_title(title, color=colour, fontsize=8, loc="left")


def _draw_boxes(axis: Any, answer: Boxes, each: Tile) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    factor, least = each.factor, _ROOM * len(each.pixels)
    for box in answer.boxes:
        colour = colormaps[_COLOURS](box.label % 10)
        x, y = box.x1 * factor - 0.5, box.y1 * factor - 0.5
        width, height = (box.x2 - box.x1) * factor, (box.y2 - box.y1) * factor
        axis.add_patch(Rectangle((x, y), width, height, fill=False, color=colour, linewidth=1.4))
        above = y > least  # else the name would be cut off
        axis.text(
            *(x, y),
            f"{_short(box.name, 16)} {box.score:.2f}",
            fontsize=6,
            color="white",
            va="bottom" if above else "top",
            clip_on=True,
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )


def _draw_mask(axis: Any, answer: Mask, each: Tile) -> None:
    step = round(1 / each.factor)
    labels = answer.labels[::step, ::step]
    colours = palette()[labels.astype(int) % 256]
    opacity = np.where((labels == 0) | (labels == OUTSIDE), 0, 160).astype(np.uint8)
    axis.imshow(np.dstack([colours, opacity]), interpolation="nearest")


def _short(text: str, length: int = 22) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
