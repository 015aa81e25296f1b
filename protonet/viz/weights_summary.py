"""The table of a weight file: its layers, the shapes of their blobs and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..proto.stored import LayerWeights
from .tables import Table, human_bytes, shape_text


@dataclass(frozen=True)
class BlobStatistics:
    """min, max, mean, std: of the finite values, None if there are none (std divides by their
    number).  zeros, not_finite: how many values are 0, and NaN or infinite."""

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    zeros: int
    not_finite: int


@dataclass(frozen=True)
class WeightsRow:
    """One layer.  type: empty where the file does not tell it.  shapes, statistics: of its
    blobs; None for one that another layer owns.  memory: bytes of the values in the file."""

    name: str
    type: str
    shapes: list[tuple[int, ...] | None]
    parameters: int
    memory: int
    statistics: list[BlobStatistics | None]


def summarize_weights(layers: Sequence[LayerWeights]) -> list[WeightsRow]:
    """A row for each layer that has blobs, in the order of the file."""
    return [
        WeightsRow(
            layer.name,
            layer.type,
            [blob if blob is None else blob.shape for blob in layer.blobs],
            sum(blob.size for blob in layer.blobs if blob is not None),
            sum(blob.nbytes for blob in layer.blobs if blob is not None),
            [blob if blob is None else statistics(blob) for blob in layer.blobs],
        )
        for layer in layers
        if layer.blobs
    ]


def statistics(values: NDArray) -> BlobStatistics:
    """What a blob holds; computed in double precision."""
    finite = values[np.isfinite(values)]
    zeros, bad = values.size - int(np.count_nonzero(values)), values.size - finite.size
    if not finite.size:
        return BlobStatistics(None, None, None, None, zeros, bad)
    mean, std = (float(f(finite, dtype=np.float64)) for f in (np.mean, np.std))
    return BlobStatistics(float(finite.min()), float(finite.max()), mean, std, zeros, bad)


def to_json(rows: Sequence[WeightsRow]) -> dict[str, Any]:
    """The same as plain data: layers and totals."""
    return {
        "layers": [asdict(row) for row in rows],
        "parameters": sum(row.parameters for row in rows),
        "memory": sum(row.memory for row in rows),
    }


def to_records(rows: Sequence[WeightsRow]) -> list[dict[str, Any]]:
    """A flat dict for each blob: the rows of a CSV."""
    return [
        {
            "layer": row.name,
            "type": row.type,
            "blob": i,
            "shape": "shared" if shape is None else shape_text(shape),
            **(asdict(held) if held else dict.fromkeys(BlobStatistics.__dataclass_fields__)),
        }
        for row in rows
        for i, (shape, held) in enumerate(zip(row.shapes, row.statistics))
    ]


def to_text(title: str, rows: Sequence[WeightsRow], width: int | None = None) -> str:
    """A line for each blob and one of totals; without types where `width` is too narrow."""
    table = to_table(rows)
    note = []
    if width is not None and table.width > width:
        table = to_table(rows, types=False)
        if table.width > width:
            note = [f"names are shortened to fit {width} columns: --full shows all of them"]
    parameters, memory = (
        sum(getattr(row, key) for row in rows) for key in ("parameters", "memory")
    )
    total = f"total: {len(rows)} layers, {parameters:,} parameters, {human_bytes(memory)}"
    return "\n".join([title, *table.lines(width), total, *note])


def to_list(title: str, layers: Sequence[LayerWeights], width: int | None = None) -> list[str]:
    """A line for each layer with weights: name, type, shapes of blobs, precision, values."""
    heads = ["layer", "type", "blobs", "dtype", "values"]
    table = Table(heads, left=4, least={0: 9, 1: 5, 2: 12})
    values = memory = 0
    for layer in layers:
        blobs = [blob for blob in layer.blobs if blob is not None]
        if not layer.blobs:
            continue
        shapes = ", ".join("shared" if x is None else shape_text(x.shape) for x in layer.blobs)
        dtypes = ", ".join(dict.fromkeys(str(blob.dtype) for blob in blobs))
        count = sum(blob.size for blob in blobs)
        table.body.append([layer.name, layer.type, shapes, dtypes, f"{count:,}"])
        values, memory = values + count, memory + sum(blob.nbytes for blob in blobs)
    total = f"total: {len(table.body)} layers, {values:,} parameters, {human_bytes(memory)}"
    return [title, *table.lines(width), total]


def to_list_json(layers: Sequence[LayerWeights]) -> list[dict[str, Any]]:
    """The same as plain data; of a blob that another layer owns None."""
    return [
        {
            "name": layer.name,
            "type": layer.type,
            "blobs": [
                x if x is None else {"shape": [*x.shape], "dtype": str(x.dtype)}
                for x in layer.blobs
            ],
        }
        for layer in layers
        if layer.blobs
    ]


def to_table(rows: Sequence[WeightsRow], types: bool = True) -> Table:
    heads = ["layer", *(["type"] if types else []), "shape", "min", "max", "mean", "std"]
    table = Table([*heads, "zeros", "NaN/inf"], left=3 if types else 2, least={0: 9, 1: 9})
    for row in rows:
        names = [row.name, *([row.type] if types else [])]
        for shape, held in zip(row.shapes, row.statistics):
            if held is None or shape is None:
                cells = ["shared", *[""] * 6]
            else:
                figures = (held.min, held.max, held.mean, held.std)
                cells = [shape_text(shape), *("" if x is None else f"{x:.3g}" for x in figures)]
                cells += [f"{held.zeros:,}", f"{held.not_finite:,}"]
            table.body.append([*names, *cells])
            names = [""] * len(names)  # once is enough
    return table
