"""The nets of a solver: one to train, any number to test, all on the same parameters."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import Message
from numpy.typing import DTypeLike

from ..core.context import TEST, TRAIN
from ..errors import WeightsError
from ..files import permitted
from ..log import log, tell
from ..net.net import Net
from ..net.types import read_definition
from ..net.weights import warn_not_finite
from ..proto import caffe_pb2 as pb
from ..proto.octets import file_name
from ..proto.source_map import Definition, Place, SolverDefinition
from ..proto.upgrade import upgrade_net
from ._fault import fault

#: A file's name, or the net itself.
NetSource = str | pb.NetParameter

TRAIN_FIELDS = ("net", "net_param", "train_net", "train_net_param")


class NetBuilder:
    """Builds the nets that a SolverParameter describes.

    A net's state is the phase, overlaid by the net's own `state`, overlaid by the solver's
    `train_state` or `test_state`.
    """

    def __init__(
        self,
        definition: SolverDefinition,
        *,
        dtype: DTypeLike = np.float32,
        allow_python: bool = False,
        fork: str = "",
        rcnn_config: Mapping[str, Any] | str | os.PathLike | None = None,
        ignore_bad_labels: bool = False,
        rank: int = 0,
        size: int = 1,
        deal_tests: bool = False,
    ) -> None:
        self.definition, self.param = definition, definition.message
        self._options: dict[str, Any] = {
            "dtype": dtype,
            "allow_python": allow_python,
            "fork": fork,
            "rcnn_config": rcnn_config,
            "ignore_bad_labels": ignore_bad_labels,
            "rank": rank,
            "size": size,
            "deal_tests": deal_tests,
        }

    def train_net(self) -> Net:
        """The net to train; SolverError unless exactly one field names it."""
        field = self.train_field()
        if field.endswith("_param"):
            log.info("Creating training net specified in %s.", field)
        else:
            log.info("Creating training net from %s file: %s", field, getattr(self.param, field))
        definition = self._net_definition(field, getattr(self.param, field))
        return self._build(definition, TRAIN, self.param.train_state, self.param.random_seed)

    def train_field(self) -> str:
        """The one of `TRAIN_FIELDS` that names the net to train; SolverError unless it is one."""
        param: Message = self.param  # whose fields are found by their names
        given = [name for name in TRAIN_FIELDS if param.HasField(name)]
        if len(given) != 1:
            what = "no net to train" if not given else f"two nets to train: {' and '.join(given)}"
            hint = f"give one of {', '.join(TRAIN_FIELDS)}"
            raise fault(self.definition, what, hint, given[-1] if given else None)
        return given[0]

    def test_nets(self) -> list[Net]:
        """One for each test_iter: test_net_param, then test_net, then the train net's own."""
        nets = []
        for index, (field, value) in enumerate(self.test_sources()):
            name = f"{field} file: {value}" if isinstance(value, str) else field
            log.info("Creating test net (#%d) specified by %s", index, name)
            state = self.param.test_state[index] if self.param.test_state else pb.NetState()
            seed = self.param.random_seed
            seed += (index + 1) * (seed >= 0)
            position = index if field == "test_net_param" else 0
            definition = self._net_definition(field, value, position)
            nets.append(self._build(definition, TEST, state, seed))
        return nets

    def test_sources(self) -> list[tuple[str, NetSource]]:
        """Field and value of each test net; SolverError if they do not fit the other fields."""
        param = self.param
        sources: list[tuple[str, NetSource]] = [("test_net_param", x) for x in param.test_net_param]
        sources += [("test_net", x) for x in param.test_net]
        generic = next((name for name in ("net", "net_param") if param.HasField(name)), None)
        count = len(param.test_iter)
        if count < len(sources) or (generic is None and count != len(sources)):
            raise fault(
                self.definition,
                f"{count} test_iter for {_test_nets(len(sources))}",
                "give test_iter once for each test net",
                "test_iter" if count else sources[0][0],
            )
        if generic:
            sources += [(generic, getattr(param, generic))] * (count - len(sources))
        if param.test_state and len(param.test_state) != count:
            raise fault(
                self.definition,
                f"{len(param.test_state)} test_state for {_test_nets(count)}",
                "give test_state once for each test net or not at all",
                "test_state",
            )
        if count and param.test_interval <= 0:
            raise fault(
                self.definition,
                "test_iter without test_interval",
                "add test_interval: test every how many iterations?",
                "test_iter",
            )
        return sources

    def _net_definition(self, field: str, value: NetSource, index: int = 0) -> Definition:
        if isinstance(value, str):
            path = find(self.definition, value, field)
            return self.definition.nets.get(path) or read_definition(path)
        message = pb.NetParameter()
        message.CopyFrom(value)
        parts = self.definition.lines.parts.get(field, [])
        place = parts[index] if index < len(parts) else Place(self.definition.file)
        return upgrade_net(message, place, self.definition.root).definition

    def _build(self, source: Definition, phase: int, state: pb.NetState, seed: int) -> Net:
        return Net(
            in_state(source, phase, state),
            phase=None,
            seed=None if seed < 0 else seed,
            **self._options,
        )


def in_state(source: Definition, phase: int, state: pb.NetState) -> Definition:
    """The net of a solver in its state: the phase, the net's own `state` over it, and over both
    the solver's."""
    message = pb.NetParameter()
    message.CopyFrom(source.message)
    merged = pb.NetState(phase=phase)
    merged.MergeFrom(source.message.state)
    merged.MergeFrom(state)
    message.state.CopyFrom(merged)
    return replace(source, message=message)


def find(definition: SolverDefinition, name: str, field: str | None) -> Path:
    """A file that a solver names: from the current folder as in Caffe, or beside the
    solver's own file, so that it can be used from anywhere.  field: where it is named; None
    if by whoever starts the solver."""
    name = file_name(name)
    choices = [Path(name)]
    if definition.file is not None:
        choices.append(Path(definition.file).parent / name)
    for path in choices:
        if path.is_file():
            if field is not None and (why := permitted(path)):
                raise fault(definition, f"{field}: {why}", "allow another folder (--root)", field)
            return path
    places = ", nor ".join(dict.fromkeys(map(str, choices)))
    if field is None:
        raise WeightsError(f"no file {places}", "correct the path")
    raise fault(definition, f"{field}: no file {places}", "correct the path", field)


def split_names(names: Sequence[str]) -> list[str]:
    """Caffe lets one `weights` hold several files, separated by commas."""
    return [part.strip() for name in names for part in name.split(",") if part.strip()]


def copy_weights(
    train_net: Net, test_nets: Sequence[Net], paths: Sequence[Path], strict: bool
) -> None:
    """Copy weights into all nets of a solver, a later file over an earlier one.

    strict: WeightsError unless every layer of the nets is in one of the files, and every
    layer of the files in one of the nets.
    """
    # Most test nets have no parameters but those that they share with the train net.
    own = [net for net in test_nets if net.params.keys() - train_net.params.keys()]
    nets = [train_net, *own]
    missing = [set(net.params) for net in nets]
    for path in paths:
        log.info("Finetuning from %s", path)
        reports = [net.copy_from(path, warn=False) for net in nets]
        tell("%s: %s", path, reports[0])
        unused = set.intersection(*(set(report.unused) for report in reports))
        if strict and unused:
            what = f"does not fit strictly: unused: {', '.join(sorted(unused))}"
            raise WeightsError(what, "the net has no such layers", file=str(path))
        for names, report in zip(missing, reports):
            names &= set(report.missing)
        broken = (place for report in reports for place in report.not_finite)
        warn_not_finite(str(path), list(dict.fromkeys(broken)))
    absent = set.union(*missing)
    if strict and paths and absent:
        raise WeightsError(
            f"{', '.join(map(str, paths))} does not fit strictly: "
            f"missing: {', '.join(sorted(absent))}",
            "add a file that has them, or leave out --strict",
        )
    if paths and absent:
        names_in_order = dict.fromkeys(name for net in nets for name in net.params)
        log.warning(
            "%s: no weights for %s: left as initialised",
            ", ".join(map(str, paths)),
            ", ".join(name for name in names_in_order if name in absent),
        )


def _test_nets(count: int) -> str:
    return f"{count} test net" + "s" * (count != 1)
