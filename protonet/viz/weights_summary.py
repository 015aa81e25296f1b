"""The table of a weight file: its layers, the shapes of their blobs, how many values they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..proto.stored import LayerWeights
from .summary import human_bytes, ruled, shape_text


@dataclass(frozen=True)
class WeightsRow:
    """One layer.  type: empty where the file does not tell it.  shapes: of its blobs; None for
    one that another layer owns.  memory: bytes of the values in the file."""

    name: str
    type: str
    shapes: list[tuple[int, ...] | None]
    parameters: int
    memory: int


def summarize_weights(layers: Sequence[LayerWeights]) -> list[WeightsRow]:
    """A row for each layer that has blobs, in the order of the file."""
    return [
        WeightsRow(
            layer.name,
            layer.type,
            [blob if blob is None else blob.shape for blob in layer.blobs],
            sum(blob.size for blob in layer.blobs if blob is not None),
            sum(blob.nbytes for blob in layer.blobs if blob is not None),
        )
        for layer in layers
        if layer.blobs
    ]


def to_json(rows: Sequence[WeightsRow]) -> dict[str, Any]:
    """The same as plain data: layers and totals."""
    return {
        "layers": [asdict(row) for row in rows],
        "parameters": sum(row.parameters for row in rows),
        "memory": sum(row.memory for row in rows),
    }


def to_text(title: str, rows: Sequence[WeightsRow]) -> str:
    """An aligned table with a line of totals; numbers to the right."""
    body = [
        (
            row.name,
            row.type,
            " ".join("shared" if s is None else shape_text(s) for s in row.shapes),
            f"{row.parameters:,}",
            human_bytes(row.memory),
        )
        for row in rows
    ]
    parameters, memory = (
        sum(getattr(row, key) for row in rows) for key in ("parameters", "memory")
    )
    total = ("total", f"{len(rows)} layers", "", f"{parameters:,}", human_bytes(memory))
    head = ("layer", "type", "shapes", "parameters", "memory")
    return "\n".join([title, *ruled(head, body, total, 3)])
