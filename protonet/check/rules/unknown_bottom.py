"""Bottoms that no layer makes."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class UnknownBottom(Rule):
    """No layer above makes this bottom in this state: its name is misspelt, its maker stands
    further down, or the rules of its maker leave that out."""

    code = "unknown-bottom"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "date" top: "relu" }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            yield from view.unmade
