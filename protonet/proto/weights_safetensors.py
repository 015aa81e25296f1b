"""Weights as safetensors, with the names of `named_arrays`.  Needs the package safetensors.

Its files sort what they hold, so one of ours tells the order and types of the layers in its
metadata.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import WeightsError, missing_extra
from ..files import atomic_path, refuse_pipe, why_unreadable
from . import caffe_pb2 as pb
from .named_arrays import Arrays, arrays_of, layers_of
from .stored import LayerWeights

PathLike = str | os.PathLike

_LAYERS = "protonet_layers"  # in the metadata: [[name, type], ...] as JSON


def read_safetensors(path: PathLike) -> list[LayerWeights]:
    """Layers in the order that the file tells, else in that of their names."""
    arrays, types = _read(path)
    found = {layer.name: layer for layer in layers_of(arrays, path)}
    for name, layer in found.items():
        layer.type = types.get(name, "")
    order = [name for name in types if name in found]
    return [found[name] for name in dict.fromkeys([*order, *found])]


def write_safetensors(
    path: PathLike, net: pb.NetParameter, blobs: Mapping[int, Sequence[NDArray | None]]
) -> None:
    """As `write_npz`."""
    package = _package("numpy")
    arrays = arrays_of(net, blobs, "a .safetensors")
    layers = [(layer.name, layer.type) for i, layer in enumerate(net.layer) if blobs.get(i)]
    whole = {key: np.ascontiguousarray(values) for key, values in arrays.items()}
    with atomic_path(path) as temporary:
        package.save_file(whole, temporary, metadata={_LAYERS: json.dumps(layers)})


def read_safetensors_arrays(path: PathLike) -> Arrays:
    """All tensors of a file, whatever their names; bfloat16 becomes float32, which has all its
    numbers.  WeightsError for other types that NumPy does not have."""
    return _read(path)[0]


def _read(path: PathLike) -> tuple[Arrays, dict[str, str]]:
    """The tensors, and the types of layers by name."""
    package = _package()
    try:
        refuse_pipe(path)
        with open(path, "rb"), package.safe_open(path, framework="numpy") as file:
            arrays = {name: _tensor(file, name, path) for name in file.keys()}  # noqa: SIM118
            return arrays, _types(file.metadata() or {})
    except OSError as error:
        raise WeightsError(*why_unreadable(path, error), file=os.fspath(path)) from error
    except package.SafetensorError as error:
        what = f"no .safetensors, or damaged: {error}"
        raise WeightsError(what, file=os.fspath(path)) from error


def _tensor(file: Any, name: str, path: PathLike) -> NDArray:
    kind = file.get_slice(name).get_dtype()
    if kind == "BF16":
        return _brain_floats(path, name)
    try:
        return np.array(file.get_tensor(name))
    except (TypeError, AttributeError, KeyError):
        what = f"tensor '{name}' is of type {kind}, which NumPy does not have"
        raise WeightsError(what, "save it as float32", file=os.fspath(path)) from None


def _brain_floats(path: PathLike, name: str) -> NDArray:
    """bfloat16 is the upper half of a float32.  The file was found to be whole before."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(size))[name]
        start, stop = entry["data_offsets"]
        file.seek(8 + size + start)
        halves = np.frombuffer(file.read(stop - start), "<u2")
    return (halves.astype(np.uint32) << 16).view(np.float32).reshape(entry["shape"])


def _types(metadata: Mapping[str, str]) -> dict[str, str]:
    """What our own files tell; nothing of those of others."""
    try:
        return {str(name): str(kind) for name, kind in json.loads(metadata.get(_LAYERS, "[]"))}
    except (ValueError, TypeError):
        return {}


def _package(part: str = "") -> ModuleType:
    try:
        import safetensors
        import safetensors.numpy
    except ImportError as error:
        raise missing_extra("safetensors", "safetensors", "a .safetensors file") from error
    return safetensors.numpy if part else safetensors
