"""Layers that are in no state of the net."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...net.step import locate
from ..finding import Severity
from ..rule import Rule, register
from ..states import never
from ..subject import Subject
from ._examples import INPUT


@register
class NoState(Rule):
    """The rules of a layer leave it out whatever phase, level and stages are asked for: a
    stage that must be there and must not, a min_level above the max_level, or exclude rules
    for both phases.  `protonet check --states FILE` prints what each state contains."""

    code = "no-state"
    severity = Severity.WARNING
    bad = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu"
  include { stage: "deploy" not_stage: "deploy" } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu"
  include { stage: "deploy" not_stage: "val" } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for net in subject.nets:
            if net.definition is None:
                continue
            for layer, place in zip(net.definition.message.layer, net.definition.places):
                if never(layer) and not (layer.include and layer.exclude):
                    error = NetError(
                        "its rules hold in no state: the layer is never there",
                        "correct them, or take the layer out",
                        field="include" if layer.include else "exclude",
                    )
                    yield locate(error, layer, place)
