"""What a net takes: the shapes, parameters, multiply-adds and memory of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..core.blob import Blob
from ..core.context import TRAIN
from ..layers._unopened import Unshaped
from ..net.net import Net
from ..net.step import Step
from .receptive import plain, receptive_fields
from .tables import shape_text


@dataclass(frozen=True)
class LayerSummary:
    """One layer.  shapes: of the tops.  parameters: those it owns (shared ones count at the
    first layer).  frozen: those of them that no solver changes, their lr_mult being 0.
    macs: multiply-adds of a forward pass over the batch, in layers with weights (convolution,
    inner product, recurrent).  activations: bytes of the tops; what works in place or shares its
    bottom's memory takes none.  training: bytes in training: tops and parameters, the gradients
    of parameters that learn and of all tops that were computed from others.  A shape that is not
    known is None.  known: False for a layer that could not be set up, whose numbers are 0.
    field, stride: of the first top, along each spatial axis, how many pixels of the net's input a
    value depends on ("all" for the whole input), and how many are from one value to the next; None
    where that cannot be told.
    """

    name: str
    type: str
    bottoms: list[str]
    tops: list[str]
    shapes: list[tuple[int, ...] | None]
    parameters: int
    frozen: int
    macs: int
    activations: int
    training: int
    known: bool = True
    field: list[int | float | str] | None = None
    stride: list[int | float | str] | None = None

    @property
    def inserted(self) -> bool:
        """Whether it is a split that is not in the user's file."""
        return self.type == "Split" and self.name.endswith("_split")


@dataclass(frozen=True)
class Summary:
    """A net.  batch: its items, the first axis of the first blob that is read;
    item: what to call one.
    peak: bytes of the blobs that a forward pass needs at once, each given up after its last
    reader.  missing: the first blobs whose shapes are not known.
    """

    name: str
    phase: str
    batch: int
    item: str
    rows: list[LayerSummary]
    itemsize: int
    peak: int
    missing: list[str]

    def total(self, field: str) -> int:
        return total(self.rows, field)

    @property
    def shown(self) -> list[LayerSummary]:
        """The layers of the user's file.  The splits that were inserted take no memory; their
        readers name the blob that they hand on."""
        split = {top: row.bottoms[0] for row in self.rows if row.inserted for top in row.tops}
        return [
            LayerSummary(**{**vars(row), "bottoms": [split.get(b, b) for b in row.bottoms]})
            for row in self.rows
            if not row.inserted
        ]


def total(rows: Sequence[LayerSummary], field: str) -> int:
    """Of a field with numbers, over layers."""
    return sum(getattr(row, field) for row in rows)


def summarize(net: Net) -> Summary:
    """A row for each layer, in order, and what holds for the net."""
    batch, item = _batch(net)
    return Summary(
        net.name,
        "TRAIN" if net.phase == TRAIN else "TEST",
        batch,
        item,
        list(_rows(net)),
        np.dtype(net.context.dtype).itemsize,
        _peak(net),
        _first_unknown(net),
    )


def _rows(net: Net) -> Iterator[LayerSummary]:
    # By position and by blob, not by name: two layers may share one.
    seen: set[int] = set()
    owned = {id(blob): rate for blob, rate in zip(net.learnable_params, net.params_lr)}
    for step, seen_by in zip(net.steps, receptive_fields(net)):
        layer = step.layer
        known = not isinstance(layer, Unshaped)
        parameters = frozen = 0
        for blob in layer.blobs:
            if (rate := owned.pop(id(blob), None)) is not None:
                parameters += blob.count
                frozen += blob.count if rate == 0 else 0
        new = [blob for blob in step.top if id(blob.data_memory) not in seen] if known else []
        memory = {id(blob.data_memory): blob.count for blob in new}
        seen.update(memory)
        values = sum(memory.values())
        gradients = parameters - frozen + (values if step.bottom else 0)
        size = layer.dtype.itemsize
        yield LayerSummary(
            layer.name,
            layer.param.type,
            step.bottom_names,
            step.top_names,
            [
                None if name in net.unknown else blob.shape
                for name, blob in zip(step.top_names, step.top)
            ],
            parameters,
            frozen,
            layer.macs(step.bottom, step.top),
            values * size,
            (values + parameters + gradients) * size,
            known,
            [plain(n) for n in seen_by.size] if seen_by else None,
            [plain(n) for n in seen_by.stride] if seen_by else None,
        )


def _batch(net: Net) -> tuple[int, str]:
    """How many items there are in the batch, and what to call one of them."""
    sources = (step for step in net.steps if not step.bottom)
    for step in sources:
        for name, blob in zip(step.top_names, step.top):
            if name not in net.unknown and blob.shape and blob.shape[0]:
                return blob.shape[0], "image" if len(blob.shape) == 4 else "item"
    return 1, "item"


def _peak(net: Net) -> int:
    """The most bytes of blobs that wait for a reader, or are made, at any one layer."""
    life: dict[int, list[int]] = {}  # of a memory: bytes, first and last layer
    for i, step in enumerate(net.steps):
        for blob in _known(step, net):
            span = life.setdefault(id(blob.data_memory), [0, i, i])
            span[0] = max(span[0], blob.count * blob.dtype.itemsize)
            span[2] = i
    change = [0] * (len(net.steps) + 1)
    for size, first, last in life.values():
        change[first] += size
        change[last + 1] -= size
    peak = alive = 0
    for step_change in change:
        alive += step_change
        peak = max(peak, alive)
    return peak


def _known(step: Step, net: Net) -> Iterator[Blob]:
    names = [*step.bottom_names, *step.top_names]
    for name, blob in zip(names, [*step.bottom, *step.top]):
        if name not in net.unknown:
            yield blob


def _first_unknown(net: Net) -> list[str]:
    return [
        name
        for step in net.steps
        if isinstance(step.layer, Unshaped) and not net.unknown.intersection(step.bottom_names)
        for name in step.top_names
        if name in net.unknown
    ]


# -- as data -------------------------------------------------------------------------------


def to_json(summary: Summary) -> dict[str, Any]:
    """The same as plain data: layers and totals, of the batch and of one item of it."""
    fields = ("parameters", "frozen", "macs", "activations", "training")
    return {
        "name": summary.name,
        "phase": summary.phase,
        "batch": summary.batch,
        "layers": [asdict(row) for row in summary.rows],
        **{field: summary.total(field) for field in fields},
        "peak_activations": summary.peak,
        "per_item": {
            field: _each(summary.total(field), summary.batch) for field in ("macs", "activations")
        },
    }


def to_records(summary: Summary) -> list[dict[str, Any]]:
    """A flat dict for each layer of the user's file: the rows of a CSV.  Numbers that are not
    known are None."""
    records = []
    for row in summary.shown:
        numbers = {
            "parameters": row.parameters,
            "trainable": row.parameters - row.frozen,
            "frozen": row.frozen,
            "macs": row.macs,
            "macs_per_item": _each(row.macs, summary.batch),
            "activation_bytes": row.activations,
            "activation_bytes_per_item": _each(row.activations, summary.batch),
            "training_bytes": row.training,
        }
        records.append(
            {
                "phase": summary.phase,
                "batch": summary.batch,
                "layer": row.name,
                "type": row.type,
                "bottoms": row.bottoms,
                "tops": row.tops,
                "shapes": [shape_text(shape) for shape in row.shapes],
                "field": axes_text(row.field),
                "stride": axes_text(row.stride),
                **(numbers if row.known else dict.fromkeys(numbers)),
            }
        )
    return records


def axes_text(numbers: Sequence[int | float | str] | None) -> str:
    """[3, 3] -> '3', [3, 5] -> '3x5'; '' for what is not known.

    >>> axes_text([0.5, 0.5]), axes_text([11, 7]), axes_text(None)
    ('0.5', '11x7', '')
    """
    texts = [f"{n:g}" if isinstance(n, float) else str(n) for n in numbers or ()]
    return "x".join(texts if len({*texts}) > 1 else texts[:1])


def _each(number: int, batch: int) -> int | float:
    """Of one item; whole where it is."""
    return number / batch if number % batch else number // batch
