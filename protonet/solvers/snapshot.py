"""Snapshots: weights and solver state on disk, and going on from them exactly.

A snapshot is two files, PREFIX_iter_N.caffemodel and PREFIX_iter_N.solverstate (.h5 after
both for HDF5), in the formats of Caffe.  The weights are written first, each file whole or
not at all, so that a state never points to weights that are not there.

What Caffe forgets, the state of random streams and data sources and the smoothed loss,
travels in an extra field of the state that Caffe skips.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import ProtonetError, SolverError, WeightsError
from ..files import permitted, remove_unfinished
from ..log import log, tell
from ..proto.checksum import checksum, checksum_of
from ..proto.octets import file_name
from ..proto.stored import State
from ..proto.weights import read_state, read_weights, write_state
from . import plain, streams
from .deal import deal
from .smoothing import LossWindow
from .snapshot_files import NAMES, names_of
from .state import TrainingState


def save(solver: TrainingState) -> str:
    """Write both files; returns the path of the state.  Of several workers, which all have
    the same parameters, the first one writes."""
    weights, state = names_of(solver.definition, solver.prefix, solver.iter)
    solver.workers.before_snapshot(solver)
    for callback in solver.callbacks:
        callback.before_snapshot(solver)
    states = solver.workers.states(solver, _streams_of(solver))
    if solver.rank == 0:
        _write(solver, weights, state, states)
    solver.workers.written(state)
    return state


def _write(solver: TrainingState, weights: str, state: str, workers: list[dict[str, Any]]) -> None:
    """workers: what each of them has to keep."""
    kind = "HDF5" if state.endswith(".h5") else "binary proto"
    for name in remove_unfinished(Path(solver.prefix), NAMES):
        log.info("Removed %s, which a killed process left unfinished", name)
    try:
        tell("Snapshotting to %s file %s", kind, weights)
        solver.net.save(weights, diffs=solver.param.snapshot_diff)
        log.info("Snapshotting solver state to %s file %s", kind, state)
        write_state(state, _state_of(solver, weights, workers))
    except ProtonetError as error:
        error.hint = error.hint or last_good(solver)
        raise


def last_good(solver: TrainingState) -> str:
    """What to go on from, if the training cannot."""
    if solver.last_snapshot is None:
        return "no snapshot was written before"
    return f"go on from the last snapshot, {solver.last_snapshot}"


def restore(solver: TrainingState, path: Path) -> None:
    """Read both files into the solver.

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
    if extra is not None:
        _check_sums(extra.checksums, state, path, weights)
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
    solver.learning_rate.set_state(extra.rate if extra else {})
    solver.set_callback_states(extra.callbacks if extra else {})
    solver.last_snapshot, solver.snapshot_iter = str(path), state.iter
    restored = extra is not None and _restore_streams(solver, extra)
    solver.window = extra.window if extra and restored else LossWindow(solver.param.average_loss)
    solver.window_restored = restored
    solver.workers.written(str(path))


def find_weights(learned_net: str, state: Path) -> Path:
    """The weights that a state names: where it says, or beside the state if both moved."""
    learned_net = file_name(learned_net)
    for path in (Path(learned_net), state.parent / Path(learned_net.replace("\\", "/")).name):
        if learned_net and os.path.isfile(path):  # False for what cannot be a name, too
            if why := permitted(path):
                raise SolverError(f"its weights: {why}", "put them beside it", file=str(state))
            return path
    name = learned_net if len(learned_net) < 300 else f"{learned_net[:300]}..."
    raise SolverError(
        f"its weights '{name}' are missing", "put them beside the state", file=str(state)
    )


# -- what the two files hold ---------------------------------------------------------------


def _state_of(solver: TrainingState, weights: str, workers: list[dict[str, Any]]) -> State:
    shapes = [blob.shape for blob in solver.net.learnable_params]
    history = [
        flat[part].reshape(shape)
        for flat in solver.rule.history
        for part, shape in zip(solver.net.arena.slices, shapes)
    ]
    extra = {
        "window": solver.window.state(),
        "rate": solver.learning_rate.state(),
        "callbacks": solver.callback_states(),
        **workers[0],
        "checksums": {"weights": checksum(weights), "history": checksum_of(history)},
    }
    if len(workers) > 1:
        extra["workers"] = workers
    try:
        packed = plain.pack(extra)
    except TypeError as error:  # a user's layer; the snapshot matters more
        log.warning("the snapshot leaves out random streams and data sources: %s", error)
        packed = b""
    return State(solver.iter, weights, solver.current_step, history, packed)


def _streams_of(solver: TrainingState) -> dict[str, Any]:
    """Where the random streams and data sources of this worker are."""
    return {
        "train_net": streams.get_states([solver.net]),
        "test_nets": solver.test_start or streams.get_states(solver.test_nets),
        "global": streams.get_global([solver.net, *solver.test_nets]),
    }


def _check_counts(state: State, path: Path) -> None:
    """Caffe counts in 32 bits."""
    for name, value in (("iteration", state.iter), ("current_step", state.current_step)):
        if not 0 <= value < 1 << 31:
            what = f"its {name} is {value}"
            raise SolverError(what, "it is damaged: go on from another snapshot", file=str(path))


def _check_sums(sums: dict[str, Any], state: State, path: Path, weights: Path) -> None:
    """One flipped bit of a number would go unseen, and be trained on."""
    other = "go on from another snapshot"
    if sums.get("history") not in (None, checksum_of(state.history)):
        raise SolverError("its history is damaged", other, file=str(path))
    if sums.get("weights") not in (None, checksum(weights)):
        what = f"its weights '{weights}' are not those that were written with it"
        raise SolverError(what, f"{other}, or start from them with --weights", file=str(path))


def _check_history(solver: TrainingState, state: State, path: Path) -> None:
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
    rate: dict[str, float]
    checksums: dict[str, Any]
    callbacks: dict[str, Any]
    workers: list[dict[str, Any]]  # of each that trained, by rank: as `_streams_of`


def _unpack(packed: bytes, average_loss: int) -> _Extra | None:
    """None, with a warning, for what cannot be understood; None for states of Caffe."""
    if not packed:
        return None
    try:
        extra = plain.unpack(packed)
        window = LossWindow(average_loss)
        window.set_state(extra["window"])
        rate = {key: float(value) for key, value in extra.get("rate", {}).items()}
        callbacks = dict(extra.get("callbacks", {}))
        alone = {key: extra[key] for key in ("train_net", "test_nets")}
        alone["global"] = extra.get("global", {})
        sums = dict(extra.get("checksums", {}))
        return _Extra(window, rate, sums, callbacks, extra.get("workers", [alone]))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        _warn_of_new_start(error)
        return None


def _restore_streams(solver: TrainingState, extra: _Extra) -> bool:
    """Set all random streams and data sources, or none: then with a warning."""
    everything = [solver.net, *solver.test_nets]
    before, before_global = streams.get_states(everything), streams.get_global(everything)
    try:
        mine = deal(extra.workers, solver.workers.rank, solver.workers.size, _streams_of(solver))
        streams.set_states([solver.net], mine["train_net"])
        streams.set_states(solver.test_nets, mine["test_nets"])
        streams.set_global(mine["global"])
        solver.workers.restored(solver, mine)
    except Exception as error:  # of any layer's set_state, which may be a user's
        streams.set_states(everything, before)
        streams.set_global(before_global)
        _warn_of_new_start(error)
        return False
    return True


def _warn_of_new_start(error: Exception) -> None:
    log.warning("random streams and data sources start anew: %s: %s", type(error).__name__, error)
