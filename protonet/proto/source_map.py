"""Where things stand in a definition: from a field to its line.

The parser makes one `Place` per message that an error may want to name: the file as a whole,
each layer, each net inside a solver.  Passes that rewrite a net carry the places along, so
that a layer of the running net still knows the line it came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import caffe_pb2 as pb


@dataclass
class Place:
    """Where one message stands.

    fields: path inside the message -> line.  The first entry of a repeated field has the bare
        name, later ones an index: "bottom", "bottom[1]", "param[1].lr_mult".
    unknown: fields of a layer that the schema does not have -> the texts of their values; of
        an old layer the "type" that it does not have.
    parts: field name -> places of the messages that have a Place of their own (layers, nets).
    """

    file: str | None = None
    line: int | None = None
    fields: dict[str, int] = field(default_factory=dict)
    parts: dict[str, list[Place]] = field(default_factory=dict)
    unknown: dict[str, list[str]] = field(default_factory=dict)

    def line_of(self, field: str | None = None) -> int | None:
        """The line of a field; if it is not written, of the nearest message around it."""
        for path in _outwards((field or "").replace("[0]", "")):
            if path in self.fields:
                return self.fields[path]
        return self.line

    def renamed(self, names: dict[str, str]) -> Place:
        """The same place for a message whose fields have moved, with all that is in them:
        old path -> new path."""
        moved = {}
        for path, line in self.fields.items():
            head = next((head for head in _outwards(path) if head in names), "")
            moved[names.get(head, "") + path[len(head) :]] = line
        return replace(self, fields=moved)


def _outwards(path: str) -> Iterator[str]:
    """a.b[1].c -> a.b[1].c, a.b[1], a.b, a"""
    while path:
        yield path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]


@dataclass
class Definition:
    """A net: `places[i]` belongs to `message.layer[i]`; all None where code built it.

    root: the folder of the file, where file names inside it may be meant from.
    unshaped: names of old net inputs that were given no shape, so that no Input layer makes
        them, with their lines.
    partial: whether fields that nobody knows were left out, so that it can only be looked at.
    """

    message: pb.NetParameter
    file: str | None = None
    places: list[Place] = field(default_factory=list)
    root: Path = field(default_factory=Path)
    unshaped: dict[str, int | None] = field(default_factory=dict)
    partial: bool = False

    def __post_init__(self) -> None:
        missing = len(self.message.layer) - len(self.places)
        self.places.extend(Place(self.file) for _ in range(missing))


@dataclass
class SolverDefinition:
    """A solver; `lines.line_of("base_lr")` is the line of a field.

    nets: what stands for a net's file in place of what it holds.
    """

    message: pb.SolverParameter
    file: str | None = None
    root: Path = field(default_factory=Path)
    lines: Place = field(default_factory=Place)
    nets: dict[Path, Definition] = field(default_factory=dict)
