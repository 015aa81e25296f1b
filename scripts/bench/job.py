"""What is measured of a net: one definition to infer with, one to train, and its weights.

Any deploy or train_val file is made into both: data layers become Inputs, SoftmaxWithLoss and a
last Softmax stand for one another, and what only counts or looks is left out.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.json_format import MessageToDict

from protonet.net.net import Net
from protonet.net.passes import filter_by_state, with_state
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import format as as_text
from protonet.proto.text import read_net

from . import nets

LEFT_OUT = {"Accuracy", "Silence"}


def prepare(net: str, shape: Sequence[int] | None, folder: Path) -> dict[str, Any]:
    """The job of a net, a name of nets.py or a file; its files are written into the folder."""
    name, source = find(net)
    layers = message(source, 1).layer
    size = list(shape or image_shape(layers, net))
    deploy, train = deployed(layers, size), trained(message(source, 0).layer, size)
    job: dict[str, Any] = {"name": name, "file": source if isinstance(source, str) else ""}
    job["shape"] = size
    job["deploy"] = str(folder / f"{name}.prototxt")
    Path(job["deploy"]).write_text(as_text(deploy), encoding="utf-8")
    job["weights"] = str(folder / f"{name}.caffemodel")
    built = Net(deploy, seed=1)
    job["label"] = places(built)
    if train is not None:
        train.layer[1].input_param.shape[0].dim[:] = [1, *job["label"]]
    job["train"] = "" if train is None else as_text(train)
    give_statistics(built)
    built.save(job["weights"])
    np.savez(
        folder / f"{name}.npz",
        **{
            f"{name}:{i}": blob.data
            for name, blobs in built.params.items()
            for i, blob in enumerate(blobs)
        },
    )
    job["arrays"] = str(folder / f"{name}.npz")
    job["layers"] = as_dicts(deploy)
    job["train_layers"] = [] if train is None else as_dicts(train)
    return job


def find(net: str) -> tuple[str, str | pb.NetParameter]:
    """Its name, and the file or the message."""
    if net in nets.NETS:
        return net, nets.written(net)
    path = Path(net)
    if not path.is_file():
        path = nets.ROOT / "models" / f"{net}_train_test.prototxt"
    if not path.is_file():
        sys.exit(f"bench: {net}: neither a file nor one of {', '.join(nets.known())}")
    return path.stem.removesuffix("_train_test"), str(path)


def message(source: str | pb.NetParameter, phase: int) -> pb.NetParameter:
    """The net in one phase."""
    return filter_by_state(with_state(read_net(source), phase, 0, ())).message


def is_data(layer: pb.LayerParameter) -> bool:
    return not layer.bottom and layer.type not in ("Parameter", "DummyData")


def image_shape(layers: Sequence[pb.LayerParameter], net: str) -> list[int]:
    """(C, H, W) as an Input layer or the crop of a data layer tells it."""
    for layer in filter(is_data, layers):
        if layer.type == "Input":
            return list(layer.input_param.shape[0].dim[1:])
        size = layer.transform_param.crop_size
        if size:
            return [1 if layer.transform_param.force_gray else 3, size, size]
    sys.exit(f"bench: {net}: does not tell the size of an image: add --shape C H W")


def deployed(layers: Sequence[pb.LayerParameter], shape: Sequence[int]) -> pb.NetParameter:
    """For one image: from its pixels to its probabilities."""
    data = next(layer for layer in layers if is_data(layer)).top[0]
    net = pb.NetParameter()
    net.layer.add(name=data, type="Input", top=[data]).input_param.shape.add(dim=[1, *shape])
    for layer in layers:
        if layer.type == "SoftmaxWithLoss":
            net.layer.add(name=layer.name, type="Softmax", bottom=layer.bottom[:1], top=layer.top)
        elif not is_data(layer) and layer.type not in LEFT_OUT:
            net.layer.add().CopyFrom(layer)
    return net


def trained(layers: Sequence[pb.LayerParameter], shape: Sequence[int]) -> pb.NetParameter | None:
    """With a loss for its labels; None where nothing tells what the loss is."""
    read = {name for layer in layers for name in layer.bottom}
    net = deployed(layers, shape)
    loss = False
    for layer in net.layer:
        if layer.type == "Softmax" and not read & set(layer.top):
            loss = True
            layer.type = "SoftmaxWithLoss"
            layer.bottom.append("label")
    if not loss:
        return None
    net.layer.add(name="label", type="Input", top=["label"]).input_param.shape.add(dim=[1])
    last = net.layer[-1]
    kept = [net.layer[0], last, *net.layer[1:-1]]
    whole = pb.NetParameter(layer=kept)
    return whole


def places(net: Net) -> list[int]:
    """The shape of an image's labels: one for each place that the last scores are of."""
    last = list(net.blobs[net.outputs[0]].shape[2:])
    return last if math.prod(last) > 1 else []


def give_statistics(net: Net) -> None:
    """Means and variances for BatchNorm, which a net that never ran has not."""
    rng = np.random.default_rng(0)
    for layer in net.layers:
        if layer.type == "BatchNorm":
            mean, variance, factor = (blob.data for blob in layer.blobs)
            mean[...] = rng.normal(0, 0.1, mean.shape)
            variance[...] = rng.uniform(0.5, 1.5, variance.shape)
            factor[...] = 1


def as_dicts(net: pb.NetParameter) -> list[dict[str, Any]]:
    """The layers for contenders that cannot read prototxt, defaults left out."""
    return [MessageToDict(layer, preserving_proto_field_name=True) for layer in net.layer]
