"""Losses that do not count."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import has_loss, kind
from ._examples import LEARNING


@register
class ZeroLossWeight(Rule):
    """A loss layer whose loss_weight is 0 in TRAIN: it is shown and not learnt from.  That may
    be meant, to watch a second measure."""

    code = "zero-loss-weight"
    severity = Severity.NOTE
    bad = (
        LEARNING
        + """\
layer { name: "hinge" type: "HingeLoss" bottom: "scores" bottom: "label"
  top: "hinge" loss_weight: 0 }  # <-
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "hinge" type: "HingeLoss" bottom: "scores" bottom: "label"
  top: "hinge" loss_weight: 0.1 }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.training else ():
                if kind(step).default_loss_weight and not has_loss(step):
                    error = NetError(
                        "its loss_weight is 0: nothing is learnt from it",
                        "give a weight if it is to count",
                        field="loss_weight",
                    )
                    yield step.locate(error)
