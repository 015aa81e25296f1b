"""Layers with parameters that lead to no loss."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...layers._unopened import Unshaped
from ...net.step import Step
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View, is_unknown
from ._examples import LEARNING


@register
class LearnsNothing(Rule):
    """A layer with parameters that could learn, in a net that learns, but nothing of it
    reaches a loss: it stays as it was filled.  A bottom further down is misspelt, or a layer
    without a gradient stands in between."""

    code = "learns-nothing"
    severity = Severity.NOTE
    bad = (
        LEARNING
        + """\
layer { name: "extra" type: "InnerProduct" bottom: "data" top: "extra"  # <-
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "extra" type: "InnerProduct" bottom: "data" top: "extra"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "small" type: "EuclideanLoss" bottom: "extra" bottom: "extra" top: "small" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.learns else ():
                if learns_nothing(view, step):
                    error = NetError(
                        "nothing of it reaches a loss: it learns nothing",
                        "lead its top to a loss, or give its params lr_mult: 0",
                        field="top",
                    )
                    yield step.locate(error)


def learns_nothing(view: View, step: Step) -> bool:
    """Has it parameters that are to learn, and no backward pass in a net that learns?"""
    if not view.learns or step.needs_backward or any(map(is_unknown, view.steps)):
        return False
    if any(isinstance(each.layer, Unshaped) for each in view.steps):
        return False
    entries = step.layer.param.param
    rates = [entries[i].lr_mult if i < len(entries) else 1 for i in range(len(step.layer.blobs))]
    return any(rates)
