"""Dropout that drops nothing, or all."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import LEARNING


@register
class DropoutRatio(Rule):
    """A dropout_ratio of 0 leaves every value as it is, and one of 1 leaves none: the layer
    does nothing, or the net learns nothing behind it."""

    code = "dropout-ratio"
    severity = Severity.WARNING
    bad = (
        LEARNING
        + """\
layer { name: "drop" type: "Dropout" bottom: "scores" top: "drop"
  dropout_param { dropout_ratio: 0 } }  # <-
layer { name: "more" type: "SoftmaxWithLoss" bottom: "drop" bottom: "label" top: "more" }
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "drop" type: "Dropout" bottom: "scores" top: "drop"
  dropout_param { dropout_ratio: 0.1 } }
layer { name: "more" type: "SoftmaxWithLoss" bottom: "drop" bottom: "label" top: "more" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps:
                ratio = step.layer.param.dropout_param.dropout_ratio
                if step.layer.param.type == "Dropout" and ratio in (0, 1):
                    error = NetError(
                        f"dropout_ratio {ratio:g} drops {'all' if ratio else 'nothing'}",
                        "give a part, such as 0.5, or take the layer out",
                        field="dropout_param.dropout_ratio",
                    )
                    yield step.locate(error)
