"""An ONNX model as a prototxt and a caffemodel: made, proved, and only then given their names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...core.registry import known_fork, variants
from ...errors import NetError
from ...export.onnx.proof import ALLOWED, Proof
from ...files import atomic_path
from ...net.net import Net
from ...proto import caffe_pb2 as pb
from ...proto.stored import LayerWeights
from ...proto.weight_formats import format_of, write_any
from ...version import __version__
from .prepare import Prepared, Shapes, prepared
from .proof import prove
from .site import PURE, may_use
from .text import prototxt as text_of
from .walk import walk


@dataclass(frozen=True)
class Imported:
    """A net that was made of a model.

    prototxt: its text, with every rewrite as a comment.  weights: of its layers, as
    `Net.copy_from` takes them.  blobs: the blob of each tensor that one holds.
    message: the text as a NetParameter.  forks: the types that are not Caffe's own.
    """

    prototxt: str
    weights: list[LayerWeights]
    blobs: Mapping[str, str]
    message: pb.NetParameter
    forks: Sequence[str]
    prepared: Prepared

    def net(self, **options: Any) -> Net:
        """The net itself, with its weights."""
        net = Net(self.prototxt, **options)
        net.copy_from(self.weights)
        return net


def onnx(
    model: Any,
    *,
    shapes: Shapes | None = None,
    cut: Sequence[str] = (),
    only: str | None = None,
    fold_bn: bool = False,
) -> Imported:
    """The text and the weights of a net that computes what an ONNX model does.

        made = protonet.importers.onnx("resnet18.onnx")
        print(made.prototxt)
        net = made.net()

    model: a path or a ModelProto.  shapes: of inputs by name, where the model's own vary, but
    for the batch, which is 1 then.  cut: tensors to end at, in place of the model's outputs.
    only: "caffe-1.0" for what every reader of Caffe's files understands, OpenCV 4 too: no types but
    Caffe's own, without the late ones, Clip and Bias, and without round_mode; or a fork's name for
    its types as well; None: Caffe's own wherever they do, else those of any fork.  fold_bn: put
    BatchNormalization into the weights before it.  Layers are called like nodes, and the net's
    inputs and outputs like the model's.

    NetError for all nodes that Caffe has no layers for, each by its name.
    """
    if only not in (None, PURE):
        known_fork(only or "")
    ready = prepared(model, shapes, cut, fold_bn, partial(may_use, only))
    try:
        writer = walk(ready.graph, only)
    except NetError as error:
        for each in error.all:
            each.at(file=ready.file)
        raise
    message = pb.NetParameter(name=_name(ready), layer=[made.param for made in writer.layers])
    weights = [
        LayerWeights(made.param.name, made.param.type, list(made.weights))
        for made in writer.layers
        if made.weights
    ]
    types = sorted({made.param.type for made in writer.layers})
    forks = [kind for kind in types if all(cls.forks for cls in variants(kind))]
    text = text_of(message.name, writer.layers, _head(ready, forks, fold_bn))
    return Imported(text, weights, writer.blobs, message, forks, ready)


def _name(ready: Prepared) -> str:
    """What the graph is called, if that says anything, or the file."""
    name = ready.graph.name
    if name in ("", "main_graph", "torch_jit", "torch-jit-export", "graph") and ready.file:
        return Path(ready.file).stem
    return name


def _head(ready: Prepared, forks: Sequence[str], fold_bn: bool) -> list[str]:
    """What stands above the net."""
    source = ready.source
    origin = Path(ready.file).name if ready.file else "an ONNX model"
    producer = f"{source.producer_name} {source.producer_version}".strip()
    lines = [f"Made by protonet {__version__} of {origin}{f', by {producer}' if producer else ''}."]
    if fold_bn:
        lines.append("BatchNormalization is folded into the weights before it.")
    if forks:
        owners = ", ".join(f"{kind} ({variants(kind)[0].forks[0]})" for kind in forks)
        lines.append(f"Types that Caffe 1.0 does not have, but a fork of it has: {owners}.")
    return lines


def convert_onnx(
    model: Any,
    prototxt: str | os.PathLike,
    caffemodel: str | os.PathLike,
    *,
    shapes: Shapes | None = None,
    cut: Sequence[str] = (),
    only: str | None = None,
    fold_bn: bool = False,
    verify: bool = True,
) -> Proof | None:
    """Write an ONNX model as a prototxt and weights; returns the proof that they are right.

        proof = protonet.importers.convert_onnx("net.onnx", "net.prototxt", "net.caffemodel")
        print(proof.table())

    See `onnx` for the other arguments; the ending of `caffemodel` tells its form.  NetError for a
    net that differs by more than 1e-4 of a blob's largest value: then no file is written.
    """
    form = format_of(caffemodel)
    made = onnx(model, shapes=shapes, cut=cut, only=only, fold_bn=fold_bn)
    held = {layer.name: [np.asarray(b) for b in layer.blobs] for layer in made.weights}
    blobs = {i: held[p.name] for i, p in enumerate(made.message.layer) if p.name in held}
    with ExitStack() as files:
        weights = files.enter_context(atomic_path(caffemodel))
        text = files.enter_context(atomic_path(prototxt))
        text.write_text(made.prototxt, encoding="utf-8")
        write_any(weights, made.message, blobs, form=form)
        if not verify:
            return None
        net = Net(text, weights=None)
        net.copy_from(form.read(weights), strict=True)
        ready = made.prepared
        folder = Path(ready.file).resolve().parent if ready.file else Path()
        proof = prove(ready.source, net, made.blobs, ready.free, folder)
        _judge(proof, prototxt)
    return proof


def _judge(proof: Proof, target: str | os.PathLike) -> None:
    faults = proof.faults()
    if faults:
        names = ", ".join(f"'{found.layer}' ({found.type})" for found in faults[:5])
        raise NetError(
            f"the net differs from the model by more than {ALLOWED:g}, at first in {names}",
            f"no file was written:\n{proof.table()}",
            file=os.fspath(target),
        )
    if not proof.differences:
        raise NetError("nothing in the net could be compared with the model", "", file=str(target))
