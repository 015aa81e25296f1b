"""Numbers of blobs, and tops made twice."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class Wiring(Rule):
    """What a layer takes or makes does not fit: more or fewer blobs than its type takes, a top
    that another layer made already, a type that cannot work in place, a list of loss weights,
    of params or of propagate_down of another length than what it is about."""

    code = "wiring"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "a" type: "Power" bottom: "data" top: "out" }
layer { name: "b" type: "Power" bottom: "data" top: "out" }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "a" type: "Power" bottom: "data" top: "a" }
layer { name: "b" type: "Power" bottom: "data" top: "b" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            yield from (each for each in view.graph.faults if isinstance(each, NetError))
