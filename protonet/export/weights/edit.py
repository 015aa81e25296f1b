"""Files of weights changed: layers renamed, emptied, filled; values of another precision."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ...errors import WeightsError, did_you_mean
from ...net.weights import fits
from ...proto.stored import LayerWeights
from ...proto.weight_file import WeightFile, read_weight_file

PathLike = str | os.PathLike


def read_own(path: PathLike) -> WeightFile:
    """A file whose arrays belong to layers; WeightsError for a state dict of PyTorch."""
    file = read_weight_file(path)
    if file.foreign:
        raise WeightsError(
            "its arrays bear names of another framework's",
            "make weights of a net of it first: protonet convert IN OUT --net NET [--map FILE]",
            file=os.fspath(path),
        )
    return file


def layer_named(file: WeightFile, name: str) -> LayerWeights:
    """The first layer of that name with weights, else without; WeightsError if there is none."""
    found = [layer for layer in file.layers if layer.name == name]
    if not found:
        names = [layer.name for layer in file.layers if layer.blobs]
        hint = did_you_mean(name, names) or f"there are {', '.join(names[:8])}"
        raise WeightsError(f"no layer '{name}'", hint)
    return max(found, key=lambda layer: bool(layer.blobs))


def blob_named(file: WeightFile, name: str) -> tuple[LayerWeights, int]:
    """The layer and number that "conv1/0" means; of a layer with one blob "conv1" will do.

    WeightsError if there is no such layer, or no such blob in it.
    """
    whole = next((layer for layer in file.layers if layer.name == name and layer.blobs), None)
    head, slash, index = name.rpartition("/")
    if whole is None and slash and index.isdecimal():
        layer, number = layer_named(file, head), int(index)
    else:
        layer, number = layer_named(file, name), 0
        if len(layer.blobs) > 1:
            what = f"layer '{name}' has {len(layer.blobs)} blobs"
            raise WeightsError(what, f"say which: {name}/0 to {name}/{len(layer.blobs) - 1}")
    if number >= len(layer.blobs):
        raise WeightsError(f"layer '{layer.name}' has {len(layer.blobs)} blobs, no {number}")
    return layer, number


def get(file: WeightFile, name: str) -> NDArray:
    """The array that "conv1/0" means."""
    layer, index = blob_named(file, name)
    values = layer.blobs[index]
    if values is None:
        raise WeightsError(f"{name} belongs to another layer, and the file does not tell whose")
    return values


def put(file: WeightFile, name: str, values: NDArray) -> None:
    """Have other values of the same shape there, or one for all, in the precision of the old
    ones; WeightsError for another shape, and for numbers beyond that precision."""
    old = get(file, name)
    if values.ndim and not fits(old.shape, values.shape):
        raise WeightsError(f"{name} is {old.shape}, the new values are {values.shape}")
    new = np.empty_like(old)
    with np.errstate(over="ignore"):
        new[...] = values.reshape(old.shape) if values.ndim else values
    if np.isfinite(values).all() and not np.isfinite(new).all():
        raise WeightsError(
            f"{name} is {old.dtype}, which has no such numbers", "cast the file first"
        )
    layer, index = blob_named(file, name)
    layer.blobs[index] = new


def rename(file: WeightFile, names: Mapping[str, str]) -> None:
    """Give layers other names, all at once: {"a": "b", "b": "a"} exchanges two.

    Layers of one name are all renamed.  WeightsError for a name that there is not, and for
    one that a layer which stays has already.
    """
    for old in names:
        layer_named(file, old)
    staying = {layer.name for layer in file.layers} - names.keys()
    for old, new in names.items():
        clash = new in staying or [*names.values()].count(new) > 1
        if clash or not new:
            what = f"layer '{old}' cannot become '{new}'"
            raise WeightsError(f"{what}: there is one of this name" if clash else what)
    for layer in file.layers:
        layer.name = names.get(layer.name, layer.name)


def strip(file: WeightFile, patterns: Sequence[str]) -> list[str]:
    """Take the weights of layers away, whose names are given, or patterns with * and ?.

    Their definitions stay.  Returns the names; WeightsError for a pattern that fits no layer
    with weights.
    """
    stripped = [
        layer
        for layer in file.layers
        if layer.blobs and any(fnmatchcase(layer.name, pattern) for pattern in patterns)
    ]
    for pattern in patterns:
        if not any(fnmatchcase(layer.name, pattern) for layer in stripped):
            names = [layer.name for layer in file.layers if layer.blobs]
            raise WeightsError(f"no layer '{pattern}' with weights", did_you_mean(pattern, names))
    for layer in stripped:
        layer.blobs = []
    return [layer.name for layer in stripped]


def cast(file: WeightFile, dtype: DTypeLike) -> float:
    """Have all values as float16, float32 or float64; returns the largest relative rounding
    error.  WeightsError for a number that is too large; then nothing has changed."""
    worst, new = 0.0, []
    for layer in file.layers:
        for i, blob in enumerate(layer.blobs):
            if blob is None:
                continue
            with np.errstate(over="ignore"):
                values = blob.astype(dtype)
            if np.isinf(values).sum() > np.isinf(blob).sum():
                raise WeightsError(
                    f"blob {i} has numbers beyond {np.dtype(dtype)}",
                    f"the largest is {np.abs(blob).max():.3g}",
                    layer=layer.name,
                    layer_type=layer.type or None,
                )
            worst = max(worst, _rounding(blob, values))
            new.append((layer, i, values))
    for layer, i, values in new:
        layer.blobs[i] = values
    return worst


def _rounding(before: NDArray, after: NDArray) -> float:
    """The largest |after - before| / |before| of finite values other than 0."""
    there = np.isfinite(before) & (before != 0)
    old, new = (x[there].astype(np.float64) for x in (before, after))
    return float(np.max(np.abs(new - old) / np.abs(old), initial=0))
