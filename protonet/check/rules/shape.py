"""Bottoms of a shape that a layer cannot take."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import ProtonetError, ShapeError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View
from ._examples import INPUT


@register
class Shape(Rule):
    """A layer cannot take a bottom of this shape.  The shapes that led to it are told, from
    the input on: the fault is often further up."""

    code = "shape"
    severity = Severity.ERROR
    bad = (
        INPUT
        + """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 9 } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 7 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for fault in view.graph.faults:
                if isinstance(fault, ShapeError):
                    yield _with_trail(view, fault)


def _with_trail(view: View, fault: ShapeError) -> ProtonetError:
    """The same with the shapes that led there."""
    step = next((s for s in view.steps if s.layer.name == fault.layer), None)
    trail = " > ".join(
        f"{maker.layer.name} {'x'.join(map(str, shape))}"
        for maker, shape in (view.trail(step) if step else ())
    )
    if not trail:
        return fault
    return ShapeError(
        f"{fault.what} (from {trail})",
        fault.hint,
        file=fault.file,
        line=fault.line,
        column=fault.column,
        layer=fault.layer,
        layer_type=fault.layer_type,
        field=fault.field,
    )
