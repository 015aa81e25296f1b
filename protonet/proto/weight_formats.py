"""Files of weights in every form: one row a format, chosen by the file's name."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import WeightsError
from . import caffe_pb2 as pb
from .named_arrays import Arrays
from .stored import LayerWeights
from .weights import read_weights, write_weights
from .weights_hdf5 import write_weights_hdf5
from .weights_npz import read_npz, read_npz_arrays, write_npz
from .weights_safetensors import read_safetensors, read_safetensors_arrays, write_safetensors

PathLike = str | os.PathLike


class Format(NamedTuple):
    """read: a file's layers.  write: of (path, net, blobs); caffe: whether it also takes
    `shared` and `diffs` of `write_weights`.  arrays: all arrays of a file whose names may be
    another framework's, None if it cannot have such."""

    suffixes: tuple[str, ...]
    read: Callable[[PathLike], list[LayerWeights]]
    write: Callable[..., None]
    caffe: bool = False
    arrays: Callable[[PathLike], Arrays] | None = None


BINARY = Format((".caffemodel",), read_weights, write_weights, caffe=True)
HDF5 = Format((".h5", ".hdf5"), read_weights, write_weights_hdf5, caffe=True)
NPZ = Format((".npz",), read_npz, write_npz, arrays=read_npz_arrays)
SAFETENSORS = Format(
    (".safetensors",), read_safetensors, write_safetensors, arrays=read_safetensors_arrays
)
FORMATS = (BINARY, HDF5, NPZ, SAFETENSORS)
#: Every ending of a name that tells a format.
SUFFIXES = tuple(suffix for each in FORMATS for suffix in each.suffixes)


def known_format(path: PathLike) -> Format | None:
    """The format that a file's name tells."""
    suffix = Path(path).suffix.lower()
    return next((each for each in FORMATS if suffix in each.suffixes), None)


def format_of(path: PathLike) -> Format:
    """The format in which a file of this name is written; of a name without an ending Caffe's
    own.  Digits end no name: in "lenet_lr0.01" they are part of it.  WeightsError for another
    ending."""
    if known := known_format(path):
        return known
    suffix = Path(path).suffix
    if not suffix or suffix[1:].isdigit():
        return BINARY
    raise WeightsError(
        f"weights are not written as '{suffix}'",
        f"the name's ending tells the form: {', '.join(SUFFIXES)}",
        file=os.fspath(path),
    )


def read_any(path: PathLike) -> list[LayerWeights]:
    """The layers of a file of weights.  Caffe's own, binary or HDF5, may have any name."""
    known = known_format(path)
    return known.read(path) if known else read_weights(path)


def write_any(
    path: PathLike,
    net: pb.NetParameter,
    blobs: Mapping[int, Sequence[NDArray | None]] | Mapping[int, Sequence[NDArray]],
    shared: Container[tuple[int, int]] = (),
    diffs: Mapping[int, Sequence[NDArray]] | None = None,
    form: Format | None = None,
) -> None:
    """`blobs[i]` as the parameters of `net.layer[i]`.

    shared, diffs: as of `write_weights`; of gradients only Caffe's own forms know.  form: None
    for the one that the file's name tells.  WeightsError for a name with another ending, and for
    what the form cannot hold: then nothing is written.
    """
    form = form or format_of(path)
    if diffs is not None and not form.caffe:
        hint = "save as .caffemodel or .h5"
        raise WeightsError("this form holds no gradients", hint, file=os.fspath(path))
    held = {
        i: [_held(form, values, j, net.layer[i]) for j, values in enumerate(found)]
        for i, found in blobs.items()
    }
    form.write(path, net, held, *([shared, diffs] if form.caffe else []))


def _held(
    form: Format, values: NDArray | None, index: int, layer: pb.LayerParameter
) -> NDArray | None:
    """The values as the form holds them: Caffe's know floats only.  WeightsError for what it
    cannot hold."""
    place: dict[str, Any] = {"layer": layer.name, "layer_type": layer.type or None}
    if values is None and form is not HDF5:
        what = f"blob {index} belongs to another layer, and the file does not tell whose"
        raise WeightsError(what, "give the net that tells it (--net)", **place)
    if values is None or not form.caffe or values.dtype.kind == "f":
        return values
    if not np.array_equal(values.astype(np.float32), values):
        what = f"blob {index} has values of {values.dtype} that no float32 has"
        raise WeightsError(what, "write an .npz or .safetensors", **place)
    return values.astype(np.float32)
