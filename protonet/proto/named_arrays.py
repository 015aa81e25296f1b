"""Weights as arrays by name: "conv1/0" the weights of layer conv1, "conv1/1" its bias."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from numpy.typing import NDArray

from ..errors import WeightsError
from . import caffe_pb2 as pb
from .stored import LayerWeights

Arrays = dict[str, NDArray]


def arrays_of(
    net: pb.NetParameter, blobs: Mapping[int, Sequence[NDArray | None]], kind: str
) -> Arrays:
    """Every parameter of every layer.  kind: of the file, for messages: "an .npz".

    WeightsError if two layers with parameters share a name: the file would lose one.
    """
    arrays: Arrays = {}
    for i, layer in enumerate(net.layer):
        found = blobs.get(i, ())
        if f"{layer.name}/0" in arrays and found:
            raise WeightsError(
                f"{kind} cannot hold the weights of a second layer of that name",
                "rename it, or save as .caffemodel",
                layer=layer.name,
                layer_type=layer.type,
            )
        arrays.update(
            (f"{layer.name}/{j}", blob) for j, blob in enumerate(found) if blob is not None
        )
    return arrays


def is_state_dict(names: Iterable[str]) -> bool:
    """Are they no names of ours at all, but those that another framework gave?"""
    return not any(_split(name) for name in names)


def layers_of(arrays: Arrays, path: str | os.PathLike) -> list[LayerWeights]:
    """The reverse, layers in the order of the arrays; WeightsError for another kind of name, and
    for a number that is missing."""
    found: dict[str, dict[int, NDArray]] = {}
    for key, values in arrays.items():
        split = _split(key)
        if split is None:
            hint = "arrays are named 'conv1/0', 'conv1/1'"
            if is_state_dict(arrays):
                hint += "; for what PyTorch saved see 'protonet convert --help': --net and --map"
            raise WeightsError(
                f"an array '{key}', which names no layer and blob", hint, file=os.fspath(path)
            )
        name, index = split
        found.setdefault(name, {})[index] = values
    for name, blobs in found.items():
        for index, own in enumerate(sorted(blobs)):
            if index != own:
                raise WeightsError(
                    f"array '{name}/{own}' where '{name}/{index}' should be",
                    "a layer's arrays are numbered from 0 on",
                    file=os.fspath(path),
                )
    return [LayerWeights(name, "", [x[i] for i in sorted(x)]) for name, x in found.items()]


def _split(key: str) -> tuple[str, int] | None:
    name, _, index = key.rpartition("/")
    return (name, int(index)) if name and index.isdecimal() else None
