"""What is viewed: a file, its text as it stands in the editor, and the nets that it makes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import ProtonetError
from ...log import log
from ...net.net import Net
from ...net.types import read_definition
from ...proto.source_map import Definition
from ...proto.text import Text
from .document import kind_table, net_data


@dataclass(frozen=True)
class State:
    """label: the phase, level and stages in words.  definition: the net in it."""

    label: str
    definition: Definition


@dataclass(frozen=True)
class Tools:
    """What rooms above and beside this one know.  states: those that a definition is meant for,
    and the number of the one to begin with.  findings: of a text of a file, as data.  page: of a
    layer type, '' where there is none."""

    states: Callable[[Definition], tuple[Sequence[State], int]]
    findings: Callable[[str, str], Sequence[Mapping[str, Any]]]
    page: Callable[[str], str]


@dataclass
class Viewed:
    """file: what the text is called, and where its neighbours are.  options: of `Net`.  nets: of
    each state, those that could be built."""

    file: str
    text: str
    tools: Tools
    options: Mapping[str, Any] = field(default_factory=dict)
    nets: list[Net] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """All that the page shows at first.  It is whole for a text that cannot be read, with
        findings that say why and no net."""
        with _quiet():
            found, current = self._states()
            self.nets, labels = [], []
            for state in found:
                try:
                    net = Net(state.definition, None, None, partial=True, **self.options)
                except ProtonetError:
                    continue  # the findings tell
                self.nets.append(net)
                labels.append(state.label)
            nets = [net_data(net) for net in self.nets]
            types = {layer["type"] for net in nets for layer in net["layers"]}
            findings = [*self.tools.findings(self.text, self.file)]
        return {
            "title": os.path.basename(self.file),
            "file": self.file,
            "text": self.text,
            "states": [{"label": label, "net": i} for i, label in enumerate(labels)],
            "current": min(current, max(0, len(labels) - 1)),
            "nets": nets,
            "kinds": kind_table(),
            "docs": {name: page for name in sorted(types) if (page := self.tools.page(name))},
            "findings": findings,
        }

    def _states(self) -> tuple[Sequence[State], int]:
        try:
            definition = read_definition(Text(self.text, self.file), partial=True)
            return self.tools.states(definition)
        except ProtonetError:
            return [], 0

    @property
    def folder(self) -> Path:
        return Path(self.file).parent


@contextmanager
def _quiet() -> Iterator[None]:
    """What is logged while a net is looked at is a finding, too."""
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
