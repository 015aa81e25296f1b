"""Probabilities where scores are wanted."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import DATA, SCORES

#: Type -> what it does to its bottom first.
_INSIDE = {
    "Softmax": "Softmax",
    "SoftmaxWithLoss": "Softmax",
    "SigmoidCrossEntropyLoss": "Sigmoid",
}


@register
class DoubleSoftmax(Rule):
    """SoftmaxWithLoss and SigmoidCrossEntropyLoss take scores and make probabilities of them
    themselves.  Fed with the top of a Softmax or Sigmoid they do so twice: the net learns
    slowly and badly.  The same goes for a Softmax of a Softmax."""

    code = "double-softmax"
    severity = Severity.WARNING
    bad = (
        DATA
        + SCORES
        + """\
layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "prob" bottom: "label" top: "loss" }  # <-
"""
    )
    good = (
        DATA
        + SCORES
        + """\
layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
layer { name: "loss" type: "MultinomialLogisticLoss" bottom: "prob" bottom: "label" top: "loss" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps:
                maker = view.maker(step)
                name = step.layer.param.type
                if maker is not None and maker.layer.param.type == _INSIDE.get(name):
                    error = NetError(
                        f"its bottom comes from '{maker.layer.name}' "
                        f"({maker.layer.param.type}), and that function is in it as well",
                        f"take the bottom of '{maker.layer.name}'",
                        field="bottom",
                    )
                    yield step.locate(error)
