"""A net as a table, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..core.blob import Blob

if TYPE_CHECKING:
    from .net import Net

_HEAD = ("layer", "type", "bottom", "top", "shape", "parameters")


def table(net: Net) -> str:
    """One row a layer: name, type, blobs, shapes of the tops, parameters."""
    rows = [_row("th", _HEAD)]
    for step in net.steps:
        cells = (
            step.layer.name,
            step.layer.type,
            ", ".join(step.bottom_names),
            ", ".join(step.top_names),
            _shapes(step.top),
            _shapes(step.layer.blobs),
        )
        rows.append(_row("td", cells))
    return f"<p>{escape(repr(net)[1:-1])}</p><table>{''.join(rows)}</table>"


def _shapes(blobs: list[Blob]) -> str:
    return ", ".join("\u00d7".join(map(str, blob.shape)) or "scalar" for blob in blobs)


def _row(tag: str, cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
