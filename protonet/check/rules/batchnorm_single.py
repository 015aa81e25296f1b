"""BatchNorm that learns from one image at a time."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError, ProtonetError
from ...net.step import Step
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View, counted
from ._examples import LOSS, NORMALISED


@register
class BatchnormSingle(Rule):
    """In TRAIN a BatchNorm takes mean and variance of the batch, and the batch is a single
    image: what sets the image apart from others is taken out of it, and TEST, with the
    statistics of all, computes something else.  A larger batch, or use_global_stats with
    weights that have statistics, is meant."""

    code = "batchnorm-single"
    severity = Severity.WARNING
    bad = (
        """\
layer { name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } shape { dim: 1 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 bias_term: false
    weight_filler { type: "msra" } } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn" }  # <-
layer { name: "scores" type: "InnerProduct" bottom: "bn" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
        + LOSS
    )
    good = (
        """\
layer { name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
"""
        + NORMALISED
        + LOSS
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            yield from counted(_in(view))


def _in(view: View) -> Iterator[ProtonetError]:
    for step in view.steps if view.learns else ():
        shape = view.shape(step)
        if uses_batch(step) and shape is not None and shape[:1] == (1,):
            error = NetError(
                "it normalises by the statistics of a batch of 1",
                "make the batch larger, or use the stored ones: use_global_stats: true",
            )
            step.locate(error)
            yield error


def uses_batch(step: Step) -> bool:
    """A BatchNorm in TRAIN that takes the statistics of the batch."""
    param = step.layer.param
    return param.type == "BatchNorm" and not param.batch_norm_param.use_global_stats
