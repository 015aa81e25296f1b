"""What may come of an unknown type or field."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import UnknownShape
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class AfterUnknown(Rule):
    """A layer cannot be built, in a net with types or fields that nobody knows: that may be
    the reason.  Put these right first."""

    code = "after-unknown"
    severity = Severity.NOTE
    bad = (
        INPUT
        + """\
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { kernel_size: 3 } }
layer { name: "conv" type: "Convolution" bottom: "pool" top: "conv"
  convolution_param { num_output: 4 kernel_size: 7 } }  # <-
layer { name: "odd" type: "NobodysLayer" bottom: "data" top: "odd" }  # <- unknown-type
"""
    )
    good = (
        INPUT
        + """\
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { kernel_size: 3 } }
layer { name: "conv" type: "Convolution" bottom: "pool" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        told = {each.layer for each in subject.unknown_fields if each.layer}
        told |= {each.layer for net in subject.nets for each in net.unserved if each.layer}
        for view in subject.views:
            for doubt in view.graph.doubts:
                if not isinstance(doubt, UnknownShape) and doubt.layer not in told:
                    yield doubt
