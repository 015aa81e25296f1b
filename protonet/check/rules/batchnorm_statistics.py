"""BatchNorm that trains with stored statistics."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError, ProtonetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View, counted
from ._examples import DATA, LOSS, NORMALISED


@register
class BatchnormStatistics(Rule):
    """A BatchNorm with use_global_stats: true in a net that learns.  It uses the stored
    statistics and never updates them: right with weights that have them, but a net that is
    trained from nothing has mean 0 and variance 0 there, and its values explode."""

    code = "batchnorm-statistics"
    severity = Severity.NOTE
    bad = (
        DATA
        + """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 bias_term: false
    weight_filler { type: "msra" } } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn"
  batch_norm_param { use_global_stats: true } }  # <-
layer { name: "scores" type: "InnerProduct" bottom: "bn" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
        + LOSS
    )
    good = DATA + NORMALISED + LOSS

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            yield from counted(_in(view))


def _in(view: View) -> Iterator[ProtonetError]:
    for step in view.steps if view.learns else ():
        param = step.layer.param
        if param.type == "BatchNorm" and param.batch_norm_param.use_global_stats:
            error = NetError(
                "it trains with the stored statistics, which are empty without weights",
                "give weights that have them, or leave use_global_stats out",
                field="batch_norm_param.use_global_stats",
            )
            step.locate(error)
            yield error
