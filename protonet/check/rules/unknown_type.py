"""Layer types that nobody has."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class UnknownType(Rule):
    """A layer type that nobody has registered, or none at all.  The hint names the type that
    was surely meant, or the fork of Caffe that has it.  A type of your own is known with
    --plugin."""

    code = "unknown-type"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "relu" type: "Relu" bottom: "data" top: "relu" }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for net in subject.nets:
            yield from (each for each in net.unserved if isinstance(each, NetError))
