"""Fields and words that nobody has."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class UnknownField(Rule):
    """A field, or a word of an enum, that neither Caffe nor a known fork of it has, or one
    that a fork added to a layer of Caffe's own and that the layer does not read here.  Caffe
    refuses the file; a fork that knows the field computes something else without it."""

    code = "unknown-field"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { kernel_sise: 2 } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { kernel_size: 2 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        yield from subject.unknown_fields
        for net in subject.nets:
            yield from (each for each in net.unserved if not isinstance(each, NetError))
