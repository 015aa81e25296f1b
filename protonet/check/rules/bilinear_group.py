"""Bilinear upsampling that mixes channels."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import DATA, LOSS


@register
class BilinearGroup(Rule):
    """A Deconvolution with the bilinear filler enlarges each channel by itself only if it has
    a group for each.  Without groups every output channel is the sum of all enlarged input
    channels, all of them the same."""

    code = "bilinear-group"
    severity = Severity.WARNING
    bad = (
        DATA
        + """\
layer { name: "up" type: "Deconvolution" bottom: "data" top: "up"
  convolution_param { num_output: 3 kernel_size: 4 stride: 2 pad: 1 bias_term: false
    weight_filler { type: "bilinear" } } }  # <-
layer { name: "scores" type: "InnerProduct" bottom: "up" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
        + LOSS
    )
    good = (
        DATA
        + """\
layer { name: "up" type: "Deconvolution" bottom: "data" top: "up"
  convolution_param { num_output: 3 kernel_size: 4 stride: 2 pad: 1 bias_term: false group: 3
    weight_filler { type: "bilinear" } } }
layer { name: "scores" type: "InnerProduct" bottom: "up" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
        + LOSS
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.learns else ():
                param, shape = step.layer.param.convolution_param, view.shape(step)
                if (
                    step.layer.param.type == "Deconvolution"
                    and param.weight_filler.type == "bilinear"
                    and shape is not None
                    and shape[1:2] not in ((), (param.group,))
                ):
                    error = NetError(
                        f"with group: {param.group} each output channel is the sum of "
                        f"{shape[1] // param.group} enlarged ones",
                        f"write group: {shape[1]} num_output: {shape[1]}",
                        field="convolution_param.weight_filler.type",
                    )
                    yield step.locate(error)
