"""Parameter blocks that a type does not read."""

from __future__ import annotations

from collections.abc import Iterator

from ...net.lint import never_read
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class UnreadParameters(Rule):
    """A block such as `pooling_param` in a layer whose type does not read it: what is written
    there has no effect.  Mostly the type or the name of the block is a slip."""

    code = "unread-parameters"
    severity = Severity.WARNING
    bad = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu"
  elu_param { alpha: 0.5 } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "elu" type: "ELU" bottom: "data" top: "elu"
  elu_param { alpha: 0.5 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            yield from never_read(view.graph)
