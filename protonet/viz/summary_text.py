"""The table of a net in text: for a terminal of any width, and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .groups import Group, find_groups
from .summary import LayerSummary, Summary, axes_text, total
from .tables import Table, human_bytes, human_count, percent, shape_text

Number = Callable[[float], str]
Figure = Callable[[Sequence[LayerSummary]], str]
#: Columns that may be shortened, with the letters that remain of each.
_LEAST = {0: 8, 1: 6, 2: 7}


def to_text(
    summary: Summary, width: int | None = None, groups: str = "subtotals", fields: bool = False
) -> str:
    """A table of the layers, then one of the totals.

    width: columns of the terminal (None: as many as it takes).  What does not fit is left out
    in this order, which a line below tells: names of blobs, shares, digits, the middle of names.
    groups: "subtotals" shows a line above each block of layers, "folded" that line alone, "none"
    no blocks.  fields: whether receptive fields and strides are told.
    """
    table = to_table(summary, groups, fields=fields)
    note = []
    if width is not None and table.width > width:
        tries = [
            to_table(summary, groups, fields, False),
            to_table(summary, groups, fields, False, 1),
            to_table(summary, groups, fields, False, 1, human_count),
        ]
        if width < 72 or fields:
            tries.append(to_table(summary, groups, fields, False, 0, human_count))
        table = next((table for table in tries if table.width <= width), tries[-1])
        if table.width > width:
            note = [f"names are shortened to fit {width} columns: --full shows all of them"]
    head = f"{summary.name or 'net'} ({summary.phase})"
    return "\n".join([head, *table.lines(width), "", *totals(summary), *note, *_left_out(summary)])


def to_table(
    summary: Summary,
    groups: str,
    fields: bool = False,
    blobs: bool = True,
    shares: int = 2,
    number: Number = "{:,.0f}".format,
) -> Table:
    """fields: whether there are columns of receptive fields and strides.  blobs: whether bottoms
    and tops are named.  shares: of parameters and multiply-adds (2), of the latter (1), none (0).
    number: how counts are written.
    """
    rows, figures = summary.shown, _figures(summary, shares, number)
    heads = ["layer", "type", *(["bottoms", "tops"] if blobs else []), "shape"]
    left, heads = len(heads), [*heads, *(["field", "stride"] if fields else [])]

    def line(
        name: str, type: str, of: Sequence[LayerSummary], row: LayerSummary | None = None
    ) -> list[str]:
        texts = _texts(row) if row else [""] * 5
        known = any(each.known for each in of)
        numbers = [text(of) if known else "?" for _, text in figures]
        return [name, type, *texts[0 if blobs else 2 : 5 if fields else 3], *numbers]

    table = Table([*heads, *(head for head, _ in figures)], left=left, least=_LEAST)
    for group in _groups(rows, groups):
        members = rows[group.start : group.stop]
        if group.name:
            table.body.append(line(group.name, f"{len(members)} layers", members))
        if group.name and groups == "folded":
            continue
        for row in members:
            table.body.append(line(_within(row.name, group.name), row.type, [row], row))
    table.total = line("total", f"{len(rows)} layers", rows)
    return table


def _figures(summary: Summary, shares: int, number: Number) -> list[tuple[str, Figure]]:
    """The columns of numbers: head, and what it says of some layers."""
    each = f"\nper {summary.item}"

    def share(field: str) -> tuple[str, Figure]:
        return "%", lambda rows: percent(total(rows, field), summary.total(field))

    figures: list[tuple[str, Figure]] = [
        ("parameters", lambda rows: number(total(rows, "parameters"))),
        share("parameters"),
        (
            f"multiply-adds{each}" if shares > 1 else f"mult-adds{each}",
            lambda rows: number(total(rows, "macs") / summary.batch),
        ),
        share("macs"),
        (
            f"activations{each}" if shares > 1 else f"memory{each}",
            lambda rows: human_bytes(total(rows, "activations") / summary.batch),
        ),
    ]
    return [figure for i, figure in enumerate(figures) if shares > {1: 1, 3: 0}.get(i, -1)]


def _groups(rows: Sequence[LayerSummary], groups: str) -> list[Group]:
    if groups == "none":
        return [Group("", 0, len(rows))]
    return find_groups([row.name for row in rows])


def _within(name: str, group: str) -> str:
    """A layer's name below the line of its block, which it need not repeat."""
    if not group:
        return name
    rest = name.removeprefix(f"{group}/")
    return f"  {rest or name}"


def _texts(row: LayerSummary) -> list[str]:
    shapes = " ".join(map(shape_text, row.shapes))
    seen = [axes_text(row.field), axes_text(row.stride)]
    return [" ".join(row.bottoms), " ".join(row.tops), shapes, *seen]


def totals(summary: Summary) -> list[str]:
    """What the whole net takes, in lines."""
    _, heads, _, *lines, _ = total_table(summary).lines()
    parameters, training = sentences(summary)
    return [parameters, heads, *lines, training]


def total_table(summary: Summary) -> Table:
    """What the whole net takes, of one item and of the batch."""
    table = Table(["", f"per {summary.item}", f"batch of {summary.batch}"], left=1)

    def add(name: str, count: int, text: Number) -> None:
        table.body.append([name, text(count / summary.batch), text(count)])

    add("multiply-adds", summary.total("macs"), "{:,.0f}".format)
    add("activations, all kept", summary.total("activations"), human_bytes)
    add("activations, most at once", summary.peak, human_bytes)
    return table


def sentences(summary: Summary) -> list[str]:
    """What does not go by the item: parameters, and the memory of training."""
    parameters, frozen = summary.total("parameters"), summary.total("frozen")
    return [
        f"parameters: {parameters:,} ({human_bytes(parameters * summary.itemsize)}), "
        f"{parameters - frozen:,} trainable, {frozen:,} frozen",
        f"training: {human_bytes(summary.total('training'))} for a batch, with gradients, without "
        "the solver's history",
    ]


def _left_out(summary: Summary) -> list[str]:
    """What the totals are without, and why."""
    count = sum(not row.known for row in summary.rows)
    if not count:
        return []
    layers = "a layer" if count == 1 else f"{count} layers"
    note = f"the totals are without {layers} where shapes are not known"
    if summary.missing:
        names = ", ".join(map(repr, summary.missing))
        note += f": from {names} on (--shape NAME=N,C,H,W gives one)"
    return [note]
