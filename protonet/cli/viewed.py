"""What a command line names, for the page: with the states of its nets, and what check says."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..check import Options, check_text
from ..check.states import label, meant
from ..check.subject import find_nearby, kind_of
from ..core.context import TEST, TRAIN
from ..core.registry import known_fork
from ..errors import NetError, ProtonetError
from ..net.passes import filter_by_state, with_state
from ..net.types import read_definition
from ..prediction.answers import Settings
from ..prediction.names import Names, find_names
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition, SolverDefinition
from ..proto.text import Text, format, read_solver
from ..proto.upgrade_file import upgrade_file
from ..solvers.nets import NetBuilder, NetSource, in_state
from ..study.pages import page
from ..viz.web.run import Given
from ..viz.web.viewed import Read, State, Tools, Viewed, opened
from .common import stages
from .main import UsageError
from .models import DEPLOY, model_file
from .predict import preprocess_of


def viewed(args: argparse.Namespace) -> Viewed:
    """The file, and the one to compare it with, as they are now."""
    options = {
        "shapes": dict(args.shape),
        "fork": known_fork(args.fork),
        "rcnn_config": args.rcnn_config,
    }
    checks = Options(options["fork"], options["shapes"])

    def findings(text: str, file: str) -> list[dict[str, Any]]:
        return [finding.as_json() for finding in check_text(text, file, checks)]

    tools = Tools(_reader(args), findings, _page)
    result = _opened(args.file, tools, options)
    result.weights = args.weights or result.weights
    result.given, result.log = _given(args), args.log
    if args.log:
        os.stat(args.log)  # an error now, not in the page
    if args.diff:
        result.other = _opened(args.diff, tools, options)
    return result


def _opened(name: str, tools: Tools, options: Mapping[str, Any]) -> Viewed:
    """A definition; or of weights the net that they were saved with."""
    file = model_file(name, DEPLOY)
    if not file.lower().endswith(".caffemodel"):
        return opened(file, tools, options)
    net: Any = upgrade_file(file, "net").new
    for layer in net.layer:  # those of one state, whose rules have had their say
        for field in ("blobs", "include", "exclude"):
            layer.ClearField(field)
    return Viewed(file, format(net), tools, None, options, weights=file)


def _given(args: argparse.Namespace) -> Given | None:
    if not args.input:
        return None
    if not args.weights:
        raise UsageError("--input needs WEIGHTS: give them behind the net")
    preprocess, _ = preprocess_of(args, Path(model_file(args.file, DEPLOY)))
    names = args.labels or find_names(Path(args.weights), Path(args.file))
    settings = Settings(5, 0.3, 0.3, Names.of(names), ())
    return Given(args.weights, args.input, preprocess, settings)


def _reader(args: argparse.Namespace) -> Callable[[str, str], Read]:
    phase = TRAIN if args.phase == "TRAIN" else TEST

    def read(text: str, file: str) -> Read:
        source = Text(text, file)
        if kind_of(text) is pb.SolverParameter:
            solver = read_solver(source)
            found = list(_nets_of(solver))
            return Read(found, _first(found, phase), solver)
        found = _merged(_wanted(read_definition(source, partial=True), args), phase)
        return Read(found, _first(found, phase))

    return read


def _wanted(definition: Definition, args: argparse.Namespace) -> list[Definition]:
    """In the states that the net is meant for, or that the command line asks for."""
    if args.level or args.stage:
        given = (args.level or 0, stages(args))
        return [with_state(definition, phase, *given) for phase in (TRAIN, TEST)]
    return meant(definition)


def _merged(wanted: Sequence[Definition], phase: int) -> list[State]:
    """Those with the same layers are one state, in the phase that is asked for if it can be."""
    alike: dict[tuple[int, ...], list[Definition]] = {}
    for each in wanted:
        if layers := tuple(map(id, filter_by_state(each).places)):
            alike.setdefault(layers, []).append(each)
    found = []
    for group in alike.values():
        names = sorted({label(each.message.state) for each in group}, reverse=True)
        chosen = next((d for d in group if d.message.state.phase == phase), group[0])
        found.append(State(", ".join(names), chosen))
    return found


def _first(found: Sequence[State], phase: int) -> int:
    phases = [state.definition.message.state.phase for state in found]
    return phases.index(phase) if phase in phases else 0


def _nets_of(solver: SolverDefinition) -> Iterator[State]:
    """Those that are there; check tells of the others."""
    builder = NetBuilder(solver)
    try:
        field = builder.train_field()
        train = _net_of(solver, field, getattr(solver.message, field))
        yield State("TRAIN", in_state(train, TRAIN, solver.message.train_state))
    except ProtonetError:
        pass
    try:
        sources = builder.test_sources()
    except ProtonetError:
        return
    for i, (field, source) in enumerate(sources):
        state = solver.message.test_state[i] if solver.message.test_state else pb.NetState()
        name = f"TEST {i + 1}" if len(sources) > 1 else "TEST"
        try:
            yield State(name, in_state(_net_of(solver, field, source), TEST, state))
        except ProtonetError:
            continue


def _net_of(solver: SolverDefinition, field: str, source: NetSource) -> Definition:
    if isinstance(source, str):
        source = str(find_nearby(solver, source, field))
    return read_definition(source, partial=True)


def _page(type_name: str) -> str:
    try:
        return page(type_name)
    except NetError:
        return ""
