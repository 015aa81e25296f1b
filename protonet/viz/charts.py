"""Curves of trainings as text for a terminal, or for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .curves import Across, Panel, across, panels
from .logs import Run
from .raster import PLAIN, Raster, Style
from .tables import shortened
from .ticks import labels, linear_ticks, log_ticks

#: Characters for the numbers on the left, and the rows of the panels: the first, the others.
_LEFT, _ROWS = 9, (10, 6)
#: The fewest rows of a panel, and the lines below all of them.
_LEAST, _BELOW = 3, 3


def draw_text(
    runs: Sequence[Run],
    x: str = "iterations",
    width: int = 80,
    *,
    height: int | None = None,
    style: Style = PLAIN,
    scale: str = "auto",
) -> str:
    """Panels one below the other, over one axis along the bottom.

    height: lines that all of it may take, if there are so many that the panels can be read.
    A mark is the mean of the values that fall into its column.
    """
    shown = panels(runs, scale)
    axis = across(shown, x)
    rows = _rows(shown, height)
    parts = [_panel(panel, axis, width, n, style) for panel, n in zip(shown, rows)]
    parts.append(_bottom(axis, width, style))
    return "\n".join(line.rstrip() for part in parts for line in part)


def _rows(shown: Sequence[Panel], height: int | None) -> list[int]:
    """How many rows of characters the curves of each panel get."""
    rows = [_ROWS[min(i, 1)] for i in range(len(shown))]
    if height is None:
        return rows
    room = height - _BELOW - sum(1 + len(panel.curves) for panel in shown)
    shares = [room * n // sum(rows) for n in rows]
    return [max(_LEAST, n) for n in shares]


def _panel(panel: Panel, axis: Across, width: int, rows: int, style: Style) -> Iterator[str]:
    columns = max(8, width - _LEFT - 2)
    yield from _legend(panel, width, style)
    series = [axis.of(curve) for curve in panel.curves]
    drawn = [_placed(pairs, axis, panel.log, columns * style.dots[0]) for pairs in series]
    values = np.concatenate([means for _, means in drawn])
    if not len(values):
        yield "  (no number to draw)"
        return
    low, high = _limits(float(values.min()), float(values.max()))
    raster = Raster(columns, rows, style)
    for curve, (places, means) in zip(panel.curves, drawn):
        raster.draw(places, (means - low) / (high - low), curve.colour)
    ticks = _ticks(low, high, panel.log, rows)
    for i, line in enumerate(raster.lines()):
        label, side = ticks.get(i, ""), style.frame[1 if i in ticks else 0]
        yield f"{label:>{_LEFT}} {side}{line}"


def _legend(panel: Panel, width: int, style: Style) -> Iterator[str]:
    """The title, and each curve's mark, name and last value."""
    yield panel.title + (" (logarithmic)" if panel.log else "")
    for curve in panel.curves:
        value = f"{curve.points[-1].value:.4g} at the end"
        name = shortened(curve.told, max(8, width - 6 - len(value)))
        yield f"  {style.mark(curve.colour)} {name}: {value}"


def _placed(pairs: NDArray, axis: Across, log: bool, columns: int) -> tuple[NDArray, NDArray]:
    """The columns that a curve, (n, 2), has points in, and the means of their values there, of
    which a logarithmic axis shows the power of ten."""
    start, stop = axis.ends
    place = (pairs[:, 0] - start) / ((stop - start) or 1)
    column = np.minimum((place * columns).astype(int), columns - 1)
    used, where = np.unique(column, return_inverse=True)
    count = np.bincount(where)
    means = np.bincount(where, pairs[:, 1] / count[where])  # divided first: no sum overflows
    return used, np.log10(means) if log else means


def _limits(low: float, high: float) -> tuple[float, float]:
    """From the lowest value to the highest; a flat line goes in the middle."""
    if high - low > max(1e-300, 1e-12 * max(abs(low), abs(high))):
        return low, high
    margin = 0.6 * (abs(low) or 1)
    return low - margin, high + margin


def _ticks(low: float, high: float, log: bool, rows: int) -> dict[int, str]:
    """Labels by the row, from above, that is nearest to their values."""
    most = max(2, rows * 2 // 3)
    found = log_ticks(10.0**low, 10.0**high, most) if log else linear_ticks(low, high, most)
    places = [np.log10(tick) if log else tick for tick in found]
    at = [round((high - place) / (high - low) * (rows - 1)) for place in places]
    return dict(zip(at, labels(found)))


def _bottom(axis: Across, width: int, style: Style) -> Iterator[str]:
    """The rule along the bottom with its ticks, and their labels."""
    columns = max(8, width - _LEFT - 2)
    start, stop = axis.ends
    ticks = linear_ticks(start, stop, max(2, columns // 14)) if stop > start else [start]
    at = [int((t - start) / (stop - start) * (columns - 1)) if stop > start else 0 for t in ticks]
    rule = "".join(style.frame[4 if i in at else 3] for i in range(columns))
    yield " " * (_LEFT + 1) + style.frame[2] + rule
    line = ""
    for place, label in zip(at, labels(ticks)):
        begin = min(_LEFT + 2 + place - len(label) // 2, width - len(label))
        if begin > len(line) or not line:
            line = line.ljust(begin) + label
    yield line
    yield axis.name.rjust(width)
