"""Layers that a model says in many nodes, told once more as they were: in its metadata.

Whoever imports the model can have the layers back, as they cannot be guessed from nodes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...proto import caffe_pb2 as pb
from ...proto import printer
from .model import Exported

_KEY = "layer/"


@dataclass(frozen=True)
class Told:
    """A layer without weights.  text: its LayerParameter.  bottoms, tops: tensors.  nodes: their
    names."""

    text: str
    bottoms: Sequence[str]
    tops: Sequence[str]
    nodes: Sequence[str]


def layers_to_tell(made: Exported) -> Iterator[tuple[str, str]]:
    """Keys and values of the metadata."""
    for step in made.net.steps:
        nodes = [made.model.graph.node[i] for i in made.spans.get(step.index, ())]
        plain = len(nodes) == 1 and nodes[0].op_type != "Identity"
        if plain or not nodes or step.layer.blobs or step.index not in made.bottoms:
            continue
        param = pb.LayerParameter()
        param.CopyFrom(step.layer.param)
        for field in ("bottom", "top", "include", "exclude"):
            param.ClearField(field)
        told = Told(
            printer.format(param),
            list(made.bottoms[step.index]),
            list(made.tops[step.index]),
            [node.name for node in nodes],
        )
        yield f"{_KEY}{step.layer.name}", json.dumps(asdict(told))


def told_layers(model: Any) -> list[Told]:
    """What a ModelProto tells."""
    found = [e.value for e in model.metadata_props if e.key.startswith(_KEY)]
    return [Told(**json.loads(value)) for value in found] if model.producer_name == OURS else []


#: The producer of models that were exported here.
OURS = "protonet"
