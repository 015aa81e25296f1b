"""Parameters that a layer cannot be built with."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.fillers import check as check_filler
from ...errors import DataError, ProtonetError, PrototxtError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View
from ._examples import INPUT

#: Fields that fill blob 0 and blob 1.
_FILLERS = ("weight_filler", "bias_filler")


@register
class BadParameter(Rule):
    """A parameter of a layer is missing, out of its range, at odds with another one, or fills
    a blob that it cannot fill.  `protonet layers TYPE` tells what a type takes."""

    code = "bad-parameter"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { kernel_size: 3 } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for fault in view.graph.faults:
                if isinstance(fault, (PrototxtError, DataError)):
                    yield fault
            yield from _bad_fillers(view)


def _bad_fillers(view: View) -> Iterator[Exception]:
    """A net that is looked at fills nothing, so nobody has looked at its fillers yet."""
    for step in view.steps:
        for name in step.layer.messages:
            message = getattr(step.layer.param, name)
            known = message.DESCRIPTOR.fields_by_name
            for field, blob in zip(_FILLERS, step.layer.blobs):
                if field not in known or not message.HasField(field):
                    continue
                try:
                    check_filler(getattr(message, field), blob.shape)
                except ProtonetError as error:
                    error.field = f"{name}.{field}.{error.field}"
                    yield step.locate(error)
