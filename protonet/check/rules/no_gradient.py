"""Gradients that are asked for and nobody computes."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.layer import Layer
from ...errors import NetError
from ...layers._loss import LossLayer
from ...layers._unopened import Unshaped
from ...net.step import Step
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View, kind
from ._examples import LEARNING


@register
class NoGradient(Rule):
    """A layer has to pass a gradient back and its type has none, or it is asked for the
    gradient of a label: training ends with an error at the first backward pass.  A loss_weight
    at a layer without a gradient, a learnable layer before one, `propagate_down: true` and
    `force_backward` ask so."""

    code = "no-gradient"
    severity = Severity.ERROR
    bad = (
        LEARNING
        + """\
layer { name: "acc" type: "Accuracy" bottom: "scores" bottom: "label"
  top: "acc" loss_weight: 1 include { phase: TRAIN } }  # <-
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "acc" type: "Accuracy" bottom: "scores" bottom: "label"
  top: "acc" include { phase: TEST } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.learns else ():
                if step.needs_backward and _asked(step):
                    error = NetError(
                        "a gradient is asked for that its type does not compute",
                        _hint(view),
                        field="loss_weight" if any(step.layer.param.loss_weight) else "bottom",
                    )
                    yield step.locate(error)


def _asked(step: Step) -> bool:
    """Is it to pass back what its type does not compute?"""
    if isinstance(step.layer, Unshaped):
        return False
    wanted = [i for i, flag in enumerate(step.propagate_down) if flag]
    # Of the types without a gradient some take it that one is asked for, and pass back nothing.
    given = kind(step).has_backward or kind(step).backward is not Layer.backward
    # Some losses of forks pass over it, where Caffe's own end the training.
    own = isinstance(step.layer, LossLayer) and not kind(step).forks
    labels = own and any(not step.layer.accepts_gradient(i) for i in wanted)
    return bool(wanted) and (not given or labels)


def _hint(view: View) -> str:
    if view.graph.definition.message.force_backward:
        return "take it out of a net with force_backward"
    return "give no loss_weight or propagate_down here, and keep it out of what leads to a loss"
