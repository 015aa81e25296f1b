"""A net as a table, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..core.blob import Blob
from .step import Step

_HEAD = ("layer", "type", "bottom", "top", "shape", "parameters")


def table(title: str, steps: Sequence[Step]) -> str:
    """One row a layer: name, type, blobs, shapes of the tops, parameters."""
    rows = [_row("th", _HEAD)]
    for step in steps:
        cells = (
            step.layer.name,
            step.layer.type,
            ", ".join(step.bottom_names),
            ", ".join(step.top_names),
            _shapes(step.top),
            _shapes(step.layer.blobs),
        )
        rows.append(_row("td", cells))
    return f"<p>{escape(title)}</p><table>{''.join(rows)}</table>"


def _shapes(blobs: list[Blob]) -> str:
    return ", ".join("\u00d7".join(map(str, blob.shape)) or "scalar" for blob in blobs)


def _row(tag: str, cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
