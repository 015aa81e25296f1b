"""Subject: what a file holds, read and built as far as it can be, for all rules to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import Message

from ..core.context import TEST, TRAIN, Context
from ..errors import NetError, ProtonetError, PrototxtError
from ..net.types import counting, unserved_in
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition, Place, SolverDefinition
from ..proto.text import content_of, parse
from ..proto.upgrade import upgrade_net, upgrade_solver
from ..solvers.nets import NetBuilder, NetSource, find, in_state, split_names
from .states import meant
from .view import Shape, View, look

M = TypeVar("M", bound=Message)
#: Comments and strings, to be passed over; names of fields; brackets.
_OUTLINE = re.compile(
    r"""#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(\w+)(?=\s*[:{<])|([{}<>])"""
)


@dataclass
class Options:
    """fork: whose layer a type of several forks means.  shapes: of blobs that no file tells."""

    fork: str = ""
    shapes: Mapping[str, Shape] = field(default_factory=dict)


@dataclass
class NetFile:
    """A net as it is written.  message, place: before it was upgraded; definition: after that,
    None if it cannot be.  changes: what the upgrade did.  unserved: types and fields of forks that
    nobody serves."""

    message: pb.NetParameter
    place: Place
    definition: Definition | None = None
    changes: list[str] = field(default_factory=list)
    unserved: list[ProtonetError] = field(default_factory=list)


@dataclass
class Subject:
    """A net or a solver with its nets.

    unreadable: what ends the reading of a text.  unknown_fields: names and words that no schema
    has.  settings: what a solver says of its nets that does not fit.  missing: nets that it names
    and that are not there.  views: each net in each
    state that it is meant for.  pairs: the views of nets that train and test together.
    """

    file: str
    solver: SolverDefinition | None = None
    solver_changes: list[str] = field(default_factory=list)
    nets: list[NetFile] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    pairs: list[tuple[View, View]] = field(default_factory=list)
    unreadable: list[ProtonetError] = field(default_factory=list)
    unknown_fields: list[ProtonetError] = field(default_factory=list)
    settings: list[ProtonetError] = field(default_factory=list)
    missing: list[ProtonetError] = field(default_factory=list)


def read(text: str, file: str, options: Options) -> Subject:
    """What a text holds, whatever is wrong with it."""
    reader = _Reader(Subject(file), options)
    if kind_of(text) is pb.SolverParameter:
        reader.solver(text)
    else:
        reader.net(*reader.parsed(text, file, pb.NetParameter))
    return reader.subject


def kind_of(text: str) -> type[pb.NetParameter] | type[pb.SolverParameter]:
    """A net or a solver: whose fields more of the outermost names are.

    >>> kind_of("base_lr: 1 nett: 'layer: x'").DESCRIPTOR.name
    'SolverParameter'
    """
    names, depth = [], 0
    for word, bracket in _OUTLINE.findall(text):
        if word and depth == 0:
            names.append(word)
        depth += (bracket in "{<" and bracket != "") - (bracket in "}>" and bracket != "")

    def known(message_type: type[Message]) -> int:
        return sum(name in message_type.DESCRIPTOR.fields_by_name for name in names)

    return max(pb.NetParameter, pb.SolverParameter, key=known)


class _Reader:
    """Fills a subject."""

    def __init__(self, subject: Subject, options: Options) -> None:
        self.subject, self.options = subject, options
        self._fields: list[ProtonetError] = []

    def parsed(self, text: str, file: str, message_type: type[M]) -> tuple[M, Place, bool]:
        """Message and places, as far as the text can be read, and whether to its end."""
        try:
            return *parse(text, message_type, file), True
        except PrototxtError as error:
            if error.partial is None:
                *fields, last = error.all
                self.subject.unknown_fields += fields
                self.subject.unreadable.append(last)
                return message_type(), Place(file, 1), False
            self._fields = error.all
            return *error.partial, True

    def net(self, message: pb.NetParameter, place: Place, whole: bool) -> None:
        """A net by itself, in the states that it is meant for."""
        definition = self._net_file(message, place) if whole else None
        if definition is None:
            return
        views = [self._look(each) for each in meant(definition)]
        self.subject.pairs += [
            (train, test) for train in views if train.learns for test in views if not test.training
        ]

    def solver(self, text: str) -> None:
        """A solver, and its nets in the states that it asks for."""
        file, subject = self.subject.file, self.subject
        message, place, whole = self.parsed(text, file, pb.SolverParameter)
        subject.unknown_fields += self._taken()
        if not whole:
            return
        try:
            upgraded = upgrade_solver(message, place, Path(file).parent)
        except PrototxtError as error:
            subject.unreadable += error.all
            return
        subject.solver = upgraded.definition
        if message.HasField("solver_type"):  # else it is about upper and lower case
            subject.solver_changes = upgraded.changes
        for name in split_names(message.weights):
            try:
                find_nearby(subject.solver, name, "weights")
            except ProtonetError as error:
                subject.missing += error.all
        builder = NetBuilder(subject.solver)
        train = tests = None
        try:
            name = builder.train_field()
            source = getattr(subject.solver.message, name)
            train = self._solver_net(name, source, 0, TRAIN, subject.solver.message.train_state)
        except ProtonetError as error:
            subject.settings += error.all
        try:
            tests = list(self._test_views(builder))
        except ProtonetError as error:
            subject.settings += error.all
        if train is not None:
            subject.pairs += [(train, test) for test in tests or ()]

    def _test_views(self, builder: NetBuilder) -> Iterator[View]:
        states = builder.param.test_state
        for index, (name, source) in enumerate(builder.test_sources()):
            state = states[index] if states else pb.NetState()
            position = index if name == "test_net_param" else 0
            view = self._solver_net(name, source, position, TEST, state)
            if view is not None:
                yield view

    def _solver_net(
        self, field: str, source: NetSource, position: int, phase: int, state: pb.NetState
    ) -> View | None:
        """A net that a solver names or holds, in its state; SolverError if there is no file."""
        solver = self.subject.solver
        assert solver is not None
        if isinstance(source, str):
            try:
                path = find_nearby(solver, source, field)
            except ProtonetError as error:
                self.subject.missing += error.all
                return None
            try:
                message, place, whole = self.parsed(content_of(path)[0], str(path), pb.NetParameter)
            except PrototxtError as error:
                self.subject.unreadable += error.all
                return None
        else:
            parts = solver.lines.parts.get(field, [])
            place = parts[position] if position < len(parts) else Place(solver.file)
            message, whole = source, True
        definition = self._net_file(message, place) if whole else None
        return self._look(in_state(definition, phase, state)) if definition else None

    def _net_file(self, message: pb.NetParameter, place: Place) -> Definition | None:
        """Note the net; its definition, to be built from."""
        subject, net = self.subject, NetFile(message, place)
        subject.nets.append(net)
        fields = self._taken()
        try:
            upgraded = upgrade_net(message, place, Path(place.file or "").parent)
        except PrototxtError as error:
            subject.unknown_fields += fields
            subject.unreadable += error.all
            return None
        net.definition, net.changes = upgraded.definition, upgraded.changes
        context = Context(net=net.definition.message, fork=self.options.fork)
        net.unserved, _ = unserved_in(net.definition, context)
        if fields:
            fields, net.unserved = counting(net.definition, fields)
            net.definition.partial = bool(fields)
        subject.unknown_fields += fields
        return _with_one_kind_of_rule(net.definition)

    def _taken(self) -> list[ProtonetError]:
        """The unknown fields of what was parsed last."""
        fields, self._fields = self._fields, []
        return fields

    def _look(self, definition: Definition) -> View:
        view = look(definition, self.options.fork, self.options.shapes)
        self.subject.views.append(view)
        return view


def find_nearby(solver: SolverDefinition, name: str, field: str) -> Path:
    """The file of a net: where the solver looks, or from one of the folders that the solver's own
    file is in, as whoever runs it may start there."""
    try:
        return find(solver, name, field)
    except ProtonetError:
        file = Path(solver.file or "")
        for folder in (*file.parents, *file.resolve().parents):
            if (folder / name).is_file():
                return folder / name
        raise


def both_kinds(definition: Definition) -> Iterator[tuple[pb.LayerParameter, NetError]]:
    """The layers with include and exclude rules, which no net can be made of."""
    for layer, place in zip(definition.message.layer, definition.places):
        if layer.include and layer.exclude:
            error = NetError(
                "include and exclude rules together",
                "give one kind of rule only",
                file=place.file,
                line=place.line_of("exclude"),
                layer=layer.name,
                layer_type=layer.type,
                field="exclude",
            )
            yield layer, error


def _with_one_kind_of_rule(definition: Definition) -> Definition:
    message = pb.NetParameter()
    message.CopyFrom(definition.message)
    result = replace(definition, message=message)
    for layer, _ in both_kinds(result):
        del layer.exclude[:]
    return result
