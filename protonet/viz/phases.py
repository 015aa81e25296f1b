"""The table of two phases of one net, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from .summary import LayerSummary, Summary
from .summary_text import totals
from .tables import Table, human_count, shape_text

Pair = tuple[LayerSummary | None, LayerSummary | None]
_NONE, _SAME = "-", "="  # a layer that the other phase has, a cell like the one beside it
_LEGEND = f"{_SAME} as in {{}}, {_NONE} not in this phase; multiply-adds per {{}}"


def pairs(left: Summary, right: Summary) -> list[Pair]:
    """The layers of both in their order; None beside a layer that only one phase has."""
    a, b = left.shown, right.shown
    keys = [[(row.name, row.type) for row in rows] for rows in (a, b)]
    found: list[Pair] = []
    for tag, i0, i1, j0, j1 in SequenceMatcher(
        None, keys[0], keys[1], autojunk=False
    ).get_opcodes():
        if tag == "equal":
            found.extend(zip(a[i0:i1], b[j0:j1]))
        else:
            found.extend((row, None) for row in a[i0:i1])
            found.extend((None, row) for row in b[j0:j1])
    return found


def to_table(left: Summary, right: Summary, exact: bool = True) -> Table:
    """exact: numbers with all their digits."""
    number = "{:,.0f}".format if exact else human_count
    both = (left, right)
    heads = ["layer", "type", *(f"shape\n{s.phase}" for s in both), "parameters"]
    heads += [f"mult-adds\n{s.phase}" for s in both]
    table = Table(heads, left=4, least={0: 12, 1: 9, 2: 8, 3: 8})
    for pair in pairs(left, right):
        row = pair[0] or pair[1]
        assert row is not None
        macs = [_cell(x, number(x.macs / s.batch) if x else "") for x, s in zip(pair, both)]
        shapes = [_cell(x, _shapes(x) if x else "", True) for x in pair]
        parameters = [_cell(x, number(x.parameters)) for x in pair if x]
        table.body.append([row.name, row.type, *_pair(shapes), _either(parameters), *_pair(macs)])
    table.total = [
        "total",
        f"{len(table.body)} layers",
        *(f"{len(s.shown)} layers" for s in both),
        _either([number(s.total("parameters")) for s in both]),
        *(number(s.total("macs") / s.batch) for s in both),
    ]
    return table


def _cell(row: LayerSummary | None, text: str, shape: bool = False) -> str:
    if row is None:
        return _NONE
    return text if row.known or shape else "?"


def _pair(cells: Sequence[str]) -> list[str]:
    left, right = cells
    return [left, _SAME if left == right else right]


def _either(cells: Sequence[str]) -> str:
    return " / ".join(dict.fromkeys(cells))


def _shapes(row: LayerSummary) -> str:
    return " ".join(map(shape_text, row.shapes))


def to_text(both: Sequence[Summary], width: int | None = None) -> str:
    """One table of both, then the totals of each."""
    left, right = both
    table = to_table(left, right)
    note = []
    if width is not None and table.width > width:
        table = to_table(left, right, exact=False)
        if table.width > width:
            note = [f"names are shortened to fit {width} columns: --full shows all of them"]
    lines = [f"{left.name or right.name or 'net'} ({left.phase}, {right.phase})"]
    lines += [*table.lines(width), _LEGEND.format(left.phase, left.item), *note]
    for summary in both:
        first, *rest = totals(summary)
        lines += ["", f"{summary.phase}: {first}", *rest]
    return "\n".join(lines)
