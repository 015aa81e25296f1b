"""What is viewed: a file, its text as it stands in the editor, and the nets that it makes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import NetError, ProtonetError
from ...files import atomic_write
from ...log import quiet
from ...net.net import Net
from ...net.passes import filter_by_state
from ...proto import caffe_pb2 as pb
from ...proto.source_map import Definition, Place, SolverDefinition
from ...proto.stored import LayerWeights
from ...proto.text import content_of
from ...proto.weight_formats import read_any
from .difference import difference
from .document import kind_table, net_data
from .run import Given, Run
from .schedule import solver_data
from .weights import fit

_NOBODY = "nothing makes it"  # a type, of a layer that stands for one that is missing


@dataclass(frozen=True)
class State:
    """label: the phase, level and stages in words.  definition: the net in it."""

    label: str
    definition: Definition


@dataclass(frozen=True)
class Read:
    """What a text holds: the states that its nets are meant for, the number of the one to begin
    with, and the solver if it is one's."""

    states: Sequence[State]
    current: int = 0
    solver: SolverDefinition | None = None


@dataclass(frozen=True)
class Tools:
    """What rooms above and beside this one know.  read: of a text and its file; ProtonetError if
    it cannot be read.  findings: of the same, as data.  page: of a layer type, '' if there is
    none."""

    read: Callable[[str, str], Read]
    findings: Callable[[str, str], Sequence[Mapping[str, Any]]]
    page: Callable[[str], str]


@dataclass
class Viewed:
    """file: what the text is called, and where its neighbours are.  on_disk: the text of the file
    when it was read or saved last; None for a text that is in no file.  options: of `Net`; the page
    may change its `shapes`.  other: what to compare it with.  weights: a file of them.  given: what
    a net runs with.  log: a file of a training.  nets: of each state, those that could be built."""

    file: str
    text: str
    tools: Tools
    on_disk: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    other: Viewed | None = None
    weights: str | None = None
    given: Given | None = None
    log: str | None = None
    nets: list[Net] = field(default_factory=list)
    _run: tuple[str, Run] | None = None

    @cached_property
    def stored(self) -> dict[str, LayerWeights]:
        """The layers of the weights, by name."""
        layers = read_any(self.weights) if self.weights else []
        return {layer.name: layer for layer in layers}

    def run(self) -> Run:
        """The net of the text as it is now, after the picture; ProtonetError if it cannot run."""
        assert self.given is not None
        if self._run is None or self._run[0] != self.text:
            with quiet:
                run = Run(self.text, self.file, self.options, self.given)
            self._run = self.text, run
        return self._run[1]

    def document(self) -> dict[str, Any]:
        """All that the page shows at first.  It is whole for a text that cannot be read, with
        findings that say why and no net."""
        with quiet:  # what would be logged is among the findings
            read = self._read()
            found = [(state.label, net) for state in read.states if (net := self._net(state))]
            self.nets = [net for _, net in found]
            nets = [
                {**net_data(net), "file": self._told(net.definition.file or self.file)}
                for net in self.nets
            ]
            findings = [
                {**each, "file": self._told(each["file"])}
                for each in self.tools.findings(self.text, self.file)
            ]
            types = {layer["type"] for net in nets for layer in net["layers"]}
            document = {
                "title": os.path.basename(self.file),
                "file": self._told(self.file),
                "text": self.text,
                "saves": self.on_disk is not None,
                "stamp": self.stamp() if self.on_disk is not None else "",
                "saved": self.text == _unix(self.on_disk or ""),
                "states": [{"label": label, "net": i} for i, (label, _) in enumerate(found)],
                "current": min(read.current, max(0, len(found) - 1)),
                "nets": nets,
                "kinds": kind_table(),
                "docs": {name: page for name in sorted(types) if (page := self.tools.page(name))},
                "findings": findings,
                "solver": solver_data(read.solver) if read.solver else None,
                "weights": self._fit(read.current),
                "image": os.path.basename(self.given.image) if self.given else None,
                "log": os.path.basename(self.log) if self.log else None,
            }
        if self.other is not None:
            document |= _compared(document, self.other.document())
        return document

    def _read(self) -> Read:
        try:
            return self.tools.read(self.text, self.file)
        except ProtonetError:
            return Read([])  # the findings tell

    def _net(self, state: State) -> Net | None:
        for definition in (state.definition, _with_all_bottoms(state.definition)):
            try:
                return Net(definition, None, None, open_data=False, partial=True, **self.options)
            except ProtonetError:
                continue  # the findings tell
        return None

    def _told(self, path: str) -> str:
        """A file as the page calls it: from the folder of this one, wherever that is."""
        try:
            return os.path.relpath(path, os.path.dirname(self.file) or ".")
        except ValueError:  # on another drive
            return path

    def _fit(self, current: int) -> dict[str, Any] | None:
        if self.weights is None:
            return None
        net = self.nets[min(current, len(self.nets) - 1)] if self.nets else None
        found = fit(net, [*self.stored.values()]) if net else {"layers": [*self.stored]}
        return {"file": os.path.basename(self.weights), **found}

    # -- what the page does to it -----------------------------------------------------------------

    def refresh(self) -> bool:
        """Read the file again, unless something was changed here that would be lost.  Whether it
        was read."""
        if self.on_disk is None or self.text != _unix(self.on_disk):
            return False
        self.on_disk = content_of(Path(self.file)).text
        self.text = _unix(self.on_disk)
        return True

    def stamp(self) -> str:
        """Another word whenever the file is another; '' where there is none."""
        try:
            found = os.stat(self.file)
        except OSError:
            return ""
        return f"{found.st_size}-{found.st_mtime_ns}"

    def save(self, text: str) -> None:
        """Write the file that was opened, with its ends of lines.  NetError if somebody else has
        written it in the meantime."""
        if self.on_disk is None:
            raise NetError("this text is in no file of this machine's", "save it by its name")
        if content_of(Path(self.file)).text != self.on_disk:
            what = "the file has changed since it was read here"
            raise NetError(what, "reload the page to see it, or save elsewhere", file=self.file)
        lines = "\r\n" if "\r\n" in self.on_disk else "\n"
        written = text.replace("\n", lines)
        atomic_write(self.file, written.encode("utf-8", "surrogateescape"))
        self.on_disk, self.text = written, text

    def open(self, name: str, text: str) -> None:
        """Go over to a text that was given to the page."""
        self.file, self.text, self.on_disk = os.path.basename(name), _unix(text), None


def opened(file: str, tools: Tools, options: Mapping[str, Any]) -> Viewed:
    """A file as it is now.  PrototxtError if there is none."""
    text = content_of(Path(file)).text
    return Viewed(file, _unix(text), tools, text, options)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _compared(document: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The document of the other net, and of each state the difference to its like."""
    labels = [state["label"] for state in other["states"]]
    changes = []
    for state in document["states"]:
        if not labels:
            break
        like = labels.index(state["label"]) if state["label"] in labels else other["current"]
        left, right = document["nets"][state["net"]], other["nets"][like]
        changes.append({"state": like, **difference(left, right)})
    return {"other": other, "changes": changes}


def _with_all_bottoms(definition: Definition) -> Definition:
    """The net with a layer, of a type that nobody has, for each bottom that none makes."""
    made: set[str] = set()
    missing: dict[str, None] = {}
    try:
        layers = filter_by_state(definition).message.layer
    except ProtonetError:
        return definition
    for layer in layers:
        missing |= dict.fromkeys(name for name in layer.bottom if name not in made)
        made.update(layer.top)
    message = pb.NetParameter()
    message.CopyFrom(definition.message)
    del message.layer[:]
    message.layer.extend(pb.LayerParameter(name=n, type=_NOBODY, top=[n]) for n in missing)
    message.layer.extend(definition.message.layer)
    places = [*(Place(definition.file) for _ in missing), *definition.places]
    return replace(definition, message=message, places=places, partial=True)
