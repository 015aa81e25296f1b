"""Nets to train without a loss."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...proto.source_map import SolverDefinition
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import is_unknown
from ._examples import NET, SOLVER


@register
class NoLoss(Rule):
    """A net that is to be trained has no loss: nothing tells it what to learn.  Every loss
    layer may have loss_weight 0, or the rules leave it out in TRAIN."""

    code = "no-loss"
    severity = Severity.WARNING
    bad = (
        """\
net_param {  # <-
  layer { name: "data" type: "DummyData" top: "data"
    dummy_data_param { shape { dim: 4 dim: 3 } } }
  layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
    inner_product_param { num_output: 2 } } }
"""
        + SOLVER
    )
    good = NET + SOLVER

    def find(self, subject: Subject) -> Iterator[Exception]:
        solver = subject.solver
        for view in subject.views if solver is not None else ():
            losses = view.learns or any(map(is_unknown, view.steps))
            if view.training and not losses and not view.unmade:
                first = view.steps[0].place if view.steps else None
                error = NetError("the net to train has no loss", "end it in a loss layer")
                if first is not None and first.file != subject.file:
                    yield error.at(file=first.file)
                else:
                    yield _fault(solver, error)


def _fault(solver: SolverDefinition | None, error: NetError) -> NetError:
    """In a solver's own text, the line of the net."""
    assert solver is not None
    return error.at(file=solver.file, line=solver.lines.line_of("net_param"))
