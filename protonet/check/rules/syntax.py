"""Texts that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class Syntax(Rule):
    """The file cannot be read: it is no protobuf text, a value does not fit its field, a
    bracket is missing, or layers of two ages are mixed.  What stands behind the fault is not
    looked at."""

    code = "syntax"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        yield from subject.unreadable
