"""Weights and snapshots as HDF5: /data/<layer>/<i>, and /iter, /history/<i>...

Needs h5py.  A layer's name may hold slashes; its group is then a group in a group.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ProtonetError, WeightsError, missing_extra
from ..files import atomic_path
from . import caffe_pb2 as pb
from .stored import LayerWeights, State

PathLike = str | os.PathLike

_EXTRA = "protonet_extra"
_DEEPEST = 64  # slashes in a layer's name
_MOST_BLOBS = 1000  # of one layer


def read_weights_hdf5(path: PathLike) -> list[LayerWeights]:
    with _open(path) as file:
        if "data" not in file or not _is_group(_child(file, "data", path)):
            hint = "is it a solver's state?" if "history" in file else ""
            raise WeightsError("there is no group 'data' in it", hint, file=os.fspath(path))
        return list(_layers(_child(file, "data", path), "", path))


def _layers(group: Any, prefix: str, path: PathLike) -> Iterator[LayerWeights]:
    """Groups that hold datasets, or nothing, are layers; groups of groups are parts of names."""
    if prefix.count("/") > _DEEPEST:
        raise WeightsError(f"groups more than {_DEEPEST} deep", file=os.fspath(path))
    for name in group:
        child = _child(group, name, path)
        if not _is_group(child):
            continue
        members = [key for key in child if not _is_group(_child(child, key, path))]
        if members or not len(child):
            yield LayerWeights(prefix + name, "", _with_gaps(child, members, path))
        yield from _layers(child, f"{prefix}{name}/", path)


def write_weights_hdf5(
    path: PathLike,
    net: pb.NetParameter,
    blobs: Mapping[int, Sequence[NDArray | None]],
    shared: Container[tuple[int, int]] = (),
    diffs: Mapping[int, Sequence[NDArray]] | None = None,
) -> None:
    """As `write_weights`; None is left out.  Gradients are written for shared parameters too, as in
    Caffe."""
    with _create(path) as file:
        _write_group(file.create_group("data"), net, blobs, shared)
        if diffs is not None:
            _write_group(file.create_group("diff"), net, diffs, ())


def _write_group(
    data: Any,
    net: pb.NetParameter,
    blobs: Mapping[int, Sequence[NDArray | None]] | Mapping[int, Sequence[NDArray]],
    shared: Container[tuple[int, int]],
) -> None:
    for i, layer in enumerate(net.layer):
        group = data.require_group(layer.name) if layer.name else data
        for j, blob in enumerate(blobs.get(i, ())):
            if blob is None or (i, j) in shared:
                continue
            if not layer.name or str(j) in group:
                what = "a second layer of that name" if layer.name else "a layer without a name"
                raise WeightsError(
                    f"HDF5 cannot hold the weights of {what}",
                    "rename it, or save as .caffemodel",
                    layer=layer.name,
                    layer_type=layer.type,
                )
            group.create_dataset(str(j), data=blob)


def read_state_hdf5(path: PathLike) -> State:
    with _open(path) as file:
        missing = [name for name in ("iter", "history") if name not in file]
        if missing:
            hint = "these are weights: start from them as such" if "data" in file else ""
            raise WeightsError(f"there is no '{missing[0]}' in it", hint, file=os.fspath(path))
        state = State(iter=_whole(file, "iter", path))
        history = _child(file, "history", path)
        state.history = _numbered(history, list(history), path)
        if "current_step" in file:
            state.current_step = _whole(file, "current_step", path)
        if "learned_net" in file:
            name = _child(file, "learned_net", path)[()]
            state.learned_net = name.decode() if isinstance(name, bytes) else str(name)
        if _EXTRA in file:
            extra = _child(file, _EXTRA, path)[()]
            state.extra = extra if isinstance(extra, bytes) else np.asarray(extra).tobytes()
        return state


def write_state_hdf5(path: PathLike, state: State) -> None:
    with _create(path) as file:
        file.create_dataset("iter", data=np.array([state.iter], np.int32))
        file.create_dataset("current_step", data=np.array([state.current_step], np.int32))
        # A C string: a fixed length with room for the final zero.
        name = state.learned_net.encode()
        file.create_dataset("learned_net", data=np.array(name, f"S{len(name) + 1}"))
        history = file.create_group("history")
        for i, array in enumerate(state.history):
            history.create_dataset(str(i), data=array)
        if state.extra:
            file.create_dataset(_EXTRA, data=np.frombuffer(state.extra, np.uint8))


def _with_gaps(group: Any, names: list[str], path: PathLike) -> list[NDArray | None]:
    """As `_numbered`, None for numbers left out: shared parameters lie at their owner only."""
    if not all(name.isdecimal() and int(name) < _MOST_BLOBS for name in names):
        return list(_numbered(group, names, path))
    last = max(map(int, names), default=-1)
    return [
        _array(group, str(i), names, path) if str(i) in names else None for i in range(last + 1)
    ]


def _numbered(group: Any, names: list[str], path: PathLike) -> list[NDArray]:
    """Datasets "0", "1", ... in the order of numbers: "10" comes after "9"."""
    return [_array(group, str(i), names, path) for i in range(len(names))]


def _array(group: Any, name: str, names: list[str], path: PathLike) -> NDArray:
    dataset = _child(group, name, path) if name in names else None
    if dataset is None or _is_group(dataset) or dataset.dtype.kind != "f":
        what = f"{group.name} holds no array '{name}', but {', '.join(names[:8])}"
        raise WeightsError(what, file=os.fspath(path))
    return np.asarray(dataset[()])


def _child(group: Any, name: str, path: PathLike) -> Any:
    """A member of the file itself: neither links nor data may lead to other files."""
    link = group.get(name, getlink=True)
    child = group[name] if type(link).__name__ == "HardLink" else None
    if child is None or getattr(child, "external", None) or getattr(child, "is_virtual", False):
        raise WeightsError(f"{group.name}/{name} lies in another file", file=os.fspath(path))
    return child


def _is_group(member: Any) -> bool:
    return hasattr(member, "items")


def _whole(file: Any, name: str, path: PathLike) -> int:
    values = np.asarray(_child(file, name, path)[()])
    if values.size != 1 or values.dtype.kind not in "iu":
        raise WeightsError(f"{name} is no whole number", file=os.fspath(path))
    return int(values.reshape(())[()])


@contextlib.contextmanager
def _open(path: PathLike) -> Iterator[Any]:
    """An HDF5 file to read; what h5py finds wrong with it becomes a WeightsError."""
    module = _h5py()
    try:
        with module.File(path, "r") as file:
            yield file
    except ProtonetError:
        raise
    except (OSError, RuntimeError, LookupError, ValueError, TypeError) as error:
        raise WeightsError(
            "the HDF5 file is damaged", "get or write the file again", file=os.fspath(path)
        ) from error


@contextlib.contextmanager
def _create(path: PathLike) -> Iterator[Any]:
    """A new HDF5 file, which takes the place of `path` when all went well."""
    module = _h5py()
    # The temporary file is locked already, so that HDF5 need not lock it once more.
    with atomic_path(path) as temporary:
        try:
            with module.File(temporary, "w", locking=False) as file:
                yield file
        except (OSError, RuntimeError) as error:
            # HDF5 tells the system's error in the middle of a long story of its own.
            found = re.search(r"\berrno = (\d+)", str(error))
            if found is None:
                raise
            raise OSError(int(found[1]), os.strerror(int(found[1]))) from error


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise missing_extra("h5py", "hdf5", "reading and writing .h5 files") from None
    return h5py
