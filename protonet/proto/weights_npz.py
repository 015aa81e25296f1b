"""Weights as an .npz of NumPy, with the names of `named_arrays`."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .. import budget
from ..errors import WeightsError
from ..files import atomic_path, refuse_pipe, why_unreadable
from . import caffe_pb2 as pb
from .named_arrays import Arrays, arrays_of, layers_of
from .stored import LayerWeights

PathLike = str | os.PathLike

#: What zipfile and NumPy say of damage; RuntimeError: of an entry with a password.
_DAMAGE = (ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, TypeError)


def read_npz(path: PathLike) -> list[LayerWeights]:
    """Layers in the order of the file."""
    return layers_of(read_npz_arrays(path), path)


def write_npz(
    path: PathLike, net: pb.NetParameter, blobs: Mapping[int, Sequence[NDArray | None]]
) -> None:
    """`blobs[i]` as the parameters of `net.layer[i]`; the file is written whole or not at all.

    WeightsError if two layers with parameters share a name: the file would lose one.
    """
    arrays = arrays_of(net, blobs, "an .npz")
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def read_npz_arrays(path: PathLike) -> Arrays:
    """All arrays of an .npz, whatever their names."""
    try:
        refuse_pipe(path)
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            if not hasattr(arrays, "files"):
                raise WeightsError("an array of NumPy (npy), not an .npz", file=os.fspath(path))
            size = sum(entry.file_size for entry in arrays.zip.infolist())
            what = f"{size / 2**30:.3g} GiB of arrays"
            budget.refuse("memory", size, what, WeightsError)
            return {key: np.asarray(arrays[key]) for key in arrays.files}
    except WeightsError as error:
        raise error.at(file=os.fspath(path)) from None
    except OSError as error:
        raise WeightsError(*why_unreadable(path, error), file=os.fspath(path)) from error
    except MemoryError as error:  # an array's header that says more than its entry holds
        what = "damaged: an array has more values than memory"
        raise WeightsError(what, file=os.fspath(path)) from error
    except _DAMAGE as error:
        raise WeightsError(f"not an .npz, or damaged: {error}", file=os.fspath(path)) from error
