"""A net as plain data for the page: its layers with all that is told of them, and its blobs."""

from __future__ import annotations

from typing import Any

from ...net.net import Net
from ...net.step import Step
from ...proto import caffe_pb2 as pb
from ...proto.printer import format
from .. import kinds
from ..blocks import find_blocks
from ..diagram import Diagram, make_diagram
from ..summary import LayerSummary, Summary, summarize

#: What the page shows elsewhere than among the parameters of a layer.
_APART = ("name", "type", "bottom", "top", "phase")


def kind_table() -> list[dict[str, str]]:
    """Name and colours of each kind, in the order of the key."""
    found = (value for value in vars(kinds).values() if isinstance(value, kinds.Kind))
    return [kind._asdict() for kind in found]


def net_data(net: Net) -> dict[str, Any]:
    """The layers of the user's file, without the splits that were inserted.

    layers: see `_layer`.  wires: blobs, each as a layer leaves it, with the positions of the layer
    that makes it (`source`) and of those that read it (`targets`).  hosts: of each layer, the
    position of the one whose box it is in when what works in place is folded.  groups: blocks of
    layers, `start` to `stop` - 1.  totals: of the batch.
    """
    summary = summarize(net)
    whole, folded = make_diagram(net, fold=False), make_diagram(net)
    hosts = _hosts(folded)
    rows = summary.shown
    steps = [step for step in net.steps if not step.inserted]
    links = [(wire.source, wire.targets) for wire in whole.wires]
    return {
        "name": net.name,
        "phase": summary.phase,
        "batch": summary.batch,
        "item": summary.item,
        "itemsize": summary.itemsize,
        "layers": [
            {**_layer(step, row), "kind": part.kind.name, "words": part.words}
            for step, row, part in zip(steps, rows, (card.parts[0] for card in whole.cards))
        ],
        "wires": [{"name": w.name, "source": w.source, "targets": w.targets} for w in whole.wires],
        "hosts": hosts,
        "groups": [vars(group) for group in find_blocks([row.name for row in rows], hosts, links)],
        "totals": _totals(summary),
        "faults": [str(fault) for fault in net.faults],
    }


def _hosts(folded: Diagram) -> list[int]:
    """The first layer of the card that each layer is in."""
    first: dict[int, int] = {}
    for layer, card in enumerate(folded.hosts):
        first.setdefault(card, layer)
    return [first[card] for card in folded.hosts]


def _layer(step: Step, row: LayerSummary) -> dict[str, Any]:
    """shapes: of the tops, None where not known.  Numbers are of the batch, as `LayerSummary` has
    them.  weights: shapes of the parameter blobs.  field, stride: the receptive field of a value
    along each spatial axis, in input pixels; "all" where it is the whole input."""
    return {
        "name": row.name,
        "type": row.type,
        "bottoms": row.bottoms,
        "tops": row.tops,
        "shapes": row.shapes,
        "parameters": row.parameters,
        "frozen": row.frozen,
        "weights": [blob.shape for blob in step.layer.blobs] if row.known else [],
        "macs": row.macs,
        "activations": row.activations,
        "training": row.training,
        "known": row.known,
        "line": step.place.line_of(None),
        "text": _parameters(step),
        "field": row.field,
        "stride": row.stride,
    }


def _parameters(step: Step) -> str:
    """What the layer is given, as prototxt; of fields that nobody knows their names."""
    message = pb.LayerParameter()
    message.CopyFrom(step.layer.param)
    for name in _APART:
        message.ClearField(name)
    unknown = "".join(f"{name}: {' '.join(v)}\n" for name, v in step.place.unknown.items())
    return format(message) + unknown


def _totals(summary: Summary) -> dict[str, int]:
    fields = ("parameters", "frozen", "macs", "activations", "training")
    return {**{field: summary.total(field) for field in fields}, "peak": summary.peak}
