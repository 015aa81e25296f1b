"""Weights that are zero and stay so."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...proto import caffe_pb2 as pb
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import DATA, LOSS


@register
class FixedZeros(Rule):
    """The weights of a layer are filled with zeros and have lr_mult 0, in a net that learns:
    its tops are zero, or the bias, for ever.  Leave the filler out if weights are loaded
    there."""

    code = "fixed-zeros"
    severity = Severity.WARNING
    bad = (
        DATA
        + """\
layer { name: "scores" type: "InnerProduct" bottom: "data" top: "scores"
  param { lr_mult: 0 }
  inner_product_param { num_output: 5
    weight_filler { type: "constant" value: 0 } } }  # <-
"""
        + LOSS
    )
    good = (
        DATA
        + """\
layer { name: "scores" type: "InnerProduct" bottom: "data" top: "scores"
  param { lr_mult: 1 }
  inner_product_param { num_output: 5
    weight_filler { type: "constant" value: 0 } } }
"""
        + LOSS
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in view.steps if view.learns else ():
                param = step.layer.param
                if not param.param or param.param[0].lr_mult != 0:
                    continue
                for name in step.layer.messages:
                    message = getattr(param, name)
                    known = "weight_filler" in message.DESCRIPTOR.fields_by_name
                    if known and message.HasField("weight_filler") and _zero(message.weight_filler):
                        error = NetError(
                            "its weights are filled with zeros and not learnt (lr_mult: 0)",
                            "give another filler or a learning rate",
                            field=f"{name}.weight_filler",
                        )
                        yield step.locate(error)


def _zero(filler: pb.FillerParameter) -> bool:
    return filler.type == "constant" and filler.value == 0
