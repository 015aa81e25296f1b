"""The text of a net that trains made one for use, all else in it left as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ... import edit
from ...core.context import TEST
from ...edit.layout import wrapped
from ...edit.upgrade import inputs_to_layer
from ...proto import caffe_pb2 as pb
from ...proto.source_map import Definition
from ...proto.text import Text, format
from ..net import Net
from ..passes import with_state
from ..types import read_definition
from .plan import Plan, leave_out_dropout, plan

_OF_TRAINING = ("include", "exclude", "phase", "loss_weight", "propagate_down")
_RATES = ("lr_mult", "decay_mult")


@dataclass
class Deployed:
    """The text of a net for use, and a line for each thing that was done."""

    text: str
    changes: list[str]


def deploy(
    source: str | os.PathLike | Text,
    *,
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    dropout: bool = True,
    level: int = 0,
    stages: Sequence[str] = (),
    **options: Any,
) -> Deployed:
    """The net that is left of a definition in phase TEST when data, labels and losses go.

    Data layers become Inputs, with the shape that the definition or the data tell, or that
    `shapes` gives by the names of tops.  Losses go; SoftmaxWithLoss leaves a Softmax and
    SigmoidCrossEntropyLoss a Sigmoid.  Layers, rules and fields that matter in training alone
    go, with the comments right above them.  All other text stays as it is, but for nets in the
    syntax of 2014, which are written anew.

    batch: how many items an Input takes, 1 if it stands for data and else its own number.
    dropout: whether layers that do nothing in TEST stay, as in Caffe's own models.
    options: fork, rcnn_config and allow_python of `Net`.

    PrototxtError, NetError and ShapeError as from `Net`; UnknownShape, which is a DataError, if
    a shape is not known.
    """
    doc = edit.open(source, pb.NetParameter, partial=True)
    before = doc.text
    definition = read_definition(Text(before, doc.file))
    options["open_data"] = False
    stated = with_state(definition, TEST, level, stages)
    net = Net(stated, phase=None, shapes=shapes, **options)
    made = plan(net, definition, stated, batch)
    if not dropout:
        leave_out_dropout(made)
    doc, changes = current(doc, definition)
    changes += _rewrite(doc, definition, made)
    if doc.text == before:
        return Deployed(before, ["is for use already, nothing was changed"])
    name = f" of {os.path.basename(doc.file)}" if doc.file else ""
    title = f"For use: made{name} by protonet deploy."
    doc.head(wrapped(title, *(f"- {change}" for change in changes)))
    Net(read_definition(Text(doc.text, doc.file)), phase=TEST, **options)  # or an error
    return Deployed(doc.text, changes)


def current(doc: edit.Document, definition: Definition) -> tuple[edit.Document, list[str]]:
    """The document with the layers of `definition`, which are current ones."""
    if "layers" in doc:
        text = format(definition.message)
        changes = ["layers in the syntax of 2014 are written anew, without their comments"]
        return edit.Document(text, pb.NetParameter, doc.file), changes
    if "input" not in doc:
        return doc, []
    inputs_to_layer(doc, definition.message.layer[0])
    return doc, []


def _rewrite(doc: edit.Document, definition: Definition, made: Plan) -> list[str]:
    """Edit the layers, from the last one, so that positions hold; what was done, in order."""
    changes: list[str] = []
    gone: list[str] = []
    for i, layer in reversed([*enumerate(definition.message.layer)]):
        path = f"layer[{i}]"
        if i in made.kept:
            _tidy(doc, path, made.bottoms.get(i))
        elif i in made.inputs and _same(layer, made.inputs[i]):
            _tidy(doc, path, None)
        elif i in made.inputs:
            changes.append(_put_input(doc, path, layer, made.inputs[i]))
        elif i in made.results:
            result = made.results[i]
            result.bottom[:] = made.bottoms.get(i, result.bottom)
            changes.append(f"{_named(layer)} became {result.type} '{result.name}'")
            _put(doc, path, result, "")
        else:
            doc.remove(path)
            gone.append(_named(layer))
    changes.reverse()
    if gone:
        changes.append(f"left out: {', '.join(reversed(gone))}")
    if "state" in doc:
        doc.remove("state")
    return [*changes, "rules, rates and loss weights are left out"]


def _named(layer: pb.LayerParameter) -> str:
    return f"'{layer.name}' ({layer.type})"


def _same(layer: pb.LayerParameter, tops: Mapping[str, tuple[int, ...]]) -> bool:
    """Is the layer an Input of just these tops and shapes?"""
    shapes = [tuple(shape.dim) for shape in layer.input_param.shape]
    every = shapes * len(layer.top) if len(shapes) == 1 else shapes
    return layer.type == "Input" and dict(zip(layer.top, every)) == {**tops}


def _put_input(
    doc: edit.Document, path: str, layer: pb.LayerParameter, tops: Mapping[str, tuple[int, ...]]
) -> str:
    new = pb.LayerParameter(name=layer.name, type="Input", top=tops)
    for shape in tops.values():
        new.input_param.shape.add().dim.extend(shape)
    sizes = ", ".join(f"'{top}' {' x '.join(map(str, shape))}" for top, shape in tops.items())
    comment = ""
    if layer.HasField("transform_param"):
        fields = " ".join(format(layer.transform_param).split())
        comment = f"Give it values as the net's data layer makes them: {{ {fields} }}"
    _put(doc, path, new, comment)
    was = "has other shapes" if layer.type == "Input" else "became an Input"
    return f"{_named(layer)} {was}: {sizes}"


def _put(doc: edit.Document, path: str, new: pb.LayerParameter, comment: str) -> None:
    """A layer in place of another one and of the comment above it."""
    doc.insert(path, new)
    doc.remove(path)
    if comment:
        doc.comment(path, wrapped(comment))


def _tidy(doc: edit.Document, path: str, bottoms: list[str] | None) -> None:
    """Take out of a layer what matters in training alone."""
    for name in _OF_TRAINING:
        if f"{path}.{name}" in doc:
            doc.remove(f"{path}.{name}")
    for i in range(len(doc.get(f"{path}.param"))):
        for name in _RATES:
            if f"{path}.param[{i}].{name}" in doc:
                doc.remove(f"{path}.param[{i}].{name}")
    specs = doc.get(f"{path}.param")
    if specs and not any(spec.ListFields() for spec in specs):
        doc.remove(f"{path}.param")
    if bottoms:
        doc.set(f"{path}.bottom", bottoms)
