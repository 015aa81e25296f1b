"""Writer: the layers of a net that is being made, with weights, names and remarks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from google.protobuf.message import Message
from numpy.typing import NDArray

from ...export.onnx.writer import unique
from ...proto import caffe_pb2 as pb
from .graph import Node, Shape


@dataclass(eq=False)
class Made:
    """A layer.  weights: its blobs.  remarks: comments above it."""

    param: pb.LayerParameter
    weights: list[NDArray] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Writer:
    """Collects layers.  Every name is taken once.

    blobs: the blob that holds a tensor.  shapes: of blobs.
    """

    def __init__(self, reserved: Sequence[str]) -> None:
        """reserved: names of tensors that blobs of their own have: inputs and outputs."""
        self.layers: list[Made] = []
        self.blobs: dict[str, str] = {}
        self.shapes: dict[str, Shape] = {}
        self._reserved = set(reserved)
        self._names: set[str] = set()
        self._tops: set[str] = set(reserved)
        self._first = 0
        self._remarks: list[str] = []
        self._name = ""

    def begin(self, node: Node) -> None:
        """What is added from now on is for this node."""
        self._name, self._first = layer_name(node), len(self.layers)

    def say(self, remark: str) -> None:
        """A comment above the next layer that is added."""
        self._remarks.append(remark)

    def add(
        self,
        kind: str,
        bottoms: Sequence[str],
        shapes: Sequence[Shape],
        weights: Sequence[NDArray] = (),
        what: str = "",
        **settings: Any,
    ) -> list[str]:
        """A layer; returns the names of its tops, whose shapes these are.

        what: a word for its name, if it does not turn out to be the node's main layer.
        settings: messages by their fields, numbers that are Caffe's defaults included.
        """
        wanted = f"{self._name}/{what or kind.lower()}"
        name = unique(wanted, self._names)
        tops = [
            unique(name if len(shapes) == 1 else f"{name}_{i}", self._tops)
            for i in range(len(shapes))
        ]
        param = pb.LayerParameter(name=name, type=kind, bottom=bottoms, top=tops, **settings)
        for setting in settings:
            _drop_defaults(param, setting)
        self.layers.append(Made(param, list(weights), self._remarks))
        self._remarks = []
        self.shapes.update(zip(tops, shapes))
        return tops

    def end(self, made: Sequence[str], tensors: Sequence[str]) -> None:
        """Close the node: its main layer gets its name, and its tops theirs.

        made: the blob for each tensor that the node makes.
        """
        own = self.layers[self._first :]
        new: dict[str, str] = {}
        main = next((layer for layer in own if layer.param.top[:1] == list(made[:1])), None)
        if main is not None:
            self._names.discard(main.param.name)
            main.param.name = unique(self._name, self._names)
        for number, (blob, tensor) in enumerate(zip(made, tensors)):
            if not any(blob in layer.param.top for layer in own) or blob in new:
                blob = self._named(new.get(blob, blob), tensor)
            elif tensor in self._reserved:
                new[blob] = tensor
            elif main is not None:
                name = main.param.name
                new[blob] = unique(name if number == 0 else f"{name}_{number}", self._tops)
            self.blobs[tensor] = new.get(blob, blob)
        for layer in own:
            for names in (layer.param.bottom, layer.param.top):
                names[:] = [new.get(name, name) for name in names]
        for old, name in new.items():
            self.shapes[name] = self.shapes.pop(old)
            self._tops.discard(old)

    def _named(self, blob: str, tensor: str) -> str:
        """The blob of an earlier layer as the tensor; through a layer if that has to have its
        own name."""
        if tensor not in self._reserved:
            return blob
        self.say(f"only gives '{blob}' the name of the output")
        (top,) = self.add("Power", [blob], [self.shapes[blob]], what="name")
        self.layers[-1].param.top[:] = [tensor]
        self._tops.discard(top)
        self.shapes[tensor] = self.shapes.pop(top)
        return tensor


def _drop_defaults(param: Any, setting: str) -> None:
    """Take out of a message what it says without need, and itself if nothing is left."""
    message = getattr(param, setting)
    if not isinstance(message, Message):
        return
    for each, value in message.ListFields():
        plain = each.has_default_value and each.enum_type is None
        if plain and np.float32(each.default_value) == value:
            message.ClearField(each.name)
    if not message.ListFields():
        param.ClearField(setting)


def layer_name(node: Node) -> str:
    """A short name: "/layer1/layer1.0/conv1/Conv" -> "layer1.0/conv1"."""
    name = node.name or (node.outputs[0] if node.outputs else node.op)
    name = name.removeprefix("_inlfunc_")  # what onnxruntime makes of an operator that it lacks
    if name.isdecimal():
        name = f"{node.op.lower()}_{name}"
    parts = [part for part in name.removeprefix("node_").split("/") if part]
    if len(parts) > 1 and re.fullmatch(rf"{node.op}(_\d+)?", parts[-1]):
        number = parts.pop().removeprefix(node.op)
        parts[-1] += f"/{node.op.lower()}{number}" if number else ""
    kept = [
        part for part, behind in zip(parts, [*parts[1:], ""]) if not behind.startswith(f"{part}.")
    ]
    return "/".join(kept) or node.op.lower()
