"""Single values of a solver and of its net set anew, as the command line asks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .. import edit
from ..errors import PrototxtError
from ..log import tell
from ..net.types import read_definition
from ..proto import caffe_pb2 as pb
from ..proto.source_map import SolverDefinition
from ..proto.text import Text, read_solver
from .nets import TRAIN_FIELDS, find

_NET = "net."  # what paths into the net begin with


def read_with_settings(source: str | os.PathLike, settings: Sequence[str]) -> SolverDefinition:
    """A solver in which some values are others than in the file, which stays as it is.

    source: path or text.  settings: "base_lr=0.1", with the paths of `protonet.edit`; those
    that begin with "net." lead into the net to train, and so into the test nets that are of
    the same file.  PrototxtError names the setting at fault.
    """
    solver = edit.open(source, pb.SolverParameter)
    fields = [field for field in TRAIN_FIELDS if field in solver]
    field = fields[0] if fields else "net_param"
    inside, name = field.endswith("_param"), "" if not fields else solver.get(field)
    net: edit.Document | None = None
    for setting in settings:
        path, equals, word = (part.strip() for part in setting.partition("="))
        if not equals or not word:
            raise PrototxtError(f"--set {setting}: no value is given", "write --set base_lr=0.1")
        document, below = solver, path
        if path.startswith(_NET):
            below = path[len(_NET) :]
            if inside:
                below = f"{field}.{below}"
            else:
                net = document = net or edit.open(_file(solver, name, field), pb.NetParameter)
        try:
            document.set_word(below, word)
        except PrototxtError as error:
            error.what = f"--set {setting}: {error.what}"
            raise
        tell("Set %s to %s", path, word)
    definition = read_solver(Text(solver.text, solver.file))
    if net is not None and net.file is not None:
        definition.nets[Path(net.file)] = read_definition(Text(net.text, net.file))
    return definition


def _file(solver: edit.Document, name: str, field: str) -> Path:
    return find(read_solver(Text(solver.text, solver.file)), name, field)
