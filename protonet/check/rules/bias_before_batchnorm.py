"""Biases that BatchNorm takes out again."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError, ProtonetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View, counted
from ._examples import DATA, LOSS, NORMALISED
from .batchnorm_single import uses_batch

_WITH_BIAS = ("Convolution", "Deconvolution", "InnerProduct")


@register
class BiasBeforeBatchnorm(Rule):
    """A layer with a bias stands right before a BatchNorm that subtracts the mean of the
    batch, and with it the bias: it has no effect and no gradient.  `bias_term: false` saves
    it; the Scale layer behind BatchNorm has a bias of its own."""

    code = "bias-before-batchnorm"
    severity = Severity.NOTE
    bad = (
        DATA
        + """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"  # <-
  convolution_param { num_output: 4 kernel_size: 3
    weight_filler { type: "msra" } } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn" }
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
        maker = view.maker(step)
        if (
            uses_batch(step)
            and maker is not None
            and maker.layer.param.type in _WITH_BIAS
            and len(maker.layer.blobs) == 2
            and len(view.readers(maker)) == 1
        ):
            error = NetError(
                f"its bias has no effect: '{step.layer.name}' subtracts the mean",
                "write bias_term: false",
            )
            maker.locate(error)
            yield error
