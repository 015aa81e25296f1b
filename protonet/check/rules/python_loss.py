"""Python losses without a weight."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import has_loss
from ._examples import LEARNING


@register
class PythonLoss(Rule):
    """A Python layer that is called a loss and has no loss_weight: Caffe gives a weight of 1
    to its own losses only, so this one counts for nothing and everything before it learns
    nothing from it."""

    code = "python-loss"
    severity = Severity.WARNING
    bad = (
        LEARNING
        + """\
layer { name: "own" type: "Python" bottom: "scores" bottom: "label" top: "own"  # <-
  python_param { module: "layers" layer: "MyLossLayer" } }
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "own" type: "Python" bottom: "scores" bottom: "label" top: "own"
  python_param { module: "layers" layer: "MyLossLayer" } loss_weight: 1 }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.training else ():
                param = step.layer.param
                if (
                    param.type == "Python"
                    and "loss" in param.python_param.layer.lower()
                    and param.top
                    and not param.loss_weight
                    and not has_loss(step)
                    and not any(view.readers(step, j) for j in range(len(param.top)))
                ):
                    error = NetError(
                        "a Python layer has no weight in the loss of its own accord",
                        "add loss_weight: 1 if it is a loss",
                    )
                    yield step.locate(error)
