"""Accuracy in every iteration of a training."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import LEARNING


@register
class AccuracyInTrain(Rule):
    """An Accuracy layer that is there in TRAIN: it is computed in every iteration, from the
    batch that is just learnt.  Mostly `include { phase: TEST }` is meant."""

    code = "accuracy-in-train"
    severity = Severity.NOTE
    bad = (
        LEARNING
        + """\
layer { name: "a" type: "Accuracy" bottom: "scores" bottom: "label" top: "a" }  # <-
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "acc" type: "Accuracy" bottom: "scores" bottom: "label" top: "acc"
  include { phase: TEST } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.learns else ():
                param = step.layer.param
                if param.type == "Accuracy" and not param.include and not param.exclude:
                    error = NetError(
                        "it is computed in every iteration of the training",
                        "add include { phase: TEST } if the tests are enough",
                    )
                    yield step.locate(error)
