"""Shapes that the file alone does not tell."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import UnknownShape
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject


@register
class ShapeNotKnown(Rule):
    """The shape of a top cannot be told without what is missing: the data, a mean file, or the
    code of a Python layer.  The layers behind it are not looked at; `--shape NAME=N,C,H,W`
    gives the shape."""

    code = "unknown-shape"
    severity = Severity.NOTE
    bad = """\
layer { name: "data" type: "Python" top: "data"
  python_param { module: "ours" layer: "OurData" } }  # <-
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    good = """\
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 4 dim: 3 } } }
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            read = {
                step.layer.name
                for step in view.steps
                if any(view.readers(step, j) for j in range(len(step.top)))
            }
            for doubt in view.graph.doubts:
                if isinstance(doubt, UnknownShape) and doubt.layer in read:
                    yield doubt
