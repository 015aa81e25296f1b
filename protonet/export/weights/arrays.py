"""Single arrays: .binaryproto of Caffe (a mean image) and .npy of NumPy."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import WeightsError
from ...files import atomic_path, why_unreadable
from ...proto.weights import read_blob, write_blob

PathLike = str | os.PathLike

#: Endings of their names.
ARRAYS = (".binaryproto", ".npy")


def read_array(path: PathLike) -> NDArray:
    """WeightsError for a file that cannot be read, or with another ending."""
    if _suffix(path) == ".binaryproto":
        return read_blob(path)
    try:
        with open(path, "rb") as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise WeightsError(*why_unreadable(path, error), file=os.fspath(path)) from error
    except (ValueError, EOFError, MemoryError) as error:
        raise WeightsError(f"no .npy, or damaged: {error}", file=os.fspath(path)) from error


def write_array(path: PathLike, values: NDArray) -> None:
    """Write an array, whole or not at all; a .binaryproto holds float32, or float64.

    WeightsError for another ending, and for values that a .binaryproto cannot hold.
    """
    if _suffix(path) == ".npy":
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.lib.format.write_array(file, np.asarray(values), allow_pickle=False)
        return
    if values.dtype.kind != "f" and not np.array_equal(values.astype(np.float32), values):
        what = f"values of {values.dtype} that no float32 has"
        raise WeightsError(what, "write a .npy", file=os.fspath(path))
    write_blob(path, values)


def _suffix(path: PathLike) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in ARRAYS:
        hint = "a single array is a .npy or a .binaryproto"
        raise WeightsError(f"an array is not kept as '{suffix}'", hint, file=os.fspath(path))
    return suffix
