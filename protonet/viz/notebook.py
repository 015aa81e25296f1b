"""What a notebook shows of a net: its picture, and the table of its layers."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

from ..net.net import Net
from .diagram import make_diagram
from .sheet import lay_out
from .summary import summarize
from .summary_text import sentences, to_table, total_table
from .svg import to_svg
from .tables import Table

#: Layers beyond which a picture tells less than the table.
_MOST = 400


def html(net: Net | Any) -> str:
    """For a Net of protonet or of protonet.pycaffe."""
    native: Net = net if isinstance(net, Net) else net._native
    summary = summarize(native)
    parts = [f"<p>{escape(repr(native)[1:-1])}</p>"]
    if len(native.layers) <= _MOST:
        parts.append(_folded("picture", _picture(native)))
    parts.append(_folded("layers", _table(to_table(summary, "subtotals"))))
    lines = "".join(f"<p>{escape(line)}</p>" for line in sentences(summary))
    parts.append(_folded("totals", _table(total_table(summary)) + lines))
    return "\n".join(parts)


def _picture(net: Net) -> str:
    """As an image, whose marks do not mix with those of other pictures on the page."""
    sheet = lay_out(make_diagram(net))
    data = base64.b64encode(to_svg(sheet).encode()).decode()
    return (
        f'<img alt="{escape(sheet.title)}: the table below tells the same" '
        f'src="data:image/svg+xml;base64,{data}" style="max-width: none">'
    )


def _folded(title: str, content: str) -> str:
    return (
        f"<details open><summary>{title}</summary>"
        f'<div style="max-height: 40em; overflow: auto">{content}</div></details>'
    )


def _table(table: Table) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align: {"left" if i < table.left else "right"}">{escape(cell)}</td>'
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
