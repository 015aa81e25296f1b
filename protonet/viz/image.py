"""A sheet as PNG or PDF, by Matplotlib."""

from __future__ import annotations

import io
from typing import Any

from .fonts import FAMILY
from .matplotlib_figure import figure_classes
from .sheet import Rect, Sheet
from .svg import FAINT, INK, LINE, RADIUS, path_of

_MOST = 60000  # pixels of a side: an image of Matplotlib's has 65535 at most
_POINT = 0.72  # of a pixel, at a hundred pixels an inch


def to_image(sheet: Sheet, form: str, scale: float = 2.0) -> bytes:
    """form: png or pdf.  scale: pixels of a PNG for one of the sheet; fewer for a very large
    sheet.  ProtonetError without Matplotlib."""
    figure_class, _ = figure_classes(f"drawing {form.upper()}")
    figure = figure_class(
        figsize=(sheet.width / 100, sheet.height / 100),
        dpi=min(100 * scale, 100 * _MOST / max(sheet.width, sheet.height)),
    )
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, sheet.width), ylim=(sheet.height, 0))
    axes.set_axis_off()
    _draw_curves(axes, sheet)
    for rect in sheet.rects:
        axes.add_patch(_patch(rect))
    fonts = [name.strip() for name in FAMILY.split(",")][:1]
    for words in sheet.words:
        axes.text(
            words.x,
            words.y,
            words.text.replace("$", r"\$"),
            size=words.size * _POINT,
            weight="bold" if words.bold else "normal",
            family=fonts,
            color=FAINT if words.faint else INK,
            ha="center" if words.centred else "left",
            va="center_baseline",
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form)
    return buffer.getvalue()


def _draw_curves(axes: Any, sheet: Sheet) -> None:
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path

    codes = {"M": [Path.MOVETO], "L": [Path.LINETO], "C": [Path.CURVE4] * 3}
    for curve in sheet.curves:
        commands = path_of(curve)
        points = [point for _, points in commands for point in points]
        path = Path(points, [code for command, _ in commands for code in codes[command]])
        axes.add_patch(
            PathPatch(path, fill=False, edgecolor=LINE, linewidth=1.2 * _POINT, snap=False)
        )
        if curve.arrow:
            x, y = points[-1]
            tip = [(x, y), (x - 3.2, y - 7), (x + 3.2, y - 7)]
            axes.add_patch(Polygon(tip, facecolor=LINE, edgecolor="none"))


def _patch(rect: Rect) -> Any:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x0, y0, x1, y1 = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
    top, low = RADIUS * rect.top, RADIUS * rect.bottom
    points = [(x0, y0 + top), (x0, y0), (x0 + top, y0), (x1 - top, y0), (x1, y0), (x1, y0 + top)]
    points += [(x1, y1 - low), (x1, y1), (x1 - low, y1), (x0 + low, y1), (x0, y1), (x0, y1 - low)]
    codes = [Path.MOVETO, *[Path.CURVE3] * 2, *[Path.LINETO, Path.CURVE3, Path.CURVE3] * 3]
    path = Path([*points, (x0, y0)], [*codes, Path.CLOSEPOLY])
    return PathPatch(path, facecolor=rect.kind.fill, edgecolor=rect.kind.edge, linewidth=_POINT)
