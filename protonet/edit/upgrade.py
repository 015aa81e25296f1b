"""Old definitions brought up to date in their own text, where single fields are what changes."""

from __future__ import annotations

import os
from typing import Any

from google.protobuf.message import Message

from ..proto import caffe_pb2 as pb
from ..proto.printer import format
from .document import Document, open

_HEADER = ("input", "input_shape", "input_dim")


def upgraded_text(source: str | os.PathLike, new: Message) -> str:
    """The text of a solver or a net as `new` has it, its message after the upgrade.

    Comments and layout stay, but for nets of layers in an older syntax, which are written anew.
    """
    doc = open(source, type(new))
    if isinstance(new, pb.SolverParameter):
        _upgrade_solver(doc, new)
    elif isinstance(new, pb.NetParameter) and "layers" not in doc:
        _upgrade_net(doc, new)
    return doc.text if doc.message == new else format(new)


def inputs_to_layer(doc: Document, layer: pb.LayerParameter) -> None:
    """Put an Input layer in place of what a net says of its inputs at the head."""
    doc.insert("layer[0]", layer, before=True)
    for name in _HEADER:
        if name in doc:
            doc.remove(name)


def _upgrade_solver(doc: Document, new: pb.SolverParameter) -> None:
    if "solver_type" in doc:
        doc.replace("solver_type", "type", new.type)
    elif doc.get("type") != new.type:
        doc.set("type", new.type)


def _upgrade_net(doc: Document, new: pb.NetParameter) -> None:
    old: Any = doc.message
    if old.input and len(new.layer) == len(old.layer) + 1 and old.layer:
        inputs_to_layer(doc, new.layer[0])
        old = doc.message
    for i, (before, after) in enumerate(zip(old.layer, new.layer)):
        for k, (was, spec) in enumerate(zip(before.param, after.param)):
            for field, value in spec.ListFields():
                if not was.HasField(field.name) or getattr(was, field.name) != value:
                    doc.set(f"layer[{i}].param[{k}].{field.name}", value)
