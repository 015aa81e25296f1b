"""The table of a net: layers, shapes, parameters, multiply-adds, memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..core.context import TRAIN
from ..layers._unopened import Unshaped
from ..net.net import Net


@dataclass(frozen=True)
class LayerSummary:
    """One layer.  shapes: of the tops.  parameters: those it owns (shared ones count at the
    first layer).  macs: multiply-adds of a forward pass over the batch.  memory: bytes of
    its tops and parameters, gradients included in the TRAIN phase; what works in place or
    shares its bottom's memory takes none.  A shape that is not known is None.
    known: False for a layer that could not be set up, whose numbers are 0.
    """

    name: str
    type: str
    bottoms: list[str]
    tops: list[str]
    shapes: list[tuple[int, ...] | None]
    parameters: int
    macs: int
    memory: int
    known: bool = True


def summarize(net: Net) -> list[LayerSummary]:
    """A row for each layer, in order."""
    rows: list[LayerSummary] = []
    seen: set[int] = set()
    copies = 2 if net.phase == TRAIN else 1
    owned: dict[int, int] = {}
    for blob in net.learnable_params:
        owned[id(blob)] = blob.count
    # By position, not by name: two layers may share one.
    for step in net.steps:
        layer, bottom, top = step.layer, step.bottom, step.top
        known = not isinstance(layer, Unshaped)
        parameters = sum(owned.get(id(blob), 0) for blob in layer.blobs)
        values = parameters
        for blob in top if known else ():
            memory = blob.data_memory
            if id(memory) not in seen:
                seen.add(id(memory))
                values += blob.count
        rows.append(
            LayerSummary(
                layer.name,
                layer.param.type,
                step.bottom_names,
                step.top_names,
                [
                    None if name in net.unknown else blob.shape
                    for name, blob in zip(step.top_names, top)
                ],
                parameters,
                layer.macs(bottom, top),
                values * copies * layer.dtype.itemsize,
                known,
            )
        )
    return rows


def to_json(net: Net, rows: list[LayerSummary]) -> dict[str, Any]:
    """The same as plain data: layers and totals."""
    return {
        "name": net.name,
        "phase": "TRAIN" if net.phase == TRAIN else "TEST",
        "layers": [asdict(row) for row in rows],
        "parameters": sum(row.parameters for row in rows),
        "macs": sum(row.macs for row in rows),
        "memory": sum(row.memory for row in rows),
    }


def to_text(net: Net, rows: list[LayerSummary]) -> str:
    """An aligned table with a line of totals; numbers to the right.

    The splits that were inserted take no memory and are not in the user's file: the table
    leaves them out and names the blobs that they hand on.
    """
    split = {top: row.bottoms[0] for row in rows if _inserted(row) for top in row.tops}
    rows = [row for row in rows if not _inserted(row)]
    head = ("layer", "type", "bottoms", "tops", "shape", "parameters", "multiply-adds", "memory")
    body = [
        (
            row.name,
            row.type,
            " ".join(split.get(name, name) for name in row.bottoms),
            " ".join(row.tops),
            " ".join(shape_text(shape) for shape in row.shapes),
            *(
                (f"{row.parameters:,}", f"{row.macs:,}", human_bytes(row.memory))
                if row.known
                else ("?", "?", "?")
            ),
        )
        for row in rows
    ]
    totals = [sum(getattr(row, key) for row in rows) for key in ("parameters", "macs", "memory")]
    total = (
        "total",
        f"{len(rows)} layers",
        "",
        "",
        "",
        f"{totals[0]:,}",
        f"{totals[1]:,}",
        human_bytes(totals[2]),
    )
    phase = "TRAIN" if net.phase == TRAIN else "TEST"
    left_out = sum(not row.known for row in rows)
    layers = "a layer" if left_out == 1 else f"{left_out} layers"
    first = [
        name
        for step in net.steps
        if isinstance(step.layer, Unshaped) and not net.unknown.intersection(step.bottom_names)
        for name in step.top_names
        if name in net.unknown
    ]
    note = [f"the totals are without {layers} where shapes are not known"] if left_out else []
    if first:
        note[0] += f": from {', '.join(map(repr, first))} on (--shape NAME=N,C,H,W gives one)"
    return "\n".join([f"{net.name or 'net'} ({phase})", *ruled(head, body, total, 5), *note])


def shape_text(shape: tuple[int, ...] | None) -> str:
    """(2, 3) -> '2x3'; '?' for one that is not known."""
    return "?" if shape is None else "x".join(map(str, shape)) or "scalar"


def _inserted(row: LayerSummary) -> bool:
    return row.type == "Split" and row.name.endswith("_split")


def human_bytes(count: float) -> str:
    """1536 -> '1.5 KiB'."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1024
    return f"{count:.1f} GiB"


def ruled(
    head: Sequence[str], body: Sequence[Sequence[str]], total: Sequence[str], left: int
) -> list[str]:
    """The lines of a table, its first `left` columns to the left, the others to the right."""
    table = [head, *body, total]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    lines = []
    for row in table:
        cells = [c.ljust(w) for c, w in zip(row[:left], widths[:left])]
        cells += [c.rjust(w) for c, w in zip(row[left:], widths[left:])]
        lines.append("  ".join(cells).rstrip())
    rule = "-" * max(len(line) for line in lines)
    return [rule, lines[0], rule, *lines[1:-1], rule, lines[-1]]
