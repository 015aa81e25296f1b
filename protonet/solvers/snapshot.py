"""Snapshots: weights and solver state on disk, and going on from them exactly.

A snapshot is two files, PREFIX_iter_N.caffemodel and PREFIX_iter_N.solverstate (.h5 after
both for HDF5), in the formats of Caffe.  The weights are written first, each file whole or
not at all, so that a state never points to weights that are not there.

What Caffe forgets, the state of random streams and data sources and the smoothed loss,
travels in an extra field of the state that Caffe skips.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ProtonetError, SolverError, WeightsError, missing_extra
from ..files import remove_unfinished
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.source_map import SolverDefinition
from ..proto.weights import State, read_state, read_weights, write_state
from . import plain, streams
from ._fault import fault

if TYPE_CHECKING:
    from .solver import Solver

#: What follows the prefix in the names of snapshots.
_FILES = r"_iter_\d+\.(caffemodel|solverstate)(\.h5)?"


def prefix(text: SolverDefinition) -> str:
    """What snapshot names begin with: snapshot_prefix as it is written (from the current
    folder), else the solver file's path without its ending.  If that is a folder, the
    solver file's name inside it.  Empty if there is neither."""
    given = text.message.snapshot_prefix
    if text.file is None:
        return given
    result = given or os.path.splitext(text.file)[0]
    if os.path.isdir(result):
        name = os.path.splitext(os.path.basename(text.file))[0]
        result = os.path.join(result, name)
    return result


def check_writable(solver: Solver) -> None:
    """Find out before training, not after hours of it, that snapshots cannot be written."""
    text = solver.text
    if not solver.prefix:
        raise fault(text, "snapshot_prefix is missing", "say where snapshots go", "snapshot")
    folder = os.path.dirname(solver.prefix) or "."
    if os.path.exists(folder) and not os.path.isdir(folder):
        what, hint = f"the snapshot folder '{folder}' is a file", "choose another one"
    elif not os.path.isdir(folder):
        what, hint = f"the snapshot folder '{folder}' does not exist", f"mkdir -p {folder}"
    elif not os.access(folder, os.W_OK):
        what, hint = f"the snapshot folder '{folder}' cannot be written to", "choose another one"
    elif solver.param.snapshot_format == pb.SolverParameter.HDF5 and not find_spec("h5py"):
        missing = missing_extra("h5py", "hdf5", "snapshot_format: HDF5")
        raise fault(text, missing.what, missing.hint, "snapshot_format")
    else:
        return
    raise fault(text, what, hint, "snapshot_prefix")


def save(solver: Solver) -> str:
    """Write both files; returns the path of the state.  Of several workers, which all have
    the same parameters, the first one writes."""
    hdf5 = solver.param.snapshot_format == pb.SolverParameter.HDF5
    kind, ending = ("HDF5", ".h5") if hdf5 else ("binary proto", "")
    stem = f"{solver.prefix}_iter_{solver.iter}"
    weights, state = f"{stem}.caffemodel{ending}", f"{stem}.solverstate{ending}"
    for callback in solver.callbacks:
        callback.before_snapshot(solver)
    if solver.rank != 0:
        return state
    for name in remove_unfinished(Path(solver.prefix), _FILES):
        log.info("Removed %s, which a killed process left unfinished", name)
    try:
        log.info("Snapshotting to %s file %s", kind, weights)
        solver.net.save(weights, diffs=solver.param.snapshot_diff)
        log.info("Snapshotting solver state to %s file %s", kind, state)
        write_state(state, _state_of(solver, weights))
    except ProtonetError as error:
        error.hint = error.hint or last_good(solver)
        raise
    return state


def last_good(solver: Solver) -> str:
    """What to go on from, if the training cannot."""
    if solver.last_snapshot is None:
        return "no snapshot was written before"
    return f"go on from the last snapshot, {solver.last_snapshot}"


def restore(solver: Solver, path: Path) -> dict[str, Any] | None:
    """Read both files into the solver; returns the state of its loss window, if known."""
    if ".caffemodel" in path.name:
        raise SolverError(
            "these are weights, not the state of a solver",
            "give the .solverstate beside it, or start from the weights with --weights",
            file=str(path),
        )
    state = read_state(path)
    _check_history(solver, state, path)
    weights = find_weights(state.learned_net, path)
    items = read_weights(weights)
    try:
        solver.net.copy_from(items)
    except WeightsError as error:
        raise error.at(file=str(weights)) from None
    blobs = iter(state.history)
    for flat in solver.rule.history:
        for part in solver.net.arena.slices:
            flat[part] = next(blobs).reshape(-1)
    solver.iter, solver.current_step = state.iter, state.current_step
    return _restore_extra(solver, state.extra)


def find_weights(learned_net: str, state: Path) -> Path:
    """The weights that a state names: where it says, or beside the state if both moved."""
    for path in (Path(learned_net), state.parent / Path(learned_net.replace("\\", "/")).name):
        if learned_net and path.is_file():
            return path
    raise SolverError(
        f"its weights '{learned_net}' are missing", "put them beside the state", file=str(state)
    )


# -- what the two files hold ---------------------------------------------------------------


def _state_of(solver: Solver, weights: str) -> State:
    shapes = [blob.shape for blob in solver.net.learnable_params]
    history = [
        flat[part].reshape(shape)
        for flat in solver.rule.history
        for part, shape in zip(solver.net.arena.slices, shapes)
    ]
    extra = {
        "window": solver.window_state,
        "train_net": streams.get_states([solver.net]),
        "test_nets": solver.tester.state(),
        "global": streams.get_global([solver.net, *solver.test_nets]),
    }
    try:
        packed = plain.pack(extra)
    except TypeError as error:  # a user's layer; the snapshot matters more
        log.warning("the snapshot leaves out random streams and data sources: %s", error)
        packed = b""
    return State(solver.iter, weights, solver.current_step, history, packed)


def _check_history(solver: Solver, state: State, path: Path) -> None:
    shapes = [blob.shape for blob in solver.net.learnable_params] * solver.rule.kinds
    if len(state.history) != len(shapes):
        raise SolverError(
            f"holds the history of {len(state.history)} blobs, {solver.type} needs {len(shapes)}",
            "is it the state of another net, or of another solver type?",
            file=str(path),
        )
    names = solver.net.learnable_param_names * solver.rule.kinds
    for blob, shape, (layer, index) in zip(state.history, shapes, names):
        if blob.size != np.prod(shape, dtype=int):
            raise SolverError(
                f"holds a history of shape {blob.shape} for parameter {index} of layer '{layer}', "
                f"which is {shape}",
                "it is the state of another net",
                file=str(path),
            )


def _restore_extra(solver: Solver, packed: bytes) -> dict[str, Any] | None:
    """States written by Caffe have nothing more to tell."""
    if not packed:
        return None
    try:
        extra = plain.unpack(packed)
        streams.set_states([solver.net], extra["train_net"])
        streams.set_states(solver.test_nets, extra["test_nets"])
        streams.set_global(extra.get("global", {}))
        window: dict[str, Any] = extra["window"]
        return window
    except (ValueError, KeyError, TypeError) as error:
        log.warning("random streams and data sources start anew: %s", error)
        return None
