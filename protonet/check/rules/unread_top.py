"""Tops that nobody reads, in a net that learns."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import has_loss, is_unknown, kind
from ._examples import LEARNING
from .learns_nothing import learns_nothing


@register
class UnreadTop(Rule):
    """In a net that learns no layer reads this top, and it is neither a loss nor what a layer
    without a gradient tells (Accuracy).  It is computed for nothing, or a bottom further down
    is misspelt.  A Silence layer says that it is meant."""

    code = "unread-top"
    severity = Severity.NOTE
    bad = (
        LEARNING
        + """\
layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }  # <-
"""
    )
    good = (
        LEARNING
        + """\
layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
layer { name: "quiet" type: "Silence" bottom: "prob" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.learns else ():
                if (
                    has_loss(step)
                    or kind(step).default_loss_weight
                    or (step.bottom and not kind(step).has_backward)
                ):
                    continue
                if (
                    is_unknown(step)
                    or step.layer.param.type == "Python"
                    or learns_nothing(view, step)
                ):
                    continue
                for j, name in enumerate(step.layer.param.top):
                    if not view.readers(step, j):
                        error = NetError(
                            f"no layer reads '{name}'",
                            "take it out, or name it as a bottom",
                            field=f"top[{j}]",
                        )
                        yield step.locate(error)
