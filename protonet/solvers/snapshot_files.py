"""Where snapshots go: their names, and what is in the way there."""

from __future__ import annotations

import contextlib
import os
import re
from importlib.util import find_spec

from ..errors import missing_extra
from ..files import permitted
from ..proto import caffe_pb2 as pb
from ..proto.octets import file_name
from ..proto.source_map import SolverDefinition
from ._fault import fault, warn

#: What follows the prefix in the names of snapshots.
NAMES = r"_iter_(\d+)\.(caffemodel|solverstate)(\.h5)?"


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


def names_of(definition: SolverDefinition, prefix: str, iteration: int) -> tuple[str, str]:
    """The files of a snapshot: weights and state."""
    hdf5 = definition.message.snapshot_format == pb.SolverParameter.HDF5
    stem, ending = f"{prefix}_iter_{iteration}", ".h5" if hdf5 else ""
    return f"{stem}.caffemodel{ending}", f"{stem}.solverstate{ending}"


def check_writable(definition: SolverDefinition, prefix: str) -> None:
    """Find out before training, not after hours of it, that snapshots cannot be written."""
    if not prefix:
        raise fault(definition, "snapshot_prefix is missing", "say where snapshots go", "snapshot")
    folder = os.path.dirname(prefix) or "."
    if why := permitted(prefix):
        what, hint = f"snapshot_prefix: {why}", "allow another folder (--root)"
    elif os.path.exists(folder) and not os.path.isdir(folder):
        what, hint = f"the snapshot folder '{folder}' is a file", "choose another one"
    elif not os.path.isdir(folder):
        what, hint = f"the snapshot folder '{folder}' does not exist", f"mkdir -p {folder}"
    elif not os.access(folder, os.W_OK):
        what, hint = f"the snapshot folder '{folder}' cannot be written to", "choose another one"
    elif definition.message.snapshot_format == pb.SolverParameter.HDF5 and not find_spec("h5py"):
        missing = missing_extra("h5py", "hdf5", "snapshot_format: HDF5")
        raise fault(definition, missing.what, missing.hint, "snapshot_format")
    else:
        return
    raise fault(definition, what, hint, "snapshot_prefix")


def warn_of_overwriting(definition: SolverDefinition, prefix: str, after_train: bool) -> None:
    """Name the snapshots of an earlier run that this one, from iteration 0 on, is going to
    write over.  after_train: whether it ends with a snapshot at max_iter."""
    param = definition.message
    folder, start = os.path.split(prefix)
    hdf5 = param.snapshot_format == pb.SolverParameter.HDF5
    name = re.compile(re.escape(start) + NAMES)
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
    others = f" and {len(paths) - 4} more" if len(paths) > 4 else ""
    what = f"{', '.join(paths[:4])}{others} of an earlier run will be overwritten"
    hint = "to keep them, move them or change snapshot_prefix"
    states = [path for path, number in found.items() if ".solverstate" in path]
    if states:
        hint += f"; to go on from them, --snapshot {max(states, key=found.__getitem__)}"
    warn(definition, what, hint, "snapshot_prefix")


def _is_due(param: pb.SolverParameter, iteration: int, after_train: bool) -> bool:
    """Whether a run from iteration 0 on to max_iter writes a snapshot then."""
    if iteration == param.max_iter and after_train:
        return True
    return 0 < iteration <= param.max_iter and param.snapshot > 0 == iteration % param.snapshot
