"""Two layers of one name."""

from __future__ import annotations

from collections.abc import Iterator

from ...net.lint import one_name_for_two
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class SameName(Rule):
    """Two layers of one state share a name, and one of them has parameters.  Weights find
    their layer by its name, so those of the second are lost when they are saved, or those of
    the first are loaded."""

    code = "same-name"
    severity = Severity.WARNING
    bad = (
        INPUT
        + """\
layer { name: "fc" type: "InnerProduct" bottom: "data" top: "a"
  inner_product_param { num_output: 4 } }
layer { name: "fc" type: "InnerProduct" bottom: "a" top: "b"  # <-
  inner_product_param { num_output: 2 } }
"""
    )
    good = (
        INPUT
        + """\
layer { name: "fc1" type: "InnerProduct" bottom: "data" top: "a"
  inner_product_param { num_output: 4 } }
layer { name: "fc2" type: "InnerProduct" bottom: "a" top: "b"
  inner_product_param { num_output: 2 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            yield from one_name_for_two(view.graph)
