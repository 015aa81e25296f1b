"""Everything that a net or solver would read, write or import, before anything of it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..net.types import read_definition
from ..proto.octets import file_name
from ..proto.source_map import Definition, SolverDefinition
from ..proto.text import read_solver
from .run import is_solver

#: Fields that name something, in whatever message they stand -> what is done with it.
_USES = {
    "source": "reads",
    "mean_file": "reads",
    "label_map_file": "reads",
    "name_size_file": "reads",
    "root_folder": "reads",
    "file_name": "writes",
    "output_directory": "writes",
    "module": "imports",
}
_NETS = ("net", "train_net", "test_net")


class Named(NamedTuple):
    """A path or module that a file names.  use: "reads", "writes" or "imports".  found: where it
    is, "" if it is nowhere or what is written is made there."""

    file: str
    line: int
    layer: str
    use: str
    field: str
    name: str
    found: str

    def __str__(self) -> str:
        whose = f"layer '{self.layer}': " if self.layer else ""
        where = f" ({self.found})" if self.found and self.found != self.name else ""
        gone = " (not there)" if self.use == "reads" and not self.found else ""
        what = f"{self.use} {self.field} '{self.name}'{where}{gone}"
        return f"{self.file}:{self.line}: {whose}{what}"


def paths_in(file: str) -> list[Named]:
    """All that a net, or a solver with its nets, names.  Lists and stores are not opened: what the
    lines of an image list name is only in them, below root_folder.

    PrototxtError if the file cannot be read.
    """
    if not is_solver(file):
        return list(_of_net(read_definition(file, partial=True)))
    solver = read_solver(file)
    return list(_of_solver(solver))


def _of_solver(solver: SolverDefinition) -> Iterator[Named]:
    folder = Path(solver.file or "").parent
    for field in (*_NETS, "weights", "snapshot_prefix"):
        value = getattr(solver.message, field)
        for name in [value] if isinstance(value, str) else value:
            if not name:
                continue
            name = file_name(name)
            places = [Path(name), folder / name]
            found = next((str(place) for place in places if place.is_file()), "")
            line = solver.lines.line_of(field) or 1
            use = "writes" if field == "snapshot_prefix" else "reads"
            yield Named(str(solver.file), line, "", use, field, name, found)
            if found and field in _NETS:
                yield from _of_net(read_definition(found, partial=True))


def _of_net(net: Definition) -> Iterator[Named]:
    for layer, place in zip(net.message.layer, net.places):
        named = sorted(_named(layer, ""), key=lambda each: place.line_of(each[0]) or 1)
        for field, name in named:
            name, use = file_name(name), _USES[field.rpartition(".")[2]]
            line = place.line_of(field) or 1
            found = _found(name, use, Path(net.root))
            yield Named(str(net.file), line, layer.name, use, field, name, found)


def _named(message: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Fields, by their paths, and what they name."""
    for field, value in message.ListFields():
        repeated = hasattr(value, "add") or hasattr(value, "append")
        for part in value if repeated else [value]:
            if field.message_type:
                yield from _named(part, f"{prefix}{field.name}.")
            elif field.name in _USES and isinstance(part, str):
                yield prefix + field.name, part


def _found(name: str, use: str, root: Path) -> str:
    if use != "reads":
        return os.path.realpath(name) if use == "writes" else ""
    for place in (Path(name), root / name):
        if place.exists():
            return os.path.realpath(place)
    return ""
