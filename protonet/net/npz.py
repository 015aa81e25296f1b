"""Parameters as an .npz of NumPy: "conv1/0" the weights of layer conv1, "conv1/1" its bias."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Layer
from ..errors import WeightsError
from ..files import atomic_path, why_unreadable
from ..proto.stored import LayerWeights

PathLike = str | os.PathLike


def is_npz(path: PathLike) -> bool:
    return os.fspath(path).endswith(".npz")


def write_npz(path: PathLike, layers: Sequence[Layer]) -> None:
    """Every parameter of every layer; the file is written whole or not at all.

    WeightsError if two layers with parameters share a name: the file would lose one.
    """
    arrays: dict[str, NDArray] = {}
    for layer in layers:
        if f"{layer.name}/0" in arrays and layer.blobs:
            raise WeightsError(
                "an .npz cannot hold the weights of a second layer of that name",
                "rename it, or save as .caffemodel",
                layer=layer.name,
                layer_type=layer.type,
            )
        arrays.update((f"{layer.name}/{i}", blob.data) for i, blob in enumerate(layer.blobs))
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def read_npz(path: PathLike) -> list[LayerWeights]:
    """The reverse, layers in the order of the file."""
    layers: dict[str, LayerWeights] = {}
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            for key in arrays.files:
                name, _, index = key.rpartition("/")
                if not name or not index.isdigit():
                    raise WeightsError(
                        f"an array '{key}', which names no layer and blob",
                        "arrays are named 'conv1/0', 'conv1/1'",
                        file=os.fspath(path),
                    )
                layer = layers.setdefault(name, LayerWeights(name, ""))
                if int(index) != len(layer.blobs):
                    raise WeightsError(
                        f"array '{key}' where '{name}/{len(layer.blobs)}' should be",
                        "a layer's arrays stand together, from 0 on",
                        file=os.fspath(path),
                    )
                layer.blobs.append(arrays[key])
    except OSError as error:
        raise WeightsError(*why_unreadable(path, error), file=os.fspath(path)) from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise WeightsError(f"not an .npz, or damaged: {error}", file=os.fspath(path)) from error
    return list(layers.values())
