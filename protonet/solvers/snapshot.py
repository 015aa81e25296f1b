"""Snapshots: weights and solver state on disk, and going on from them exactly.

A snapshot is two files, PREFIX_iter_N.caffemodel and PREFIX_iter_N.solverstate (.h5 after
both for HDF5), in the formats of Caffe.  The weights are written first, each file whole or
not at all, so that a state never points to weights that are not there.

What Caffe forgets, the state of random streams and data sources and the smoothed loss,
travels in an extra field of the state that Caffe skips.
"""

from __future__ import annotations

import contextlib
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import ProtonetError, SolverError, WeightsError, missing_extra
from ..files import remove_unfinished
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.octets import file_name
from ..proto.source_map import SolverDefinition
from ..proto.weights import State, read_state, read_weights, write_state
from . import plain, streams
from ._fault import fault, warn
from .smoothing import LossWindow

if TYPE_CHECKING:
    from .solver import Solver

#: What follows the prefix in the names of snapshots.
_FILES = r"_iter_\d+\.(caffemodel|solverstate)(\.h5)?"


def prefix(definition: SolverDefinition) -> str:
    """What snapshot names begin with: snapshot_prefix as it is written (from the current
    folder), else the solver file's path without its ending.  If that is a folder, the
    solver file's name inside it.  Empty if there is neither."""
    given = file_name(definition.message.snapshot_prefix)
    if definition.file is None:
        return given
    result = given or os.path.splitext(definition.file)[0]
    if os.path.isdir(result):
        name = os.path.splitext(os.path.basename(definition.file))[0]
        result = os.path.join(result, name)
    return result


def check_writable(solver: Solver) -> None:
    """Find out before training, not after hours of it, that snapshots cannot be written."""
    definition = solver.definition
    if not solver.prefix:
        raise fault(definition, "snapshot_prefix is missing", "say where snapshots go", "snapshot")
    folder = os.path.dirname(solver.prefix) or "."
    if os.path.exists(folder) and not os.path.isdir(folder):
        what, hint = f"the snapshot folder '{folder}' is a file", "choose another one"
    elif not os.path.isdir(folder):
        what, hint = f"the snapshot folder '{folder}' does not exist", f"mkdir -p {folder}"
    elif not os.access(folder, os.W_OK):
        what, hint = f"the snapshot folder '{folder}' cannot be written to", "choose another one"
    elif solver.param.snapshot_format == pb.SolverParameter.HDF5 and not find_spec("h5py"):
        missing = missing_extra("h5py", "hdf5", "snapshot_format: HDF5")
        raise fault(definition, missing.what, missing.hint, "snapshot_format")
    else:
        return
    raise fault(definition, what, hint, "snapshot_prefix")


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


def warn_of_overwriting(solver: Solver, after_train: bool) -> None:
    """Name the snapshots of an earlier run that this one, from iteration 0 on, is going to
    write over.  after_train: whether it ends with a snapshot at max_iter."""
    param = solver.param
    folder, start = os.path.split(solver.prefix)
    hdf5 = param.snapshot_format == pb.SolverParameter.HDF5
    name = re.compile(rf"{re.escape(start)}_iter_(\d+)\.(caffemodel|solverstate)(\.h5)?")
    found: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder or "."):
            match = name.fullmatch(entry.name)
            if match and bool(match[3]) == hdf5:
                found[os.path.join(folder, entry.name)] = int(match[1])
    due = {path for path, number in found.items() if _is_due(param, number, after_train)}
    if not due:
        return
    paths = sorted(due, key=lambda path: (found[path], path))
    more = f" and {len(paths) - 4} more" if len(paths) > 4 else ""
    what = f"{', '.join(paths[:4])}{more} of an earlier run will be overwritten"
    hint = "to keep them, move them or change snapshot_prefix"
    states = [path for path, number in found.items() if ".solverstate" in path]
    if states:
        hint += f"; to go on from them, --snapshot {max(states, key=found.__getitem__)}"
    warn(solver.definition, what, hint, "snapshot_prefix")


def _is_due(param: Any, iteration: int, after_train: bool) -> bool:
    """Whether a run from iteration 0 on to max_iter writes a snapshot then."""
    if iteration == param.max_iter and after_train:
        return True
    return 0 < iteration <= param.max_iter and param.snapshot > 0 == iteration % param.snapshot


def last_good(solver: Solver) -> str:
    """What to go on from, if the training cannot."""
    if solver.last_snapshot is None:
        return "no snapshot was written before"
    return f"go on from the last snapshot, {solver.last_snapshot}"


def restore(solver: Solver, path: Path) -> LossWindow | None:
    """Read both files into the solver; returns where its loss window stood, if known.

    Errors as for `Solver.restore`: all that can be refused is, before anything changes.
    """
    if ".caffemodel" in path.name:
        raise SolverError(
            "these are weights, not the state of a solver",
            "give the .solverstate beside it, or start from the weights with --weights",
            file=str(path),
        )
    state = read_state(path)
    _check_counts(state, path)
    _check_history(solver, state, path)
    extra = _unpack(state.extra, solver.param.average_loss)
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
    return extra.window if extra and _restore_streams(solver, extra) else None


def find_weights(learned_net: str, state: Path) -> Path:
    """The weights that a state names: where it says, or beside the state if both moved."""
    learned_net = file_name(learned_net)
    for path in (Path(learned_net), state.parent / Path(learned_net.replace("\\", "/")).name):
        if learned_net and os.path.isfile(path):  # False for what cannot be a name, too
            return path
    name = learned_net if len(learned_net) < 300 else f"{learned_net[:300]}..."
    raise SolverError(
        f"its weights '{name}' are missing", "put them beside the state", file=str(state)
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


def _check_counts(state: State, path: Path) -> None:
    """Caffe counts in 32 bits."""
    for name, value in (("iteration", state.iter), ("current_step", state.current_step)):
        if not 0 <= value < 1 << 31:
            what = f"its {name} is {value}"
            raise SolverError(what, "it is damaged: go on from another snapshot", file=str(path))


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


class _Extra(NamedTuple):
    """What a state of our own says beyond Caffe's."""

    window: LossWindow
    train_net: Any
    test_nets: Any
    everywhere: Any


def _unpack(packed: bytes, average_loss: int) -> _Extra | None:
    """None, with a warning, for what cannot be understood; None for states of Caffe."""
    if not packed:
        return None
    try:
        extra = plain.unpack(packed)
        window = LossWindow(average_loss)
        window.set_state(extra["window"])
        return _Extra(window, extra["train_net"], extra["test_nets"], extra.get("global", {}))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        _warn_of_new_start(error)
        return None


def _restore_streams(solver: Solver, extra: _Extra) -> bool:
    """Set all random streams and data sources, or none: then with a warning."""
    everything = [solver.net, *solver.test_nets]
    before, before_global = streams.get_states(everything), streams.get_global(everything)
    try:
        streams.set_states([solver.net], extra.train_net)
        streams.set_states(solver.test_nets, extra.test_nets)
        streams.set_global(extra.everywhere)
    except Exception as error:  # of any layer's set_state, which may be a user's
        streams.set_states(everything, before)
        streams.set_global(before_global)
        _warn_of_new_start(error)
        return False
    return True


def _warn_of_new_start(error: Exception) -> None:
    log.warning("random streams and data sources start anew: %s: %s", type(error).__name__, error)
