"""Softmax over a single class."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class SoftmaxOfOne(Rule):
    """A Softmax, or a loss with one inside, over an axis of size 1: the only class always has
    probability 1, and no gradient comes back.  Two classes need two scores, or Sigmoid and
    SigmoidCrossEntropyLoss."""

    code = "softmax-of-one"
    severity = Severity.WARNING
    bad = (
        INPUT
        + """\
layer { name: "score" type: "InnerProduct" bottom: "data" top: "score"
  inner_product_param { num_output: 1 } }
layer { name: "prob" type: "Softmax" bottom: "score" top: "prob" }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "score" type: "InnerProduct" bottom: "data" top: "score"
  inner_product_param { num_output: 2 } }
layer { name: "prob" type: "Softmax" bottom: "score" top: "prob" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps:
                shape = view.shape(step)
                if step.layer.param.type not in ("Softmax", "SoftmaxWithLoss") or shape is None:
                    continue
                axis = step.layer.param.softmax_param.axis
                if -len(shape) <= axis < len(shape) and shape[axis] == 1:
                    error = NetError(
                        f"axis {axis} of its bottom has size 1: the result is always 1",
                        "give a score to each class, or use Sigmoid",
                    )
                    yield step.locate(error)
