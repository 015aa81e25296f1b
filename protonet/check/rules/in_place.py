"""Layers in place that overwrite what a gradient needs."""

from __future__ import annotations

from collections.abc import Iterator

from ...net.lint import overwriting
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import DATA, SCORES


@register
class InPlace(Rule):
    """A layer works in place on a blob that the backward pass of the layer before still has to
    read: the gradient of that one will be wrong.  A top of its own name costs memory and is
    right."""

    code = "in-place"
    severity = Severity.WARNING
    bad = (
        DATA
        + SCORES
        + """layer { name: "power" type: "Power" bottom: "scores" top: "power"
  power_param { power: 2 } }
layer { name: "sigmoid" type: "Sigmoid" bottom: "power" top: "sigmoid" }
layer { name: "scale" type: "Power" bottom: "sigmoid" top: "sigmoid"  # <-
  power_param { scale: 2 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "sigmoid" bottom: "label" top: "loss" }
"""
    )
    good = (
        DATA
        + SCORES
        + """layer { name: "power" type: "Power" bottom: "scores" top: "power"
  power_param { power: 2 } }
layer { name: "sigmoid" type: "Sigmoid" bottom: "power" top: "sigmoid" }
layer { name: "scale" type: "Power" bottom: "sigmoid" top: "scale" power_param { scale: 2 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scale" bottom: "label" top: "loss" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            if view.learns:
                yield from overwriting(view.graph)
