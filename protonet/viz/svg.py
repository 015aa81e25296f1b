"""A sheet as SVG text."""

from __future__ import annotations

import itertools
from html import escape

from .fonts import FAMILY
from .sheet import Curve, Rect, Sheet, Words

INK, FAINT, LINE = "#1d2329", "#56616b", "#6b7785"
RADIUS = 5.0


def to_svg(sheet: Sheet) -> str:
    """A picture that stands alone: no scripts, styles or fonts from elsewhere."""
    size = f"{sheet.width:.0f}", f"{sheet.height:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {size[0]} {size[1]}" font-family="{FAMILY}" role="img">',
        f"<title>{_escaped(sheet.title)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto">',
        f'<path d="M0 0.5L8 4L0 7.5z" fill="{LINE}"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *map(_curve, sheet.curves),
        *map(_rect, sheet.rects),
        *map(_words, sheet.words),
        "</svg>",
    ]
    return "\n".join([*parts, ""])


def path_of(curve: Curve) -> list[tuple[str, list[tuple[float, float]]]]:
    """Commands of SVG's paths, M, L and C, with their points: straight where x stays, else a
    curve that leaves and arrives vertically."""
    points = curve.points
    found = [("M", [points[0]])]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 == x1:
            found.append(("L", [(x1, y1)]))
        else:
            middle = (y0 + y1) / 2
            found.append(("C", [(x0, middle), (x1, middle), (x1, y1)]))
    return found


def _curve(curve: Curve) -> str:
    path = "".join(
        command + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
        for command, points in path_of(curve)
    )
    tip = ' marker-end="url(#tip)"' if curve.arrow else ""
    return f'<path d="{path}" fill="none" stroke="{LINE}" stroke-width="1.2"{tip}/>'


def corners(rect: Rect) -> str:
    """The path of a part of a box: round where the box ends."""
    x, y, w, h = rect.x, rect.y, rect.width, rect.height
    top, low = RADIUS * rect.top, RADIUS * rect.bottom
    return (
        f"M{x:.1f} {y + top:.1f}a{top} {top} 0 0 1 {top} -{top}h{w - 2 * top:.1f}"
        f"a{top} {top} 0 0 1 {top} {top}v{h - top - low:.1f}a{low} {low} 0 0 1 -{low} {low}"
        f"h-{w - 2 * low:.1f}a{low} {low} 0 0 1 -{low} -{low}z"
    )


def _rect(rect: Rect) -> str:
    return f'<path d="{corners(rect)}" fill="{rect.kind.fill}" stroke="{rect.kind.edge}"/>'


def _words(words: Words) -> str:
    anchor = ' text-anchor="middle"' if words.centred else ""
    weight = ' font-weight="bold"' if words.bold else ""
    return (
        f'<text x="{words.x:.1f}" y="{words.y + 0.36 * words.size:.1f}" font-size="{words.size:g}" '
        f'fill="{FAINT if words.faint else INK}"{anchor}{weight}>{_escaped(words.text)}</text>'
    )


def _escaped(text: str) -> str:
    """Without what XML forbids, control letters among them."""
    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))
