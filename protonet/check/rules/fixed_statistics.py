"""Learning rates for the statistics of BatchNorm."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...net.step import locate
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class FixedStatistics(Rule):
    """The blobs of a BatchNorm are statistics, which no gradient changes: an lr_mult above 0
    there has no effect.  The learnt factor and offset are in the Scale layer behind it."""

    code = "fixed-statistics"
    severity = Severity.WARNING
    bad = (
        INPUT
        + """\
layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
  param { lr_mult: 1 } param { lr_mult: 0 } param { lr_mult: 0 } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
  param { lr_mult: 0 } param { lr_mult: 0 } param { lr_mult: 0 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for net in subject.nets:
            for layer, place in zip(net.message.layer, net.place.parts.get("layer", [])):
                # Of another number than three it is an error, see `wiring`.
                given = [i for i, each in enumerate(layer.param) if each.HasField("lr_mult")]
                rates = [i for i in given if layer.param[i].lr_mult != 0]
                if layer.type == "BatchNorm" and rates and len(layer.param) == 3:
                    error = NetError(
                        "its statistics are not learnt: lr_mult has no effect here",
                        "write lr_mult: 0, or leave param out",
                        field=f"param[{rates[0]}].lr_mult",
                    )
                    yield locate(error, layer, place)
