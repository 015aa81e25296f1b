"""Rules of both kinds in one layer."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject, both_kinds
from ._examples import INPUT


@register
class IncludeAndExclude(Rule):
    """A layer has rules of both kinds, and Caffe refuses the net: it could not tell which of
    them counts.  An `include` rule with `not_stage` says both at once."""

    code = "include-and-exclude"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu"
  include { phase: TEST }
  exclude { stage: "deploy" } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu"
  include { phase: TEST not_stage: "deploy" } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for net in subject.nets:
            if net.definition is not None:
                yield from (error for _, error in both_kinds(net.definition))
