"""Nets without layers."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class NoLayers(Rule):
    """The net has no layer at all: the file is empty, or lost all but its head."""

    code = "no-layers"
    severity = Severity.ERROR
    bad = """\
name: "net"  # <-
"""
    good = bad.replace("  # <-", "") + INPUT

    def find(self, subject: Subject) -> Iterator[Exception]:
        for net in subject.nets:
            if net.definition is not None and not net.definition.message.layer:
                error = NetError("the net has no layers", "is it the right file, and whole?")
                yield error.at(file=net.place.file, line=net.place.line_of(""))
