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

from ..errors import WeightsError
from ..files import atomic_path
from . import caffe_pb2 as pb
from .hdf5_file import Fault, Hdf5File, h5py_module, is_group, reading
from .stored import LayerWeights, State

PathLike = str | os.PathLike

_PURPOSE = "reading and writing .h5 files"
_EXTRA = "protonet_extra"
_DEEPEST = 64  # slashes in a layer's name
_MOST_BLOBS = 1000  # of one layer


def read_weights_hdf5(path: PathLike) -> list[LayerWeights]:
    with reading(path, _fault(path), _PURPOSE) as file:
        data = file.find(file.root, "data")
        if not is_group(data):
            hint = "is it a solver's state?" if "history" in file.root else ""
            raise file.fault("there is no group 'data' in it", hint)
        return list(_layers(file, data, ""))


def _fault(path: PathLike) -> Fault:
    return lambda what, hint: WeightsError(what, hint, file=os.fspath(path))


def _layers(file: Hdf5File, group: Any, prefix: str) -> Iterator[LayerWeights]:
    """Groups that hold datasets, or nothing, are layers; groups of groups are parts of names."""
    if prefix.count("/") > _DEEPEST:
        raise file.fault(f"groups more than {_DEEPEST} deep")
    for name in file.enter(group):
        child = _child(file, group, name)
        if not is_group(child):
            continue
        members = [key for key in child if not is_group(_child(file, child, key))]
        if members or not len(child):
            yield LayerWeights(prefix + name, "", _with_gaps(file, child, members))
        yield from _layers(file, child, f"{prefix}{name}/")


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
    with reading(path, _fault(path), _PURPOSE) as file:
        root = file.root
        missing = [name for name in ("iter", "history") if name not in root]
        if missing:
            hint = "these are weights: start from them as such" if "data" in root else ""
            raise file.fault(f"there is no '{missing[0]}' in it", hint)
        state = State(iter=_whole(file, "iter"))
        history = _child(file, root, "history")
        if not is_group(history):
            raise file.fault("history is no group")
        state.history = _numbered(file, history, list(history))
        if "current_step" in root:
            state.current_step = _whole(file, "current_step")
        if "learned_net" in root:
            name = _values(file, "learned_net")[()]
            state.learned_net = name.decode() if isinstance(name, bytes) else str(name)
        if _EXTRA in root:
            state.extra = _values(file, _EXTRA).tobytes()
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


def _with_gaps(file: Hdf5File, group: Any, names: list[str]) -> list[NDArray | None]:
    """As `_numbered`, None for numbers left out: shared parameters lie at their owner only."""
    if not all(name.isdecimal() and int(name) < _MOST_BLOBS for name in names):
        return list(_numbered(file, group, names))
    last = max(map(int, names), default=-1)
    return [
        _array(file, group, str(i), names) if str(i) in names else None for i in range(last + 1)
    ]


def _numbered(file: Hdf5File, group: Any, names: list[str]) -> list[NDArray]:
    """Datasets "0", "1", ... in the order of numbers: "10" comes after "9"."""
    return [_array(file, group, str(i), names) for i in range(len(names))]


def _array(file: Hdf5File, group: Any, name: str, names: list[str]) -> NDArray:
    dataset = _child(file, group, name) if name in names else None
    if dataset is None or is_group(dataset) or dataset.dtype.kind != "f":
        what = f"{group.name} holds no array '{name}', but {', '.join(names[:8])}"
        raise file.fault(what)
    return file.values(dataset)


def _child(file: Hdf5File, group: Any, name: str) -> Any:
    """A member that is there."""
    child = file.find(group, name)
    if child is None:
        raise file.fault(f"{group.name.rstrip('/')}/{name} leads nowhere")
    return child


def _values(file: Hdf5File, name: str) -> NDArray:
    dataset = _child(file, file.root, name)
    if is_group(dataset):
        raise file.fault(f"{name} is a group, not a data set")
    return file.values(dataset)


def _whole(file: Hdf5File, name: str) -> int:
    values = _values(file, name)
    if values.size != 1 or values.dtype.kind not in "iu":
        raise file.fault(f"{name} is no whole number")
    return int(values.reshape(())[()])


@contextlib.contextmanager
def _create(path: PathLike) -> Iterator[Any]:
    """A new HDF5 file, which takes the place of `path` when all went well."""
    module = h5py_module(_PURPOSE)
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
